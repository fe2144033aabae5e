import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseYamlFile } from '../../src/input/yaml.ts';
import type { YamlNode } from '../../src/input/yaml-node.ts';

/** `value@line`, with its tag. */
const plain = (node: YamlNode): unknown => {
  const mark = `${node.tag ?? ''}@${node.line}`;
  if (node.kind === 'scalar') return `${typeof node.value === 'string' ? `"${node.value}"` : node.value}${mark}`;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
};

const read = (text: string) => {
  const { roots, problems } = parseYamlFile(text);
  return { roots: roots.map(plain), problems: problems.map(({ line, message }) => `${line} ${message}`) };
};

describe('parseYamlFile', () => {
  it('gives the line, the type and the tag of each value', () => {
    const text = 'a: x\nb:\n  - 1.10\n  - yes\n  - true\n  -\nc: !reset {d: "1"}\n---\n!x y\n';
    assert.deepEqual(read(text), {
      roots: [{ a: '"x"@1', b: ['1.1@3', '"yes"@4', 'true@5', 'null@6'], c: { d: '"1"@7' } }, '"y"!x@9'],
      problems: [],
    });
    const [first] = parseYamlFile('a: !reset {}').roots;
    assert.equal(first?.kind === 'map' && first.entries.get('a')?.tag, '!reset');
  });

  it('gives the first line of a literal block', () => {
    const [root] = parseYamlFile('a: |\n  x\n  y\nb: >\n  x\n').roots;
    assert.ok(root?.kind === 'map');
    assert.deepEqual(root.entries.get('a'), {
      kind: 'scalar',
      value: 'x\ny\n',
      text: 'x\ny\n',
      line: 1,
      textLine: 2,
    });
    const folded = root.entries.get('b');
    assert.equal(folded?.kind === 'scalar' && folded.textLine, undefined);
  });

  it('expands aliases and merge keys, with the lines of the anchors', () => {
    const text = 'a: &a {x: 1, y: 1}\nb: &b\n  y: 2\n  z: 2\nc:\n  <<: [*a, *b]\n  x: 3\nd: *a\n"<<": *b\n';
    assert.deepEqual(read(text), {
      roots: [
        {
          a: { x: '1@1', y: '1@1' },
          b: { y: '2@3', z: '2@4' },
          c: { x: '3@7', y: '1@1', z: '2@4' },
          d: { x: '1@1', y: '1@1' },
          '<<': { y: '2@3', z: '2@4' },
        },
      ],
      problems: [],
    });
  });

  it('uses the last anchor before the alias', () => {
    const text = '- &a 1\n- &b [*a]\n- &a 2\n- *b\n- *a\n';
    assert.deepEqual(read(text).roots, [['1@1', ['1@1'], '2@3', ['1@1'], '2@3']]);
  });

  const problems: readonly (readonly [text: string, ...problems: string[]])[] = [
    ['a: 1\nb: [x\nc: 2', '2 Not valid YAML: this "[" is never closed (column 4).'],
    ['a: 1\n\tb: 2', '2 Not valid YAML: there is a tab in the indentation; use spaces (column 1).'],
    ['a: 1\na: 2\n', '2 Duplicate key "a".'],
    ['a: *b\n', '1 Alias (*) without an anchor (&) before it.'],
    ['a: &a [*a]', '1 Alias (*) without an anchor (&) before it.'],
    ['['.repeat(20_000), '1 Nested more than 200 levels deep.'],
  ];
  for (const [text, ...lines] of problems) {
    it(`${JSON.stringify(text.slice(0, 30))}: ${lines.join()}`, () => {
      assert.deepEqual(read(text).problems, lines);
    });
  }

  it('keeps what it could read', () => {
    assert.deepEqual(read('a: x\na: y\nb: *c\n').roots, [{ a: '"x"@1', b: 'null@3' }]);
    assert.deepEqual(read('a: x\n---\nb: "y\n').roots[0], { a: '"x"@1' });
  });

  it('limits aliases of aliases', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`);
    const { problems } = read(`a0: &a0 x\n${lines.join('\n')}`);
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^\d+ /, '')),
      ['Too large once aliases are expanded.'],
    );
  });

  it('takes linear time', () => {
    const count = 20_000;
    const lines = (line: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => line(index)).join('\n');
    assert.deepEqual(read(lines((index) => `a${index}: 1`)).problems, []);
    assert.deepEqual(read(lines((index) => `- &a${index} 1`)).problems, []);
    assert.deepEqual(read(`a: &a {x: 1}\nb:\n${lines(() => '  <<: *a')}`).problems, []);
    assert.equal(read(lines(() => 'a: 1')).problems.length, count - 1);
  });

  it('never throws', () => {
    const unit = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '-',
      '[',
      ']',
      '{',
      '}',
      '&a',
      '*a',
      '<<',
      '!x',
      '|',
      '"',
      "'",
      '\t',
      '?',
      '%',
      '#',
      ',',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
        assert.ok(Array.isArray(read(text).roots));
      }),
      { numRuns: 1000 },
    );
  });
});
