// What is written once and used often multiplies: each way to do so has a bound, and exceeding it is one problem.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bakeExtractor } from '../../src/input/bake.ts';
import { collect } from '../../src/input/collect.ts';
import { composeExtractor } from '../../src/input/compose.ts';
import { devcontainerExtractor } from '../../src/input/devcontainer.ts';
import { dockerfileExtractor } from '../../src/input/dockerfile.ts';
import { parseDotenv } from '../../src/input/dotenv.ts';
import type { ExtractOptions, Extractor } from '../../src/input/extractor.ts';
import { kubernetesExtractor } from '../../src/input/kubernetes.ts';
import { parseYamlFile } from '../../src/input/yaml.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { NO_OPTIONS } from './found-lines.ts';
import { readFrom } from './linked-files.ts';

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

async function read(extractor: Extractor, text: string, changes: Partial<ExtractOptions> = {}) {
  const { found, problems } = await extractor.extract(text, 'folder/a.yaml', { ...NO_OPTIONS, ...changes });
  return { images: found.length, problems: problems.map(({ line, message }) => `${line ?? ''} ${message}`.trim()) };
}

describe('the bounds of a Compose project', () => {
  it('are 500 items in a list', async () => {
    const text = `services:\n  a:\n    image: x\n    volumes: [${times(501, () => 'a:b,')}]\n`;
    assert.deepEqual(await read(composeExtractor, text), {
      images: 1,
      problems: ['4 services.a.volumes has more than 500 items.'],
    });
  });

  it('are 100,000 images', async () => {
    const volumes = times(400, (index) => `{type: image, source: x, target: /${index}},`);
    const services = times(260, (index) => `  s${index}: {image: x, extends: base}\n`);
    const text = `services:\n  base: {image: x, volumes: [${volumes}]}\n${services}`;
    const { images, problems } = await read(composeExtractor, text);
    assert.ok(images > 100_000 && images < 101_000);
    assert.deepEqual(problems, ['251 Too many images: services.s248 and those after it are skipped.']);
  });

  it('are a million characters of inline Dockerfiles', async () => {
    const text = `services:\n  base: {build: {dockerfile_inline: "FROM a\\n${times(20_000, () => '#########\\n')}"}}\n${times(9, (index) => `  s${index}: {extends: base}\n`)}`;
    const { problems } = await read(composeExtractor, text);
    assert.deepEqual(problems, ['6 Too many inline Dockerfiles: services.s3 and those after it are skipped.']);
  });

  it('are four million characters that variables insert', async () => {
    const text = `services:\n${times(50, (index) => `  s${index}: {image: "x:$A"}\n`)}`;
    const readFile = readFrom({ '.env': `A=${'a'.repeat(100_000)}` });
    const { problems } = await read(composeExtractor, text, { readFile });
    assert.deepEqual(problems, ['Too large once variables are inserted.']);
  });

  it('are a million characters that aliases repeat', async () => {
    const text = `x: &x "${'a'.repeat(100_000)}"\nservices:\n${times(50, (index) => `  s${index}: {image: *x}\n`)}`;
    const { problems } = await read(composeExtractor, text);
    assert.deepEqual(problems, ['13 Too large once aliases are expanded.']);
  });

  it('are a thousand documents', async () => {
    const text = times(1001, (index) => `---\nservices: {s${index}: {image: x}}\n`);
    assert.deepEqual(await read(composeExtractor, text), {
      images: 1000,
      problems: ['2002 More than 1000 documents.'],
    });
  });

  it('count a file that is included twice once', async () => {
    const files: Record<string, string> = {
      'b.yaml': 'services: {b: {image: x, volumes: [{type: image, source: y}]}}',
    };
    let reads = 0;
    const readFile = (path: string) => {
      reads += path === 'b.yaml' ? 1 : 0;
      return readFrom(files)(path);
    };
    const { images } = await read(composeExtractor, 'include: [b.yaml, ./b.yaml, {path: b.yaml}]\n', { readFile });
    assert.equal(images, 2);
    assert.equal(reads, 1);
  });

  it('are 100 files of a development container', async () => {
    const readFile = readFrom({ 'a.yaml': 'services: {a: {image: x}}' });
    const text = JSON.stringify({ dockerComposeFile: Array(101).fill('a.yaml') });
    assert.deepEqual(await read(devcontainerExtractor, text, { readFile }), {
      images: 1,
      problems: ['1 More than 100 files.'],
    });
  });
});

describe('the bounds of other files', () => {
  it('are 30 platforms of a target', async () => {
    const platforms = Array.from({ length: 31 }, (_, index) => `linux/a${index}`);
    const contexts = { c: 'docker-image://x' };
    const text = JSON.stringify({ target: { t: { platforms: [...platforms, ...platforms], contexts } } });
    assert.deepEqual(await read(bakeExtractor, text), {
      images: 30,
      problems: ['1 target.t.platforms: more than 30 platforms.'],
    });
  });

  it('are 100,000 instructions of a Dockerfile', async () =>
    assert.deepEqual(await read(dockerfileExtractor, `FROM x\n${'RUN a\n'.repeat(100_000)}`), {
      images: 1,
      problems: ['100001 More than 100000 instructions.'],
    }));

  it('are 100,000 variables of .env', () =>
    assert.equal(
      parseDotenv(
        times(100_001, (index) => `A${index}=1\n`),
        { outer: () => undefined },
      ).problem?.message,
      'More than 100000 variables.',
    ));

  it('are 1,500,000 tokens of a file', () =>
    assert.deepEqual(parseYamlFile(`[${'a,'.repeat(800_000)}]`), {
      roots: [],
      problems: [{ message: 'Too large for one document; split it.', line: 1 }],
    }));

  it('are 100 problems of a file; the others are counted', async () => {
    using folder = createTemporaryFolder({ 'compose.yaml': `services:\n${times(150, (index) => `  s${index}: 1\n`)}` });
    const { problems } = await collect({
      ...NO_OPTIONS,
      images: [],
      files: [`${folder.path}/compose.yaml`],
      stdin: () => assert.fail('standard input was read'),
      signal: new AbortController().signal,
      nowMs: 0,
    });
    assert.equal(problems.length, 101);
    assert.equal(problems.at(-1)?.message, '50 more problems omitted.');
  });
});

describe('a file of many documents', () => {
  it('is not read further once the signal aborts', async () => {
    const controller = new AbortController();
    const text = times(50_000, () => '---\nkind: Pod\nspec: {containers: [{image: x}]}\n');
    const reading = kubernetesExtractor.extract(text, 'a.yaml', { ...NO_OPTIONS, signal: controller.signal });
    controller.abort(new Error('enough'));
    await assert.rejects(reading, /enough/);
  });
});
