import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { SearchRule } from '../../src/input/extractor.ts';
import { parseFieldPath } from '../../src/input/field-path.ts';
import { kubernetesExtractor } from '../../src/input/kubernetes.ts';
import { formatFound, NO_OPTIONS } from './found-lines.ts';

const rule = (kind: string, path?: string, more: Partial<SearchRule> = {}): SearchRule => ({
  kind,
  ...(path !== undefined && { path: parseFieldPath(path) }),
  skip: false,
  location: 'kairos-pull.yaml:2',
  ...more,
});

async function find(text: string, ...search: SearchRule[]): Promise<string[]> {
  const { found, problems } = await kubernetesExtractor.extract(text, 'a file', { ...NO_OPTIONS, search });
  return [...found.map(formatFound), ...problems.map(({ line, message }) => `${line}! ${message}`)];
}

const app = (spec: string, kind = 'App') =>
  `apiVersion: example.com/v1\nkind: ${kind}\nmetadata: { name: it }\nspec:\n${spec}`;

describe('search rules', () => {
  it('find an image in a field of any name, once', async () => {
    const text = app('  runs: shop\n  image: shop/other:2\n');
    assert.deepEqual(await find(text), ['6 shop/other:2 | App/it/spec.image']);
    assert.deepEqual(await find(text, rule('App', 'spec.runs')), [
      '5 shop | App/it/spec.runs',
      '6 shop/other:2 | App/it/spec.image',
    ]);
  });

  it('compose an image of its parts', async () => {
    const parts = (map: string) => find(app(`  runs: ${map}\n`), rule('App', 'spec.runs'));
    assert.deepEqual(await parts('{ registry: quay.io, repository: shop/web, tag: "1.10" }'), [
      '5 quay.io/shop/web:1.10 | App/it/spec.runs',
    ]);
    assert.deepEqual(await parts('{ name: web, version: 3 }'), ['5 web:3 | App/it/spec.runs']);
    assert.deepEqual(await parts('{ image: web:4 }'), ['5 web:4 | App/it/spec.runs']);
    assert.deepEqual(await parts('$TAG'), ['5 $TAG | App/it/spec.runs (unresolved-variable: $TAG is not resolved.)']);
  });

  it('walk lists and fields, and find nothing if the path ends early', async () => {
    const text = app('  parts:\n  - { a: { x: one } }\n  - { b: { x: two }, c: { y: no } }\n  - none\n');
    assert.deepEqual(await find(text, rule('App', 'spec.parts[].*.x')), [
      '6 one | App/it/spec.parts[0].a.x',
      '7 two | App/it/spec.parts[1].b.x',
    ]);
    assert.deepEqual(await find(text, rule('App', 'spec.parts.a'), rule('App', 'spec.nothing')), []);
  });

  it('report what is at the path if it is not an image', async () => {
    const text = app('  list: [a, b]\n  map: { a: b }\n  empty:\n  blank: ""\n');
    assert.deepEqual(await find(text, rule('App', 'spec.*')), [
      '5! App/it/spec.list is a list: append [] to its path (kairos-pull.yaml:2).',
      '6! App/it/spec.map is not an image and has no repository or name (kairos-pull.yaml:2).',
    ]);
  });

  it('exclude a field or a whole object', async () => {
    const text = app('  image: shop/picture:1\n  backup: { image: shop/backup:1 }\n');
    assert.deepEqual(await find(text, rule('App', 'spec.image', { skip: true })), [
      '6 shop/backup:1 | App/it/spec.backup.image',
    ]);
    assert.deepEqual(await find(text, rule('App', undefined, { skip: true })), []);
    const pod =
      'apiVersion: v1\nkind: Pod\nspec:\n  containers: [{ name: a, image: a }]\n  initContainers: [{ image: b }]\n';
    assert.deepEqual(await find(pod, rule('Pod', 'spec.containers', { skip: true })), ['5 b | Pod/initContainers[0]']);
  });

  it('apply to one field, not to others that share its anchor', async () => {
    const text = app('  image: &same shop/app:1\n  other: { image: *same }\n');
    assert.deepEqual(await find(text, rule('App', 'spec.image', { skip: true })), [
      '6 shop/app:1 | App/it/spec.other.image',
    ]);
  });

  it('apply to their kind and group only, also in lists', async () => {
    const text = app('  runs: web\n');
    assert.deepEqual(await find(text, rule('Other', 'spec.runs')), []);
    assert.deepEqual(await find(text, rule('App', 'spec.runs', { group: 'example.org' })), []);
    assert.deepEqual(await find(text, rule('App', 'spec.runs', { group: '' })), []);
    assert.deepEqual(await find(text, rule('App', 'spec.runs', { group: 'example.com' })), [
      '5 web | App/it/spec.runs',
    ]);
    const list = 'apiVersion: example.com/v1\nkind: AppList\nitems:\n- metadata: { name: a }\n  spec: { runs: web }\n';
    assert.deepEqual(await find(list, rule('App', 'spec.runs')), ['5 web | App/a/spec.runs']);
  });

  it('find images in a ConfigMap, which is skipped otherwise', async () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: it }\ndata:\n  image: shop/app:1\n  web.image: shop/web:1\n';
    assert.deepEqual(await find(text), []);
    assert.deepEqual(await find(text, rule('ConfigMap', 'data.web\\.image')), [
      '6 shop/web:1 | ConfigMap/it/data.web.image',
    ]);
  });

  it('visit a node once per level, however many aliases refer to it', async () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? '  a0: &a0 [web]\n'
        : `  a${level}: &a${level} [${Array(10)
            .fill(`*a${level - 1}`)
            .join(', ')}]\n`,
    );
    assert.deepEqual(await find(app(levels.join('')), rule('App', `spec.a11${'[]'.repeat(12)}`)), [
      `5 web | App/it/spec.a11${'[0]'.repeat(12)}`,
    ]);
  });

  it('work as documented', async () => {
    const page = readFileSync(fileURLToPath(new URL('../../../docs/configuration.md', import.meta.url)), 'utf8');
    const [, config = '', object = '', images = ''] =
      /```yaml\n(search:.*?)```.*?```yml\n(.*?)```\n\nthis finds (.*?)\.\n/s.exec(page) ?? [];
    const { search } = parseConfig(config, { name: 'kairos-pull.yaml', locate: (path) => path });
    const { found, problems } = await kubernetesExtractor.extract(object, 'a file', { ...NO_OPTIONS, search });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      found.map(({ text }) => text),
      [...images.matchAll(/`(.*?)`/g)].map(([, image]) => image),
    );
    assert.equal(found.length, 3);
  });
});
