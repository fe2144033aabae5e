// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Dockerfiles' own variables.

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
    ['${', 'a } is missing'],
    ['${A', 'a } is missing'],
    ['${A:', 'a } is missing'],
    ['${A:-b', 'a } is missing'],
    ['${}', 'the name after ${ is missing'],
    ['${A:}', '${A:}…} is not an expansion that Dockerfiles know'],
    ['${A^^}', '${A^…} is not an expansion that Dockerfiles know'],
    ['${A:0:1}', '${A:0…} is not an expansion that Dockerfiles know'],
    ['${A:%x}', '${A:%…} is not an expansion that Dockerfiles know'],
    ['${V/a}', 'a / is missing'],
    ['${V/a/b', 'a } is missing'],
    ['"$A', 'a double quote is not closed'],
    ["'a", 'a single quote is not closed'],
    ['${N:?give N}', 'N must be given: give N'],
    ['${E:?}', 'E must be given'],
    ['${V%\\a}', '\\a is not an escape in a pattern'],
    [`${'${N:-'.repeat(200)}${'}'.repeat(200)}`, 'it is nested more than 100 deep'],
  ];
  for (const [word, error] of failures) {
    it(`${word.slice(0, 20)} is wrong: ${error}`, () => {
      assert.deepEqual(expand(word), { ok: false, error });
    });
  }

  it('takes the escape character it is given', () => {
    assert.deepEqual(expand('`$A\\$A', '`'), { ok: true, value: { text: '$A\\x', missing: [] } });
  });

  it('does not let variables repeat each other without end', () => {
    const long = plainText('x'.repeat(1000));
    const expanded = expandWord('$A'.repeat(1000), '\\', () => long);
    assert.deepEqual(expanded, { ok: false, error: 'it becomes longer than 4096 characters' });
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
  it('keeps quotes, escapes and variables as they stand', () => {
    assert.deepEqual(splitWords(`RUN  cat "a b" 'c d' e\\ f $A \${B:-c d} <<"E F"`), {
      ok: true,
      value: ['RUN', 'cat', '"a b"', "'c d'", 'e\\ f', '$A', '${B:-c', 'd}', '<<"E F"'],
    });
  });

  it('says what a shell would not read', () => {
    assert.deepEqual(splitWords("echo it's"), { ok: false, error: 'a single quote is not closed' });
  });
});
