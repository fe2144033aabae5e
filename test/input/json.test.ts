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

  it('gives the line of each value, and the text of numbers as written', () => {
    const { roots } = parseJsonFile('\n{ "a":\n1.10, "b": [\n true,\n{}\n],\n"c": "\\u0041\\n"}');
    const [root] = roots;
    assert.ok(root?.kind === 'map');
    assert.deepEqual(root.line, 2);
    assert.deepEqual(
      [...root.entries.values()].map((node) => [node.line, node.kind === 'scalar' ? node.text : node.kind]),
      [
        [3, '1.10'],
        [3, 'list'],
        [7, 'A\n'],
      ],
    );
  });

  it('reads one value after another, and keeps the first of two with the same key', () => {
    const { roots, problems } = parseJsonFile('{"a": 1, "a": 2}{"b": 3}\n[4]\n');
    assert.deepEqual(roots.map(plain), [{ a: 1 }, { b: 3 }, [4]]);
    assert.deepEqual(problems, [{ message: 'Duplicate key "a".', line: 1 }]);
  });

  it('reads what is only YAML as YAML', () => {
    for (const text of ['{a: b}', "{'a': b}", '{"a": b} # comment', '{"a": "b\n  c"}']) {
      const { roots, problems } = parseJsonFile(text);
      assert.deepEqual([roots.length, problems], [1, []], text);
    }
  });

  it('is no deeper than 200 levels', () => {
    for (const open of ['[', '{"a":']) {
      const { problems } = parseJsonFile(open.repeat(300_000));
      assert.deepEqual(
        problems.map(({ message }) => message),
        ['Nested more than 200 levels deep.'],
      );
    }
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
