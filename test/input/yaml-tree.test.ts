import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseYamlTrees, type Tree } from '../../src/input/yaml-tree.ts';

/** `value@line`, with its tag. */
const plain = (tree: Tree): unknown => {
  const mark = `${tree.tag ?? ''}@${tree.line}`;
  if (tree.kind === 'leaf') return `${typeof tree.value === 'string' ? `"${tree.value}"` : tree.value}${mark}`;
  if (tree.kind === 'sequence') return tree.items.map(plain);
  return Object.fromEntries([...tree.entries].map(([key, value]) => [key, plain(value)]));
};

const read = async (text: string) => {
  const { trees, problems } = await parseYamlTrees(text, 'x.yaml');
  return { trees: trees.map(plain), problems: problems.map(({ line, message }) => `${line} ${message}`) };
};

describe('parseYamlTrees', () => {
  it('knows the line, the kind and the tag of each value', async () => {
    const text = 'a: x\nb:\n  - 1.10\n  - yes\n  - true\n  -\nc: !reset {d: "1"}\n---\n!x y\n';
    assert.deepEqual(await read(text), {
      trees: [{ a: '"x"@1', b: ['1.1@3', '"yes"@4', 'true@5', 'null@6'], c: { d: '"1"@7' } }, '"y"!x@9'],
      problems: [],
    });
    const [first] = (await parseYamlTrees('a: !reset {}', 'x.yaml')).trees;
    assert.equal(first?.kind === 'mapping' && first.entries.get('a')?.tag, '!reset');
  });

  it('says where the lines of a block stand', async () => {
    const [tree] = (await parseYamlTrees('a: |\n  x\n  y\nb: >\n  x\n', 'x.yaml')).trees;
    assert.ok(tree?.kind === 'mapping');
    assert.deepEqual(tree.entries.get('a'), {
      kind: 'leaf',
      value: 'x\ny\n',
      source: 'x.yaml',
      line: 1,
      tag: undefined,
      textLine: 2,
    });
    const folded = tree.entries.get('b');
    assert.equal(folded?.kind === 'leaf' && folded.textLine, undefined);
  });

  it('puts in what aliases and merge keys stand for, with the line of the text', async () => {
    const text = 'a: &a {x: 1, y: 1}\nb: &b\n  y: 2\n  z: 2\nc:\n  <<: [*a, *b]\n  x: 3\nd: *a\n"<<": *b\n';
    assert.deepEqual(await read(text), {
      trees: [
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

  it('takes the anchor that stood last before the alias', async () => {
    const text = '- &a 1\n- &b [*a]\n- &a 2\n- *b\n- *a\n';
    assert.deepEqual((await read(text)).trees, [['1@1', ['1@1'], '2@3', ['1@1'], '2@3']]);
  });

  const problems: readonly (readonly [text: string, ...problems: string[]])[] = [
    ['a: 1\nb: [x\nc: 2', '3 This is not valid YAML: bad indent.'],
    ['a: 1\n\tb: 2', '2 This is not valid YAML: tab as indent.'],
    ['a: 1\na: 2\n', '2 The key "a" stands twice.'],
    ['a: *b\n', '1 The alias *b has no anchor &b before it.'],
    ['a: &a [*a]', '1 This is nested too deep to be read.'],
    ['['.repeat(20_000), '1 This is nested too deep to be read.'],
  ];
  for (const [text, ...lines] of problems) {
    it(`${JSON.stringify(text.slice(0, 30))}: ${lines.join()}`, async () => {
      assert.deepEqual((await read(text)).problems, lines);
    });
  }

  it('keeps what it could read', async () => {
    assert.deepEqual((await read('a: x\na: y\nb: *c\n')).trees, [{ a: '"x"@1', b: 'null@3' }]);
    assert.deepEqual((await read('a: x\n---\nb: "y\n')).trees[0], { a: '"x"@1' });
  });

  it('ends where aliases of aliases would not', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`);
    const { problems } = await read(`a0: &a0 x\n${lines.join('\n')}`);
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^\d+ /, '')),
      ['This is too much to be read, with all its aliases.'],
    );
  });

  it('takes time that grows with the file only', async () => {
    const count = 20_000;
    const lines = (line: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => line(index)).join('\n');
    assert.deepEqual((await read(lines((index) => `a${index}: 1`))).problems, []);
    assert.deepEqual((await read(lines((index) => `- &a${index} 1`))).problems, []);
    assert.deepEqual((await read(`a: &a {x: 1}\nb:\n${lines(() => '  <<: *a')}`)).problems, []);
    assert.equal((await read(lines(() => 'a: 1'))).problems.length, count - 1);
  });

  it('never throws', async () => {
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
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 40 }), async (text) => {
        assert.ok(Array.isArray((await read(text)).trees));
      }),
      { numRuns: 1000 },
    );
  });
});
