import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findSyntaxError, lineInJson } from '../../src/core/json-place.ts';

const TEXT = JSON.stringify(
  { a: 1, results: [{ x: '\n{"' }, [], {}, { verdict: [true, { deep: null }] }], end: -1.5e3 },
  null,
  2,
);

describe('the line of a value', () => {
  const rowOf = (path: readonly PropertyKey[]): string => TEXT.split('\n')[lineInJson(TEXT, path) - 1]?.trim() ?? '';

  it('is found by its path', () => {
    assert.equal(rowOf([]), '{');
    assert.equal(rowOf(['a']), '"a": 1,');
    assert.equal(rowOf(['results', 0, 'x']), '"x": "\\n{\\"",'.replace(',', ''));
    assert.equal(rowOf(['results', 3, 'verdict', 1, 'deep']), '"deep": null');
    assert.equal(rowOf(['end']), '"end": -1500');
  });

  it('is that of the nearest value around it, if it does not exist', () => {
    assert.equal(rowOf(['results', 3, 'reason']), '{');
    assert.equal(lineInJson(TEXT, ['results', 3, 'reason']), lineInJson(TEXT, ['results', 3]));
    assert.equal(rowOf(['nothing', 'in', 'it']), '{');
    assert.equal(lineInJson(TEXT, ['results', 99]), lineInJson(TEXT, ['results']));
  });
});

describe('a syntax error', () => {
  it('has a column, from 1, and is a character or the end', () => {
    assert.deepEqual(findSyntaxError('x'), { line: 1, column: 1, words: 'unexpected character' });
    assert.deepEqual(findSyntaxError('{"a": 1,}'), { line: 1, column: 9, words: 'unexpected character' });
    assert.deepEqual(findSyntaxError('{\n  "a" 1}'), { line: 2, column: 7, words: 'unexpected character' });
    assert.equal(findSyntaxError('{"a": "b')?.words, 'a string does not end in its line');
    assert.equal(findSyntaxError('["\\x"]')?.words, 'invalid escape in a string');
    assert.deepEqual(findSyntaxError('{\n  "a":'), { line: 2, column: 7, words: 'unexpected end' });
  });

  it('has the line of the character with which it begins', () => {
    for (const [text, line] of [
      ['{\n"a": 1,\n"b" 2\n}', 3],
      ['{\n"a": 1\n', 3],
      ['{"a":\n[1,\n2}\n}', 3],
      ['{\n"a": "line\nbreak"}', 2],
      ['{\n\n} x', 3],
      ['[1,\n]', 2],
      ['{\n"a": 01}', 2],
      ['', 1],
    ] as const) {
      assert.equal(findSyntaxError(text)?.line, line, text);
    }
  });

  it('is found exactly where JSON.parse finds one', () => {
    const damaged = fc.tuple(
      fc.json({ maxDepth: 4 }),
      fc.nat(),
      fc.constantFrom('', '}', ']', ',', '"', 'x', '1', '\\'),
    );
    fc.assert(
      fc.property(damaged, ([json, at, piece]) => {
        const text = json.slice(0, at % (json.length + 1)) + piece + json.slice(at % (json.length + 1)).slice(1);
        const isValid = (() => {
          try {
            JSON.parse(text);
            return true;
          } catch {
            return false;
          }
        })();
        assert.equal(findSyntaxError(text) === undefined, isValid, text);
      }),
    );
  });

  it('is found in a text of megabytes, and in one that is nested deep', () => {
    assert.equal(findSyntaxError(`["${'x\\n'.repeat(1_000_000)}",\n`)?.line, 2);
    assert.equal(findSyntaxError(`${'['.repeat(100_000)}\n`)?.line, 2);
    assert.equal(lineInJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`, Array(100_000).fill(0)), 1);
  });
});
