import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseJsonFile } from '../../src/input/json.ts';
import type { YamlNode } from '../../src/input/yaml-node.ts';

const plain = (node: YamlNode | undefined): unknown => {
  if (node?.kind === 'map') return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  return node?.kind === 'list' ? node.items.map(plain) : node?.value;
};

describe('parseJsonFile', () => {
  it('removes comments and keeps line numbers', () => {
    const text = '\uFEFF// a\r\n{\n\t/* b\n"c": */ "d": "//e \\" /* f", // g\n\t"h": [1, true,],\n}';
    const { roots, problems } = parseJsonFile(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(plain(roots[0]), { d: '//e " /* f', h: [1, true] });
    const [root] = roots;
    assert.deepEqual(root?.kind === 'map' && [...root.entries.values()].map(({ line }) => line), [4, 5]);
  });

  it('reads any JSON', () => {
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
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2, '\t'), (document, indent) => {
        const { roots, problems } = parseJsonFile(JSON.stringify(document, null, indent));
        assert.deepEqual(problems, []);
        assert.deepEqual(plain(roots[0]), JSON.parse(JSON.stringify(document)));
      }),
    );
  });

  it('takes linear time', () => {
    for (const text of [
      '/*'.repeat(100_000),
      `"${'\\"'.repeat(100_000)}`,
      '//\n'.repeat(50_000),
      '"a\n'.repeat(1000),
    ]) {
      assert.ok(Array.isArray(parseJsonFile(text).roots));
    }
  });
});
