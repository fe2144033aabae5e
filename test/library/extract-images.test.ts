import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createChecker, type ExtractImagesOptions, extractImages } from '../../src/index.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const COMPOSE = 'services: {web: {image: "shop/web:$TAG"}, db: {image: postgres:17}}\n';
const MANIFEST = 'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: postgres:17}]}\n';

describe('extractImages', () => {
  it('finds the images of a directory, each once, with its locations', async () => {
    using folder = createTemporaryFolder({
      'compose.yaml': COMPOSE,
      'pod.yaml': MANIFEST,
      'old/Dockerfile': 'FROM a:1',
    });
    const { images, problems } = await extractImages(folder.path, { env: { TAG: '2' }, exclude: ['old/'] });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      images.map(({ text, foundAt }) => [text, foundAt.map(({ source }) => source)]),
      [
        ['shop/web:2', [join(folder.path, 'compose.yaml')]],
        ['postgres:17', ['compose.yaml', 'pod.yaml'].map((file) => join(folder.path, file))],
      ],
    );
  });

  it('finds those of a text, whose format its name or its content says', async () => {
    const options: ExtractImagesOptions = { env: {}, buildArg: { BASE: 'node:24' }, ignore: ['postgres'] };
    const textsOf = async (source: Parameters<typeof extractImages>[0]) =>
      (await extractImages(source, options)).images.map(({ text, skip }) => `${text} ${skip?.reason ?? 'checked'}`);
    assert.deepEqual(await textsOf({ text: 'ARG BASE\nFROM $BASE\n', name: 'Dockerfile' }), ['node:24 checked']);
    assert.deepEqual(await textsOf({ text: MANIFEST }), ['postgres:17 ignored']);
    assert.deepEqual(await textsOf({ text: 'a:1\na:1\n# b\nc\n' }), ['a:1 checked', 'c checked']);
    assert.deepEqual(await textsOf({ text: COMPOSE, name: 'compose.yaml' }), [
      'shop/web:$TAG unresolved-variable',
      'postgres:17 ignored',
    ]);
  });

  it('reports what it cannot read', async () => {
    const { images, problems } = await extractImages(['/nonexistent/compose.yaml'], { env: {} });
    assert.deepEqual(images, []);
    assert.deepEqual(problems, [
      { source: '/nonexistent/compose.yaml', message: 'Cannot be read: no such file or directory.' },
    ]);
    const broken = await extractImages({ text: 'services: {a: {b: c}: d}', name: 'compose.yaml' }, { env: {} });
    assert.equal(broken.problems[0]?.source, 'compose.yaml');
  });

  it('gives the inputs of a checker', async () => {
    const { images } = await extractImages(
      { text: 'services: {a: {image: a/$X}, b: {image: B}}', name: 'compose.yaml' },
      { env: {} },
    );
    await using checker = createChecker({ env: {} });
    const reasons: unknown[] = [];
    for await (const { reason } of checker.checkAll(images)) reasons.push(reason);
    assert.deepEqual(reasons, ['unresolved-variable', 'invalid-reference']);
  });

  it('rejects with the reason of its signal, and with a TypeError for wrong arguments', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(extractImages('.', { signal }), /enough/);
    await assert.rejects(extractImages(5 as unknown as string), /^InvalidOptionError: extractImages: source: expected/);
    const misspelled = { exlude: [] } as ExtractImagesOptions;
    await assert.rejects(extractImages('.', misspelled), /exlude: there is no such option\. Did you mean exclude\?/);
  });
});
