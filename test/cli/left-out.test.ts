import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { documentOf, runMain } from './run-main.ts';

const compose = (image: string): string => `services: { a: { image: "${image}" } }\n`;
const list = (...images: readonly string[]): string => images.map((image) => `FROM ${image}\n`).join('');

/** The images that are listed, and those that are skipped with their message. */
async function imagesIn(argv: readonly string[], circumstances: Parameters<typeof runMain>[1] = {}) {
  const { images } = documentOf(await runMain(['images', '-o', 'json', ...argv], circumstances));
  return images.map(({ input, skip }: { input: string; skip: { message: string } | null }) =>
    skip === null ? input : `${input}: ${skip.message}`,
  );
}

describe('what is left out of a directory', () => {
  it('is what .gitignore, --exclude, the environment and the config file say', async () => {
    using folder = createTemporaryFolder({
      'a/Dockerfile': list('a:1'),
      'b/Dockerfile': list('b:1'),
      'c/Dockerfile': list('c:1'),
      '.gitignore': 'b/\n',
      'kairos-pull.yaml': 'exclude: [c]\n',
    });
    const { path } = folder;
    assert.deepEqual(await imagesIn([`${path}/`]), ['a:1', 'c:1']);
    assert.deepEqual(await imagesIn(['-f', path, '--no-gitignore', '--exclude', 'c/']), ['a:1', 'b:1']);
    const env = { KAIROS_PULL_EXCLUDE: 'a,c', KAIROS_PULL_NO_GITIGNORE: 'true' };
    assert.deepEqual(await imagesIn(['-f', path], { env }), ['b:1']);
    assert.deepEqual(await imagesIn(['-f', path], { cwd: path, env: { HOME: path } }), ['a:1']);
  });

  it('is read if the user names it', async () => {
    using folder = createTemporaryFolder({ 'dist/Dockerfile': list('a:1'), '.gitignore': '*\n' });
    assert.deepEqual(await imagesIn([join(folder.path, 'dist/Dockerfile')]), ['a:1']);
    assert.deepEqual(await imagesIn([`${join(folder.path, 'dist')}/`, '--exclude', 'x']), ['a:1']);
    assert.deepEqual(await imagesIn([join(folder.path, 'dist/Dockerfile'), '--exclude', 'Dockerfile']), ['a:1']);
  });

  it('is a line with --verbose if it is broken and of unknown format, and an error if it has an image', async () => {
    using folder = createTemporaryFolder({
      Dockerfile: list('a:1'),
      'data.yaml': 'a: b: c\n',
      'web.yaml': 'web:\n  image: shop/web:1.4\n   tag: x\n',
    });
    const run = async (...argv: readonly string[]) => {
      const { exitCode, stderr } = await runMain(['check', `${folder.path}/`, ...argv], {});
      return { exitCode, lines: stderr.split('\n').filter((line) => line.includes('.yaml:')) };
    };
    const error = new RegExp(`^error: ${folder.path}/web.yaml:3: Not valid YAML: `);
    const quiet = await run();
    assert.equal(quiet.exitCode, 2);
    assert.equal(quiet.lines.length, 1);
    assert.match(quiet.lines[0] ?? '', error);
    const verbose = (await run('-v')).lines.join('\n');
    assert.match(verbose, new RegExp(error.source, 'm'));
    assert.match(verbose, new RegExp(`^${folder.path}/data.yaml:1: skipped, format unknown. Not valid YAML: `, 'm'));
  });

  it('changes no Compose file beside it, but is read where a file refers to it', async () => {
    using folder = createTemporaryFolder({
      'compose.yaml': `include: [dev.yaml]\n${compose('$TAG')}`,
      'compose.override.yaml': compose('override:1'),
      'dev.yaml': 'services: { dev: { image: "dev:1" } }\n',
      '.env': 'TAG=env:1\n',
      'overlay/kustomization.yaml': 'resources: [../base]\n',
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': 'apiVersion: v1\nkind: Pod\nspec: { containers: [{ image: base:1 }] }\n',
    });
    assert.deepEqual((await imagesIn(['-f', folder.path])).toSorted(), ['base:1', 'dev:1', 'override:1']);
    folder.write('.gitignore', 'compose.override.yaml\ndev.yaml\n.env\nbase/\n');
    assert.deepEqual((await imagesIn(['-f', folder.path])).toSorted(), ['base:1', 'dev:1', 'env:1']);
  });
});

describe('--ignore', () => {
  it('skips images by the patterns of the config file, which gives the reason if both match', async () => {
    using folder = createTemporaryFolder({
      'kairos-pull.yaml': 'ignore: [{ image: "app:*", reason: built later }]\n',
    });
    const images = ['nginx:1', 'nginx:2', 'app:1', 'quay.io/a/b:1'];
    const circumstances = { cwd: folder.path, env: { HOME: folder.path, KAIROS_PULL_IGNORE: 'quay.io/*, app' } };
    assert.deepEqual(await imagesIn([...images, '--ignore', 'nginx:1', '--ignore', 'app,x'], circumstances), [
      'nginx:1: Matches --ignore nginx:1.',
      'nginx:2',
      'app:1: built later',
      'quay.io/a/b:1',
    ]);
    assert.deepEqual(await imagesIn(images, circumstances), [
      'nginx:1',
      'nginx:2',
      'app:1: built later',
      'quay.io/a/b:1: Matches KAIROS_PULL_IGNORE quay.io/*.',
    ]);
  });

  it('leaves nothing to check if it matches everything', async () => {
    const { exitCode, stderr } = await runMain(['check', '--dry-run', 'nginx', '--ignore', '*']);
    assert.equal(exitCode, 2);
    assert.equal(stderr, 'error: nothing would be checked: all images are skipped.\n');
  });
});
