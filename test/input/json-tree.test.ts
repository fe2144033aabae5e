import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJsonTrees } from '../../src/input/json-tree.ts';
import type { Tree } from '../../src/input/yaml-tree.ts';

const plain = (tree: Tree | undefined): unknown => {
  if (tree?.kind === 'mapping') return Object.fromEntries([...tree.entries].map(([key, value]) => [key, plain(value)]));
  return tree?.kind === 'sequence' ? tree.items.map(plain) : tree?.value;
};

describe('parseJsonTrees', () => {
  it('leaves comments out and every line in its place', async () => {
    const text = '\uFEFF// a\r\n{\n\t/* b\n"c": */ "d": "//e \\" /* f", // g\n\t"h": [1, true,],\n}';
    const { trees, problems } = await parseJsonTrees(text, 'x.json');
    assert.deepEqual(problems, []);
    assert.deepEqual(plain(trees[0]), { d: '//e " /* f', h: [1, true] });
    const [tree] = trees;
    assert.deepEqual(tree?.kind === 'mapping' && [...tree.entries.values()].map(({ line }) => line), [4, 5]);
  });

  it('reads all that is JSON', async () => {
    const key = fc.string({ unit: 'binary', maxLength: 20 }).filter((name) => name !== '__proto__');
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('any')),
        fc.dictionary(key, tie('any')),
      ),
    })).any;
    await fc.assert(
      fc.asyncProperty(value, fc.constantFrom(undefined, 2, '\t'), async (document, indent) => {
        const { trees, problems } = await parseJsonTrees(JSON.stringify(document, null, indent), 'x.json');
        assert.deepEqual(problems, []);
        assert.deepEqual(plain(trees[0]), JSON.parse(JSON.stringify(document)));
      }),
    );
  });

  it('takes time that grows with the file only', async () => {
    for (const text of [
      '/*'.repeat(100_000),
      `"${'\\"'.repeat(100_000)}`,
      '//\n'.repeat(50_000),
      '"a\n'.repeat(1000),
    ]) {
      assert.ok(Array.isArray((await parseJsonTrees(text, 'x.json')).trees));
    }
  });
});
