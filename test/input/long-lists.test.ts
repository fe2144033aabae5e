// Lists of many objects are read in parts: the images, their lines and the problems are those of the whole.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kubernetesExtractor } from '../../src/input/kubernetes.ts';
import { parseYaml } from '../../src/input/yaml.ts';
import { NO_OPTIONS } from './found-lines.ts';

const PODS = 600;

/** `line text path` of every image. */
async function find(text: string) {
  const { found, problems } = await kubernetesExtractor.extract(text, 'a file', NO_OPTIONS);
  return { found: found.map((image) => `${image.line} ${image.text} ${image.path}`), problems };
}

const pod = (index: number, kind = 'Pod') => ({
  apiVersion: 'v1',
  ...(kind !== '' && { kind }),
  metadata: { name: `web-${index}`, annotations: { note: 'x'.repeat(2000) } },
  spec: { containers: [{ name: 'a', image: `web:${index}` }] },
});

/** The line of the image of each pod in a text that has one a line. */
const expected = (text: string) =>
  text.split('\n').flatMap((line, index) => {
    const [, image, pod] = /image"?: "?(web:(\d+))/.exec(line) ?? [];
    return image === undefined ? [] : [`${index + 1} ${image} Pod/web-${pod}/a`];
  });

const documents = (text: string): number => [...parseYaml(text)].length;

describe('a long list', () => {
  const pods = Array.from({ length: PODS }, (_, index) => pod(index));

  it('is read in parts, as JSON of kubectl', async () => {
    for (const list of [
      { apiVersion: 'v1', items: pods, kind: 'List', metadata: { resourceVersion: '' } },
      { kind: 'PodList', apiVersion: 'v1', items: pods.map((_, index) => pod(index, '')) },
    ]) {
      const text = JSON.stringify(list, null, 4);
      assert.ok(text.length > 1_000_000);
      assert.deepEqual(await find(text), { found: expected(text), problems: [] });
    }
    const many = Array.from({ length: 8000 }, (_, index) => ({ ...pod(index), metadata: { name: `web-${index}` } }));
    const text = JSON.stringify({ items: many, kind: 'List' }, null, 1);
    assert.ok(documents(text) > 1);
    assert.deepEqual(await find(text), { found: expected(text), problems: [] });
  });

  it('is read in parts, as an array or one object after another', async () => {
    for (const text of [JSON.stringify(pods, null, 1), pods.map((item) => JSON.stringify(item)).join('\n')]) {
      assert.deepEqual((await find(text)).found.length, PODS);
      assert.deepEqual(await find(text), {
        found: text.startsWith('[')
          ? expected(text)
          : pods.map((_, index) => `${index + 1} web:${index} Pod/web-${index}/a`),
        problems: [],
      });
    }
  });

  for (const indent of ['', '  ']) {
    it(`is read in parts, as YAML indented by ${indent.length}`, async () => {
      const items = pods.map((_, index) =>
        [
          '- apiVersion: v1',
          '  kind: Pod',
          `  metadata: { name: web-${index} }`,
          '  # - a comment',
          '  spec:',
          '    args: &args',
          `    - |\n${indent}      - ${'y'.repeat(2000)}`,
          '    containers:',
          `    - image: web:${index}`,
          '      name: a',
          index === 300 ? '    other: *args\n# a comment' : '',
        ]
          .map((line) => (line === '' ? line : `${indent}${line}`))
          .join('\n'),
      );
      const text = `# pods\napiVersion: v1\nitems:\n${items.join('\n')}\nkind: List\nmetadata: {}\n`;
      assert.ok(documents(text) > 1);
      assert.deepEqual(await find(text), { found: expected(text), problems: [] });
      const broken = text.replace('name: web-400 }', 'name: web-400');
      const { found, problems } = await find(broken);
      assert.ok(found.length > 300);
      assert.equal(problems.length, 1);
    });
  }

  it('that is broken gives the line', async () => {
    const text = JSON.stringify({ items: [...pods, ...pods], kind: 'List' }, null, 4);
    const cut = text.slice(0, -2000);
    assert.deepEqual((await find(cut)).problems, [
      { message: 'Not valid JSON: a string does not end in its line (column 29).', line: cut.split('\n').length },
    ]);
  });

  it('of another kind is read as a whole', async () => {
    const text = JSON.stringify({ kind: 'Flow', items: pods, apiVersion: 'example.com/v1' }, null, 4);
    const { found, problems } = await find(text);
    assert.deepEqual(problems, []);
    assert.equal(found.length, PODS);
  });
});
