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
import { gitlabCiExtractor } from '../../src/input/gitlab-ci.ts';
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

  it('are four million characters that variables insert into .env', async () => {
    const readFile = readFrom({ '.env': `B=b\nA=${'a'.repeat(1000)}\n${times(5000, (index) => `V${index}=$A\n`)}` });
    const { problems } = await read(composeExtractor, 'services: {a: {image: "x:$V1$B"}}\n', { readFile });
    assert.deepEqual(problems, ['folder/.env:3999: Too large once variables are inserted.']);
  });

  it('are half a million variables of all .env files', async () => {
    const include = times(12, (index) => `  - {path: b.yaml, project_directory: "${index}", env_file: v.env}\n`);
    const files = { 'b.yaml': 'services: {b: {image: y}}', 'v.env': times(50_000, (index) => `V${index}=1\n`) };
    const text = `services: {a: {image: x}}\ninclude:\n${include}`;
    assert.deepEqual(await read(composeExtractor, text, { readFile: readFrom(files) }), {
      images: 2,
      problems: ['folder/v.env: More than 500000 variables in all .env files.'],
    });
  });

  it('are half a million arguments and contexts of the services that share them', async () => {
    for (const key of ['args', 'additional_contexts']) {
      const entries = times(10_000, (index) => `k${index}: v,`);
      const services = times(60, (index) => `  s${index}: {extends: b}\n`);
      const build = `{dockerfile_inline: "FROM y", ${key}: {${entries}}}`;
      const text = `services:\n  b: {image: x, build: ${build}}\n${services}`;
      const { images, problems } = await read(composeExtractor, text);
      assert.equal(images, 101, key);
      const excess = 'Too many build arguments, contexts, volumes or hooks';
      assert.deepEqual(problems, [`52 ${excess}: services.s49 and those after it are skipped.`], key);
    }
  });

  it('are a million entries that merging copies', async () => {
    const args = times(50_000, (index) => `k${index}: v,`);
    const services = times(30, (index) => `  s${index}: {extends: b, build: {args: {own: v}}}\n`);
    const text = `services:\n  b: {image: x, build: {args: {${args}}}}\n${services}`;
    const { images, problems } = await read(composeExtractor, text);
    assert.ok(images > 9, `${images} images`);
    assert.ok(problems.includes('Too large once what services extend and files include is merged.'), problems.join());
  });

  it('are 100 variables without a value in a text', async () => {
    const image = times(101, (index) => `$V${index}`);
    const text = `services: {a: {image: x}, b: {image: "y${image}"}}\n`;
    assert.deepEqual(await read(composeExtractor, text), {
      images: 1,
      problems: ['1 services.b.image: more than 100 variables without a value.'],
    });
  });

  it('let services that extend one share what is said of its dependencies', async () => {
    const others = times(100, (index) => `o${index}: {condition: service_started},`);
    const services = times(1000, (index) => `  s${index}: {extends: b}\n`);
    const { problems } = await read(
      composeExtractor,
      `services:\n  b: {image: x, depends_on: {${others}}}\n${services}`,
    );
    assert.equal(problems.length, 100);
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

  it('are the work of patterns in a Dockerfile', async () => {
    const [text, pattern] = ['a'.repeat(4000), `${'a'.repeat(2000)}b`];
    const uses = times(1000, () => `ARG B=\${A//$P/x}\n`);
    const file = `ARG A=${text}\nARG P=${pattern}\n${uses}FROM x AS y\nCOPY --from=z a b\nFROM y$B\n`;
    assert.deepEqual(await read(dockerfileExtractor, file), {
      images: 0,
      problems: ['5 ARG B: too much work to insert variables, and none are inserted after this.'],
    });
    assert.equal((await read(dockerfileExtractor, `${file}FROM y\n`)).images, 2);
  });

  it('are shared by the inline Dockerfiles of all services', async () => {
    const inline = 'ARG A\\nARG P\\nARG B=${A//$P/x}\\nFROM x';
    const args = `{A: ${'a'.repeat(4000)}, P: ${'a'.repeat(2000)}b}`;
    const services = times(50, (index) => `  s${index}: {extends: b}\n`);
    const text = `services:\n  b:\n    build: {dockerfile_inline: "${inline.replaceAll('$', '$$$$')}", args: ${args}}\n${services}`;
    const { images, problems } = await read(composeExtractor, text);
    assert.equal(images, 6);
    const excess = 'Too many variables in inline Dockerfiles';
    assert.deepEqual(problems, [`5 ${excess}: services.s1 and those after it are skipped.`]);
  });

  it('are two million characters of inline Dockerfiles of bake', async () => {
    const platforms = Array.from({ length: 30 }, (_, index) => `linux/a${index}`);
    const inline = `FROM x\n${'#\n'.repeat(50_000)}`;
    const text = JSON.stringify({
      target: {
        a: { 'dockerfile-inline': 'FROM x' },
        b: { platforms, 'dockerfile-inline': inline },
      },
    });
    assert.deepEqual(await read(bakeExtractor, text), {
      images: 1,
      problems: ['1 target.b.dockerfile-inline is too long for so many platforms.'],
    });
  });

  it('are two million variables in images of jobs', async () => {
    const variables = times(1000, (index) => `  V${index}: ""\n`);
    const image = times(700, (index) => `$V${index}`);
    const jobs = times(1000, (index) => `j${index}: {image: *i, variables: {A: "${index}"}, script: x}\n`);
    const text = `stages: [a]\nvariables:\n${variables}.i: {image: &i "x:${image}"}\nk: {image: y, script: x}\n${jobs}`;
    const { images, problems } = await read(gitlabCiExtractor, text);
    assert.ok(images >= 1);
    assert.match(problems.join('\n'), /^\d+ Too many variables in images of jobs\.$/);
  });

  it('are 1,500,000 tokens of a file', () =>
    assert.deepEqual(parseYamlFile(`[${'a,'.repeat(800_000)}]`), {
      roots: [],
      problems: [{ message: 'Too large for one document; split it.', line: 1 }],
      isBroken: true,
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
