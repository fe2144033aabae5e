import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { replacePattern, trimPrefix, trimSuffix } from '../../src/input/dockerfile-pattern.ts';

/** The pattern as a regular expression: right, but exponential, so only for short texts. */
const regexOf = (pattern: string, star: string): string =>
  [...pattern].map((char) => (char === '*' ? star : char === '?' ? '.' : `[${char}]`)).join('');

const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 5 });

describe('trimPrefix and trimSuffix', () => {
  const ok = (value: string) => ({ ok: true, value });

  it('remove the shortest or the longest match', () => {
    assert.deepEqual(trimSuffix('1.25.3', '.*', false), ok('1.25'));
    assert.deepEqual(trimSuffix('1.25.3', '.*', true), ok('1'));
    assert.deepEqual(trimPrefix('a/b/c', '*/', false), ok('b/c'));
    assert.deepEqual(trimPrefix('a/b/c', '*/', true), ok('c'));
    assert.deepEqual(trimPrefix('v1.2', 'v', false), ok('1.2'));
    assert.deepEqual(trimPrefix('1.2', 'v', false), ok('1.2'));
    assert.deepEqual(trimSuffix('1.2-rc', '-??', false), ok('1.2'));
  });

  it('support only the escapes of BuildKit', () => {
    assert.deepEqual(trimPrefix('*a', '\\*', true), ok('a'));
    assert.deepEqual(trimPrefix('}a', '\\}', true), ok('a'));
    assert.deepEqual(trimPrefix('a', '\\a', true), { ok: false, error: '\\a is not a valid escape in a pattern' });
    assert.deepEqual(trimPrefix('a', '\\', true), { ok: false, error: '\\ is not a valid escape in a pattern' });
  });

  it('agree with regular expressions', () => {
    fc.assert(
      fc.property(text, pattern, (value, word) => {
        const shortest = value.replace(new RegExp(`^${regexOf(word, '.*?')}`), '');
        const longest = value.replace(new RegExp(`^${regexOf(word, '.*')}`), '');
        assert.deepEqual(trimPrefix(value, word, false), ok(shortest));
        assert.deepEqual(trimPrefix(value, word, true), ok(longest));
        const mirror = (line: string) => [...line].reverse().join('');
        assert.deepEqual(trimSuffix(mirror(value), mirror(word), false), ok(mirror(shortest)));
        assert.deepEqual(trimSuffix(mirror(value), mirror(word), true), ok(mirror(longest)));
      }),
    );
  });

  it('are fast where a regular expression would not end', () => {
    const stars = '*a'.repeat(1000);
    assert.deepEqual(trimPrefix('a'.repeat(4000), `${stars}b`, true), ok('a'.repeat(4000)));
    assert.deepEqual(replacePattern('a'.repeat(4000), `${stars}b`, '', true), ok('a'.repeat(4000)));
  });
});

describe('replacePattern', () => {
  it('replaces the first match, or all', () => {
    assert.deepEqual(replacePattern('a-b-c', '-', '.', false), { ok: true, value: 'a.b-c' });
    assert.deepEqual(replacePattern('a-b-c', '-', '.', true), { ok: true, value: 'a.b.c' });
    assert.deepEqual(replacePattern('a-b-c', '-*-', '', false), { ok: true, value: 'ac' });
    assert.deepEqual(replacePattern('a-b', '', 'x', true), { ok: true, value: 'a-b' });
  });

  it('agrees with regular expressions', () => {
    const some = pattern.filter((word) => !/^\**$/.test(word));
    fc.assert(
      fc.property(text, some, (value, word) => {
        const regex = regexOf(word, '.*');
        assert.deepEqual(replacePattern(value, word, '_', false), {
          ok: true,
          value: value.replace(new RegExp(regex), '_'),
        });
        assert.deepEqual(replacePattern(value, word, '_', true), {
          ok: true,
          value: value.replace(new RegExp(regex, 'g'), '_'),
        });
      }),
    );
  });
});
