// The command as a process: interrupted in the middle, with readers that leave or wait, and input that stays open.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { hang } from '../support/faults.ts';
import { spawnCommand } from '../support/process.ts';
import { requirePosix } from '../support/require-programs.ts';
import { startRawServer } from '../support/servers.ts';

const skip = requirePosix();

/** A registry with `count` images, and their references. */
async function startWithImages(count: number): Promise<{ registry: EmbeddedRegistry; images: string[] }> {
  const registry = await startRegistry();
  const tags = Array.from({ length: count }, (_, at) => `v${at + 1}`);
  for (const tag of tags) registry.put('team/app', tag, createImage());
  return { registry, images: tags.map((tag) => `${registry.name}/team/app:${tag}`) };
}

/** Resolves when the registry is asked for that tag, which it then never answers. */
const askedFor = (registry: EmbeddedRegistry, tag: string): Promise<void> =>
  new Promise((resolve) => {
    registry.inject(
      ({ path }) => {
        if (!path.endsWith(`/${tag}`)) return undefined;
        resolve();
        return hang();
      },
      { path: /\/manifests\// },
    );
  });

describe('an interruption', { skip, concurrency: 2 }, () => {
  const ONE_BY_ONE = ['--concurrency', '1', '--plain-http'];

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`${signal} in the middle of a list leaves a whole document of what was found`, async () => {
      const { registry, images } = await startWithImages(12);
      await using _ = registry;
      const fifth = askedFor(registry, 'v5');
      const { child, ended } = spawnCommand(['check', ...images, ...ONE_BY_ONE, '-o', 'json']);
      await fifth;
      child.kill(signal);
      const { exitCode, stdout, stderr } = await ended;
      assert.equal(exitCode, 130);
      const document = JSON.parse(stdout);
      assert.equal(document.exitCode, 130);
      assert.deepEqual(document.summary, { total: 4, pullable: 4, unpullable: 0, undetermined: 0, skipped: 0 });
      assert.deepEqual(
        document.results.map(({ input }: { input: string }) => input),
        images.slice(0, 4),
      );
      assert.equal(stderr, 'Interrupted: 4 of 12 images checked.\n');
      assert.equal(registry.log.length, 5);
    });
  }

  it('leaves whole lines of ndjson, and the text that was there', async () => {
    for (const [format, lines] of [
      ['ndjson', 2],
      ['text', 4],
    ] as const) {
      const { registry, images } = await startWithImages(3);
      await using _ = registry;
      const third = askedFor(registry, 'v3');
      const { child, ended } = spawnCommand(['check', ...images, ...ONE_BY_ONE, '-o', format]);
      await third;
      child.kill('SIGINT');
      const { exitCode, stdout } = await ended;
      assert.equal(exitCode, 130);
      assert.equal(stdout.split('\n').length, lines + 1, stdout);
      assert.ok(stdout.endsWith('\n'));
    }
  });

  it('ends running requests immediately, however many there are', async () => {
    const { registry, images } = await startWithImages(16);
    await using _ = registry;
    let asked = 0;
    const all = new Promise<void>((resolve) => {
      registry.inject(() => {
        asked += 1;
        if (asked === images.length) resolve();
        return hang();
      });
    });
    const { child, ended } = spawnCommand(['check', ...images, '--plain-http', '-o', 'json']);
    await all;
    child.kill('SIGINT');
    const { exitCode, stdout } = await ended;
    assert.equal(exitCode, 130);
    assert.deepEqual(JSON.parse(stdout).results, []);
    await registry.idle();
  });

  it('ends a connection that is still being made', async () => {
    let reached: () => void = () => undefined;
    const connected = new Promise<void>((resolve) => {
      reached = resolve;
    });
    await using proxy = await startRawServer(() => reached());
    const env = { HTTPS_PROXY: `http://${proxy.name}` };
    const { child, ended } = spawnCommand(['check', 'registry.example.com/team/app:v1'], env);
    await connected;
    child.kill('SIGINT');
    assert.equal((await ended).exitCode, 130);
  });

  it('ends while the list is still open, with what was found', async () => {
    const { registry, images } = await startWithImages(2);
    await using _ = registry;
    const second = askedFor(registry, 'v2');
    const { child, ended } = spawnCommand(['check', '-f', '-', '-o', 'json', ...ONE_BY_ONE]);
    child.stdin.write(images.map((image) => `${image}\n`).join(''));
    await second;
    child.kill('SIGINT');
    const { exitCode, stdout } = await ended;
    assert.equal(exitCode, 130);
    assert.equal(JSON.parse(stdout).results.length, 1);
  });
});

describe('a reader', { skip, concurrency: 2 }, () => {
  it('may leave after the first line: no further request, and no message', async () => {
    const { registry, images } = await startWithImages(1);
    await using _ = registry;
    const { child, ended } = spawnCommand(['check', '-f', '-', '-o', 'ndjson', '--concurrency', '2']);
    child.stdin.write(`${images[0]}\n`);
    const [first] = await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.write(Array.from({ length: 5_000 }, (__, at) => `${registry.name}/team/app:w${at}\n`).join(''));
    const { exitCode, stderr } = await ended;
    assert.equal(JSON.parse(String(first)).verdict, 'pullable');
    assert.equal(stderr, '');
    assert.ok(exitCode === 0 || exitCode === 4, `${exitCode}`);
    assert.ok(registry.log.length < 5_000, `${registry.log.length} requests`);
  });

  it('may start late: all of a long report arrives', async () => {
    const { registry, images } = await startWithImages(400);
    await using _ = registry;
    const { child, ended } = spawnCommand(['check', '-f', '-', '-o', 'json', '--plain-http']);
    child.stdout.pause();
    const all = new Promise<void>((resolve) => {
      registry.inject(({ path }) => {
        if (path.endsWith('/v100')) resolve();
        return undefined;
      });
    });
    child.stdin.end(images.map((image) => `${image}\n`).join(''));
    await all;
    child.stdout.resume();
    const { exitCode, stdout } = await ended;
    assert.equal(exitCode, 0);
    assert.ok(stdout.length > 4 * 64 * 1024, `${stdout.length} characters`);
    assert.equal(JSON.parse(stdout).results.length, 400);
    assert.equal(registry.log.length, 400);
  });

  it('sees each result while the list is still open', async () => {
    const { registry, images } = await startWithImages(2);
    await using _ = registry;
    const { child, ended } = spawnCommand(['check', '-f', '-', '-o', 'ndjson']);
    for (const image of images) {
      child.stdin.write(`${image}\n`);
      const [line] = await once(child.stdout, 'data');
      assert.equal(JSON.parse(String(line)).input, image);
    }
    child.stdin.end();
    assert.equal((await ended).exitCode, 0);
  });
});

describe('standard input that stays open', { skip }, () => {
  it('is not waited for when nothing is read from it', async () => {
    const { registry, images } = await startWithImages(1);
    await using _ = registry;
    const { ended } = spawnCommand(['check', ...images]);
    assert.equal((await ended).exitCode, 0);
  });
});

describe('standard error is empty when all goes well with', { skip }, () => {
  it('an image of forty layers', async () => {
    const { registry, images } = await startWithImages(1);
    await using _ = registry;
    registry.put('team/app', 'v1', createImage({ layers: 40 }));
    const { child, ended } = spawnCommand(['check', ...images, '--layers']);
    child.stdin.end();
    const { exitCode, stderr } = await ended;
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
  });

  it('the demo', async () => {
    const { child, ended } = spawnCommand(['demo']);
    child.stdin.end();
    const { exitCode, stderr } = await ended;
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
  });

  it('forty images', async () => {
    const { registry, images } = await startWithImages(40);
    await using _ = registry;
    const { child, ended } = spawnCommand(['check', ...images]);
    child.stdin.end();
    const { exitCode, stderr } = await ended;
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
  });
});
