// The rows were held against Go 1.19 by way of skopeo 1.9.3, which decodes manifests and configs with encoding/json.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JsonValue, parseJson } from '../../src/core/json.ts';
import {
  BOOL,
  BYTES,
  decodeJson,
  INT64,
  listOf,
  mapOf,
  type Shape,
  struct,
  TEXT,
  TIME,
} from '../../src/core/json-shape.ts';

const decode = <T>(shape: Shape<T>, text: string) => decodeJson(shape, parseJson(Buffer.from(text)) as JsonValue);
/** The value, or what is wrong with it. */
const outcomeOf = (shape: Shape<unknown>, text: string): unknown => {
  const decoded = decode(shape, text);
  return decoded.ok ? decoded.value : decoded.error;
};

const SCALARS = { BOOL, BYTES, INT64, TEXT, TIME };
const LONG = `"${'x'.repeat(100)}"`;

const ROWS: readonly (readonly [keyof typeof SCALARS, text: string, expected: unknown])[] = [
  ['TEXT', '"a"', 'a'],
  ['TEXT', 'null', ''],
  ['TEXT', '5', 'is not valid: 5 is not a string'],
  ['TEXT', 'true', 'is not valid: true is not a string'],
  ['TEXT', '[]', 'is not valid: an array is not a string'],
  ['TEXT', '{}', 'is not valid: an object is not a string'],
  ['BOOL', 'true', true],
  ['BOOL', 'null', false],
  ['BOOL', '"true"', 'is not valid: "true" is not true or false'],
  ['INT64', '5', 5],
  ['INT64', '-0', -0],
  ['INT64', 'null', 0],
  ['INT64', '9223372036854775807', 2 ** 63],
  ['INT64', '-9223372036854775808', -(2 ** 63)],
  ['INT64', '9223372036854775808', 'is not valid: 9223372036854775808 is not an integer'],
  ['INT64', '99999999999999999999', 'is not valid: 99999999999999999999 is not an integer'],
  ['INT64', '5.0', 'is not valid: 5.0 is not an integer'],
  ['INT64', '5e0', 'is not valid: 5e0 is not an integer'],
  ['INT64', '"5"', 'is not valid: "5" is not an integer'],
  ['INT64', LONG, `is not valid: "${'x'.repeat(59)}…" is not an integer`],
  ['BYTES', '""', true],
  ['BYTES', '"aGVsbG8="', true],
  ['BYTES', '"aGVsbG9="', true],
  ['BYTES', '"aGVs\\r\\nbG8="', true],
  ['BYTES', '[1,255,null]', true],
  ['BYTES', 'null', false],
  ['BYTES', '"aGVsbG8"', 'is not valid: "aGVsbG8" is not base64'],
  ['BYTES', '"_-_-"', 'is not valid: "_-_-" is not base64'],
  ['BYTES', '"A==="', 'is not valid: "A===" is not base64'],
  ['BYTES', '"A=AA"', 'is not valid: "A=AA" is not base64'],
  ['BYTES', '"AA A"', 'is not valid: "AA A" is not base64'],
  ['BYTES', '[256]', 'is not valid: an array is not base64'],
  ['BYTES', '[1.0]', 'is not valid: an array is not base64'],
  ['BYTES', '5', 'is not valid: 5 is not base64'],
  ['TIME', '"2020-01-02T03:04:05Z"', '2020-01-02T03:04:05Z'],
  ['TIME', '"2020-02-29T23:59:59.123456789+01:00"', '2020-02-29T23:59:59.123456789+01:00'],
  ['TIME', '"2020-01-02T03:04:05,5Z"', '2020-01-02T03:04:05,5Z'],
  ['TIME', '"0000-01-01T00:00:00Z"', '0000-01-01T00:00:00Z'],
  ['TIME', 'null', ''],
  ...['""', '"2020-01-02"', '"2020-01-02T03:04:05"', '"2021-02-29T03:04:05Z"', '"2020-01-02T24:00:00Z"', '5'].map(
    (text) => ['TIME', text, `is not valid: ${text} is not an RFC 3339 time`] as const,
  ),
  ...['"2020-01-02t03:04:05z"', '"2020-01-02T23:59:60Z"', '"2020-01-02T03:04:05+0100"', '"2020-13-02T03:04:05Z"'].map(
    (text) => ['TIME', text, `is not valid: ${text} is not an RFC 3339 time`] as const,
  ),
];

describe('decodeJson', () => {
  for (const [name, text, expected] of ROWS) {
    it(`${name} of ${text.slice(0, 40)}`, () => assert.deepEqual(outcomeOf(SCALARS[name], text), expected));
  }

  it('lists: null leaves the zero value of an element, and an empty list', () => {
    assert.deepEqual(outcomeOf(listOf(TEXT), '["a",null]'), ['a', '']);
    assert.deepEqual(outcomeOf(listOf(TEXT), 'null'), []);
    assert.equal(outcomeOf(struct({ a: listOf(TEXT) }), '{"a":["x",5]}'), 'has no valid a[1]: 5 is not a string');
    assert.equal(outcomeOf(struct({ a: listOf(TEXT) }), '{"a":"x"}'), 'has no valid a: "x" is not an array');
    assert.equal(
      outcomeOf(struct({ a: listOf(TEXT, 2) }), '{"a":["x","y",5]}'),
      'has no valid a: it has more than 2 elements',
    );
  });

  it('maps: names keep their case, the last of the same counts, and none is the prototype', () => {
    const decoded = decode(mapOf(TEXT), '{"a":"1","A":"2","a":"3","b":null,"__proto__":"4"}');
    assert.ok(decoded.ok);
    assert.deepEqual(Object.entries(decoded.value), [
      ['a', '3'],
      ['A', '2'],
      ['b', ''],
      ['__proto__', '4'],
    ]);
    assert.equal(
      outcomeOf(struct({ labels: mapOf(TEXT) }), '{"labels":{"a\\u001b[31m":5,"a":"x"}}'),
      'has no valid labels["a [31m"]: 5 is not a string',
    );
  });

  const PAIR = struct({ name: TEXT, size: INT64, inner: struct({ 'os.version': TEXT }), list: listOf(TEXT) });

  it('structs: fields in any case, others passed over, null as if absent', () => {
    assert.deepEqual(outcomeOf(PAIR, '{"NAME":"a","Size":1,"names":5,"inner":{"OS.Version":"b"}}'), {
      name: 'a',
      size: 1,
      inner: { 'os.version': 'b' },
    });
    assert.deepEqual(outcomeOf(PAIR, '{"name":null,"inner":{}}'), { inner: {} });
    assert.deepEqual(outcomeOf(PAIR, 'null'), {});
  });

  for (const [text, expected] of [
    ['{"name":"a","Name":"b"}', 'is ambiguous: it has both "name" and "Name"'],
    ['{"size":1,"size":2}', { size: 2 }],
    ['{"size":2,"size":null}', { size: 2 }],
    ['{"size":"x","size":2}', 'has no valid size: "x" is not an integer'],
    ['{"inner":{"os.version":"a"},"inner":{}}', { inner: { 'os.version': 'a' } }],
    ['{"inner":{"os.version":"a"},"inner":{"os.version":"b"}}', { inner: { 'os.version': 'b' } }],
    ['{"inner":{"os.version":"a"},"inner":5}', 'has no valid inner: 5 is not an object'],
    [
      '{"inner":{"os.version":"a"},"inner":{"OS.VERSION":"b"}}',
      'is ambiguous: inner has both "os.version" and "OS.VERSION"',
    ],
    ['{"list":["a","b"],"list":["c"]}', { list: ['c'] }],
    ['{"list":["a"],"list":null}', {}],
    ['{"list":null,"list":["a"]}', { list: ['a'] }],
    ['{"size":1,"\u017fize":null}', 'is ambiguous: it has both "size" and "\u017fize"'],
    ['{"inner":{"os.version":"","OS.VERSION":""}}', 'is ambiguous: inner has both "os.version" and "OS.VERSION"'],
    ['{"x":1,"X":2,"x":3}', {}],
    ['{"inner":{"os.version":10}}', 'has no valid inner.os.version: 10 is not a string'],
    ['{"size":1.5,"name":5}', 'has no valid size: 1.5 is not an integer'],
    ['[]', 'is not valid: an array is not an object'],
  ] as const) {
    it(`a struct of ${text}`, () => assert.deepEqual(outcomeOf(PAIR, text), expected));
  }

  it('a struct of 200,000 equal fields: they are merged once', () => {
    const text = `{${Array.from({ length: 200_000 }, (_, at) => `"inner":{"os.version":"${at}"}`).join()}}`;
    assert.deepEqual(outcomeOf(PAIR, text), { inner: { 'os.version': '199999' } });
  });
});
