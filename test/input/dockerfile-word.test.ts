// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { expandWord, splitWords } from '../../src/input/dockerfile-word.ts';
import { plainText } from '../../src/input/resolved-text.ts';

const VALUES: Readonly<Record<string, string>> = { A: 'x', E: '', V: '1.25.3', B_2: 'y', Ü: 'u' };

const expand = (word: string, escapeChar = '\\') =>
  expandWord(word, escapeChar, (name) => (Object.hasOwn(VALUES, name) ? plainText(VALUES[name] ?? '') : undefined));

describe('expandWord', () => {
  const texts: readonly (readonly [word: string, text: string, ...missing: string[]])[] = [
    ['nginx', 'nginx'],
    ['$A', 'x'],
    ['${A}', 'x'],
    ['$A$B_2/$Ü', 'xy/u'],
    ['$', '$'],
    ['$/', '$/'],
    ['a$', 'a$'],
    ['$N', '', 'N'],
    ['${N}:${M}:$N', '::', 'N', 'M'],
    ['$1a', 'a', '1'],
    ['$$A', 'A', '$'],
    ['"$A b"', 'x b'],
    ["'$A'", '$A'],
    ['\\$A', '$A'],
    ['"\\$A\\n"', '$A\\n'],
    ['a\\', 'a'],
    ['${N:-d}', 'd'],
    ['${E:-d}', 'd'],
    ['${E-d}', ''],
    ['${N-d}', 'd'],
    ['${N:-${M:-d}}', 'd'],
    ['${N:-"a}b"}', 'a}b'],
    ['${N:-$M}', '', 'M'],
    ['${A:-$M}', 'x'],
    ['${A:+d}', 'd'],
    ['${E:+d}', ''],
    ['${E+d}', 'd'],
    ['${N+d}', ''],
    ['${A:?m}', 'x'],
    ['${E?m}', ''],
    ['${V%%.*}', '1'],
    ['${V%.*}', '1.25'],
    ['${V#*.}', '25.3'],
    ['${V##*.}', '3'],
    ['${V/./-}', '1-25.3'],
    ['${V//./-}', '1-25-3'],
    ['${V//\\//-}', '1.25.3'],
    ['${N%x}', '', 'N'],
  ];
  for (const [word, text, ...missing] of texts) {
    it(`${word} is ${JSON.stringify(text)}`, () => {
      assert.deepEqual(expand(word), { ok: true, value: { text, missing: missing.map((name) => ({ name })) } });
    });
  }

  const failures: readonly (readonly [word: string, error: string])[] = [
    ['${', 'missing }'],
    ['${A', 'missing }'],
    ['${A:', 'missing }'],
    ['${A:-b', 'missing }'],
    ['${}', 'missing name after ${'],
    ['${A:}', '${A:}…} is not a supported expansion'],
    ['${A^^}', '${A^…} is not a supported expansion'],
    ['${A:0:1}', '${A:0…} is not a supported expansion'],
    ['${A:%x}', '${A:%…} is not a supported expansion'],
    ['${V/a}', 'missing /'],
    ['${V/a/b', 'missing }'],
    ['"$A', 'unterminated double quote'],
    ["'a", 'unterminated single quote'],
    ['${N:?give N}', 'required variable N is not set: give N'],
    ['${E:?}', 'required variable E is not set'],
    ['${V%\\a}', '\\a is not a valid escape in a pattern'],
    [`${'${N:-'.repeat(200)}${'}'.repeat(200)}`, 'variables are nested more than 100 levels deep'],
  ];
  for (const [word, error] of failures) {
    it(`${word.slice(0, 20)} is invalid: ${error}`, () => {
      assert.deepEqual(expand(word), { ok: false, error });
    });
  }

  it('uses the given escape character', () => {
    assert.deepEqual(expand('`$A\\$A', '`'), { ok: true, value: { text: '$A\\x', missing: [] } });
  });

  it('limits variables that repeat each other', () => {
    const long = plainText('x'.repeat(1000));
    const expanded = expandWord('$A'.repeat(1000), '\\', () => long);
    assert.deepEqual(expanded, { ok: false, error: 'longer than 4096 characters once variables are inserted' });
  });

  it('never throws', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('$', '{', '}', ':', '-', '?', '%', '/', '\\', '"', "'", 'A', ' '),
    });
    fc.assert(fc.property(hostile, (word) => typeof expand(word).ok === 'boolean'));
    fc.assert(fc.property(hostile, (word) => typeof splitWords(word).ok === 'boolean'));
  });
});

describe('splitWords', () => {
  it('keeps quotes, escapes and variables', () => {
    assert.deepEqual(splitWords(`RUN  cat "a b" 'c d' e\\ f $A \${B:-c d} <<"E F"`), {
      ok: true,
      value: ['RUN', 'cat', '"a b"', "'c d'", 'e\\ f', '$A', '${B:-c', 'd}', '<<"E F"'],
    });
  });

  it('reports what a shell would not accept', () => {
    assert.deepEqual(splitWords("echo it's"), { ok: false, error: 'unterminated single quote' });
  });
});
