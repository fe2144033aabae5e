// With podman's registries.conf a check finds the very image that skopeo, and so podman, finds with it.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runProgram, spawnCheck } from '../support/process.ts';
import { type RealRegistry, startRealRegistry, withoutRealRegistry } from '../support/real-registry.ts';
import { createRealClient, type RealClient, writeImageLayout } from '../support/skopeo.ts';

describe('mirrors of registries.conf', { skip: withoutRealRegistry }, () => {
  let client: RealClient;
  let registry: RealRegistry;
  let mirror: RealRegistry;
  let conf: string;
  before(async () => {
    client = createRealClient();
    const layout = writeImageLayout(client.home);
    [registry, mirror] = await Promise.all([startRealRegistry({ auth: 'none' }), startRealRegistry({ auth: 'none' })]);
    // The same name for another image: who answers can be told by the digest.
    await client.push(layout.index, registry, 'team/both:1');
    await client.push(layout.image, mirror, 'cache/both:1');
    await client.push(layout.index, registry, 'team/upstream-only:1');
    await client.push(layout.image, mirror, 'cache/mirror-only:1');
    conf = join(client.home, '.config', 'containers', 'registries.conf');
    mkdirSync(dirname(conf), { recursive: true });
    writeFileSync(
      conf,
      `
[[registry]]
prefix = "${registry.name}/team"
location = "${registry.name}/team"
insecure = true
[[registry.mirror]]
location = "${mirror.name}/cache"
insecure = true

[[registry]]
location = "${registry.name}/team/blocked"
blocked = true
`,
    );
  });
  after(async () => {
    await Promise.all([registry.close(), mirror.close()]);
    client[Symbol.dispose]();
  });

  async function find(name: string) {
    const image = `${registry.name}/${name}`;
    const env = { HOME: client.home, _CONTAINERS_ROOTLESS_UID: '1000' };
    const inspect = ['inspect', '--no-tags', '--format', '{{.Digest}}', `docker://${image}`];
    const [skopeo, check] = await Promise.all([
      runProgram('skopeo', ['--override-os', 'linux', '--override-arch', 'amd64', ...inspect], { env }),
      spawnCheck([image], { KAIROS_PULL_MIRRORS_FROM: conf }),
    ]);
    return { skopeo: skopeo.status === 0 ? skopeo.stdout.trim() : null, ...check };
  }

  for (const [name, server] of [
    ['both', () => mirror],
    ['mirror-only', () => mirror],
    ['upstream-only', () => registry],
  ] as const) {
    it(`finds ${name} where skopeo finds it`, async () => {
      const { skopeo, result, exitCode } = await find(`team/${name}:1`);
      assert.notEqual(skopeo, null);
      assert.equal(result.digest, skopeo);
      assert.equal(result.servedBy, server().name);
      assert.equal(exitCode, 0);
      assert.deepEqual(
        result.warnings.map(({ code }) => code),
        name === 'upstream-only' ? ['mirror-missing'] : [],
      );
    });
  }

  it('does not find what neither has, nor does skopeo', async () => {
    const { skopeo, result, exitCode } = await find('team/neither:1');
    assert.deepEqual([skopeo, result.reason, exitCode], [null, 'not-found', 4]);
  });

  it('refuses what is blocked, as skopeo does', async () => {
    const { skopeo, result, exitCode } = await find('team/blocked/app:1');
    assert.deepEqual([skopeo, result.reason, result.cause, exitCode], [null, 'denied', 'policy-block', 3]);
    assert.deepEqual(result.requests, []);
  });
});
