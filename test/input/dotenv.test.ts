// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseDotenv } from '../../src/input/dotenv.ts';
import { plainText } from '../../src/input/resolved-text.ts';

const OUTER: Readonly<Record<string, string>> = { O: 'outer', E: '' };
const parse = (text: string) =>
  parseDotenv(text, { outer: (name) => (Object.hasOwn(OUTER, name) ? plainText(OUTER[name] ?? '') : undefined) });

describe('parseDotenv', () => {
  const cases: readonly (readonly [text: string, values: Readonly<Record<string, string>>])[] = [
    ['', {}],
    ['A=1', { A: '1' }],
    ['\uFEFF# comment\n\n  A = 1  \r\nB=2\r\n', { A: '1', B: '2' }],
    ['A=1 # comment\nB=1#c\nC= # comment', { A: '1', B: '1#c', C: '# comment' }],
    ['A=\nB=2', { A: '', B: '2' }],
    ['A: 1\nexport B=2\nexport=3', { A: '1', B: '2', export: '3' }],
    ['X=2\nA=\'${X}\'\nB="${X}"\nC=${X}\nD=$X-$X', { X: '2', A: '${X}', B: '2', C: '2', D: '2-2' }],
    ['A=$X\nX=2', { A: '', X: '2' }],
    ['A="a\nb" # comment\nB=2', { A: 'a\nb', B: '2' }],
    ['A="a\\tb\\"c\\$d\\\\e\\x\\0101"', { A: 'a\tb"c$d\\e\\xA' }],
    ["A='it\\'s\\n'", { A: "it's\\n" }],
    ['A=$O\nB=${E:-x}\nO=3\nC=$O\nE=4\nD=$E', { A: 'outer', B: 'x', O: '3', C: 'outer', E: '4', D: '4' }],
    ['O\nN\nA=1', { O: 'outer', A: '1' }],
    ['A.b-c[0]=1', { 'A.b-c[0]': '1' }],
  ];
  for (const [text, values] of cases) {
    it(JSON.stringify(text), () => {
      const parsed = parse(text);
      assert.equal(parsed.problem, undefined);
      assert.deepEqual(Object.fromEntries([...parsed.values].map(([name, value]) => [name, value.text])), values);
    });
  }

  it('records which variables of a value are missing', () => {
    assert.deepEqual(parse('A=x$N').values.get('A'), { text: 'x', missing: [{ name: 'N' }] });
  });

  const problems: readonly (readonly [text: string, line: number, message: string])[] = [
    ['A=1\nB="2\n3', 2, 'Unterminated quote in the value of B.'],
    ['A=1\n\nB!=2', 3, 'A name may only contain letters, digits, "_", "." and "-".'],
    ['A=1\nB C=2', 2, 'A name contains whitespace.'],
    ['A=1\nB=${C:?which}', 2, 'Invalid variable in the value of B, or a required variable is not set.'],
  ];
  for (const [text, line, message] of problems) {
    it(`${JSON.stringify(text)} is invalid in line ${line}; what precedes it counts`, () => {
      const parsed = parse(text);
      assert.deepEqual(parsed.problem, { line, message });
      assert.deepEqual([...parsed.values], [['A', plainText('1')]]);
    });
  }

  it('never throws', () => {
    const unit = fc.constantFrom('A', '=', ':', '"', "'", '\\', '\n', ' ', '#', '$', '{', '}', 'export ', '!');
    fc.assert(fc.property(fc.string({ unit }), (text) => parse(text).values instanceof Map));
  });
});
