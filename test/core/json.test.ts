import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { foldName, JsonNumber, JsonObject, type JsonValue, parseJson } from '../../src/core/json.ts';

const parse = (text: string): JsonValue | undefined => parseJson(Buffer.from(text));

/** As JSON.parse would give it. */
function plain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (value instanceof JsonObject) return Object.fromEntries(value.members.map(([name, it]) => [name, plain(it)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('parseJson', () => {
  it('reads what JSON.stringify writes, whatever stands between', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom('', ' ', '\t', '\r\n'), (value, blanks) => {
        const text = JSON.stringify(value, null, blanks);
        const read = parse(`${blanks}${text}${blanks}`);
        assert.ok(read !== undefined, text);
        // JSON.parse keeps -0, and so does the text.
        assert.deepEqual(plain(read), JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('takes what JSON.parse takes, and nothing else', () => {
    const token = fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', '"a"', '"\\u00e9"', '"\\x"', '"', '0', '-1.5e+3', '01', '1.', 'true', 'null'],
      ...[' ', '\n', '\u00a0', '\ufeff', 'nul', 'NaN', "'a'", '//', '"\t"'],
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        const text = tokens.join('');
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        assert.equal(parse(text) !== undefined, isJson, text);
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps the text of a number', () => {
    for (const text of ['5', '5.0', '5e0', '-0', '9007199254740993', '1e999']) {
      assert.deepEqual(parse(text), new JsonNumber(text));
    }
  });

  it('keeps every member in its order', () => {
    const object = parse('{"a":1,"b":null,"A":2,"a":3,"__proto__":4}');
    assert.ok(object instanceof JsonObject);
    assert.deepEqual(
      object.members.map(([name]) => name),
      ['a', 'b', 'A', 'a', '__proto__'],
    );
    assert.deepEqual(object.get('A'), new JsonNumber('3'));
    assert.equal(object.get('B'), null);
    assert.equal(object.get('c'), undefined);
    assert.equal(object.has('b'), true);
    assert.equal(object.has('c'), false);
  });

  it('replaces what no text holds: bad UTF-8, lone surrogates', () => {
    assert.equal(parseJson(Buffer.from([0x22, 0xff, 0x22])), '\ufffd');
    assert.equal(parse('"\\ud800x\\ud83d\\ude00"'), '\ufffdx\u{1f600}');
  });

  it('goes 10,000 levels deep, as Go does, and no level deeper', () => {
    const deep = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;
    assert.notEqual(parse(deep(10_000)), undefined);
    assert.equal(parse(deep(10_002)), undefined);
    assert.equal(parse('['.repeat(1_000_000)), undefined);
  });

  it('is not held up by 4 MiB of anything', () => {
    const size = 4 * 1024 * 1024;
    const repeated = [
      '1',
      '"',
      '\\',
      '"\\',
      '[',
      '{',
      '{"":',
      '[],',
      ' ',
      '-',
      '1e',
      '"",',
      '\\ud800',
      'a',
      'null,',
      ':',
    ];
    for (const piece of repeated) {
      for (const [first, last] of [
        ['', ''],
        ['[', '1]'],
        ['"', '"'],
      ]) {
        parse(`${first}${piece.repeat((size - 2) / piece.length)}${last}`);
      }
    }
  });
});

describe('foldName', () => {
  for (const [name, folded] of [
    ['mediaType', 'mediatype'],
    ['LAYERS', 'layers'],
    ['layer\u017f', 'layers'],
    ['\u212aey', 'key'],
    ['os.features', 'os.features'],
  ] as const) {
    it(`${name}: ${folded}`, () => assert.equal(foldName(name), folded));
  }
});
