// A run that may need more pulls than Docker Hub still allows causes a warning while the user can still act.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { withoutOpenssl } from '../support/certificates.ts';
import { type Circumstances, runCommand } from '../support/command.ts';
import { type NamedRegistry, startNamedRegistry } from '../support/named-registry.ts';
import { DIALECTS } from '../support/registry-dialects.ts';

const IMAGES = Array.from({ length: 40 }, (_, at) => `team/app:v${at}`);
const WARNING = /^warning: Docker Hub allows (\d+) more pulls in this window, but this run may need (\d+)\./gm;

/** Docker Hub with 40 images and so many pulls left, every GET of a manifest being one. */
async function startDockerHub(left: number): Promise<NamedRegistry> {
  const hub = await startNamedRegistry({
    host: 'registry-1.docker.io',
    tokenHost: 'auth.docker.io',
    dialect: DIALECTS.dockerHub,
  });
  for (const image of IMAGES) hub.registry.put('team/app', image.slice('team/app:'.length), createImage());
  let remaining = left;
  hub.registry.inject(
    ({ method, headers }) => {
      if (method === 'GET' && headers.authorization !== undefined) remaining = Math.max(0, remaining - 1);
      return { headers: { 'ratelimit-remaining': `${remaining};w=21600` } };
    },
    { path: /manifests/ },
  );
  return hub;
}

async function check(hub: NamedRegistry, args: readonly string[], { stdin = '' }: Circumstances = {}) {
  const ran = await runCommand(['check', '--proof', 'manifest', ...args, ...hub.args], { env: hub.env, stdin });
  return {
    ...ran,
    warnings: [...ran.stderr.matchAll(WARNING)].map(([, left, toCome]) => [Number(left), Number(toCome)]),
  };
}

describe('a batch at Docker Hub', { skip: withoutOpenssl }, () => {
  it('that may exceed what is left is warned of once, and does not fail for it', async () => {
    await using hub = await startDockerHub(30);
    const { warnings, exitCode, stderr } = await check(hub, IMAGES);
    assert.equal(exitCode, 0, stderr);
    assert.equal(warnings.length, 1);
    const [left = 0, toCome = 0] = warnings[0] ?? [];
    assert.ok(toCome > left, stderr);
    assert.match(stderr, /log in for a higher limit, or use --proof head\.$/m);
  });

  it('is warned of before the second image when they are checked one after the other', async () => {
    await using hub = await startDockerHub(30);
    assert.deepEqual((await check(hub, [...IMAGES, '--concurrency', '1'])).warnings, [[29, 39]]);
  });

  for (const quiet of [['-q'], ['-o', 'json'], ['-v']]) {
    it(`is a warning with ${quiet.join(' ')} as well, on standard error`, async () => {
      await using hub = await startDockerHub(12);
      const { warnings, stdout } = await check(hub, [...IMAGES, ...quiet]);
      assert.equal(warnings.length, 1);
      assert.doesNotMatch(stdout, /Warning/);
    });
  }

  it('is a warning as soon as it is known if its images come from standard input', async () => {
    await using hub = await startDockerHub(12);
    const { warnings } = await check(hub, ['-f', '-'], { stdin: `${IMAGES.join('\n')}\n` });
    assert.equal(warnings.length, 1);
  });

  it('that fits is not warned of', async () => {
    await using hub = await startDockerHub(60);
    assert.deepEqual((await check(hub, IMAGES)).warnings, []);
  });

  it('that costs nothing is not warned of, however little is left', async () => {
    await using hub = await startDockerHub(1);
    assert.deepEqual((await check(hub, [...IMAGES, '--proof', 'head'])).warnings, []);
  });

  it('ends with what is left, once', async () => {
    await using hub = await startDockerHub(97);
    const { stdout } = await check(hub, [...IMAGES, '--concurrency', '1']);
    assert.match(stdout, /\nDocker Hub: 57 of 100 pulls left in this window \(6 h\)\n$/);
    assert.equal(stdout.split('pulls left').length, 2);
  });
});
