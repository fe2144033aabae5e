// A certs.d directory that makes skopeo, and so podman, trust a registry does the same for a check without options.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { authority, filesOf, serverIdentity } from '../support/certificates.ts';
import { runProgram, spawnCheck } from '../support/process.ts';
import { type RealRegistry, startRealRegistry, withoutRealRegistry } from '../support/real-registry.ts';
import { createRealClient, type RealClient, writeImageLayout } from '../support/skopeo.ts';

describe('a private authority in certs.d', { skip: withoutRealRegistry }, () => {
  let client: RealClient;
  let registry: RealRegistry;
  before(async () => {
    client = createRealClient();
    registry = await startRealRegistry({ auth: 'none', tls: filesOf(serverIdentity()) });
    await client.push(writeImageLayout(client.home).image, registry, 'busybox:1');
  });
  after(async () => {
    await registry.close();
    client[Symbol.dispose]();
  });

  /** Whether skopeo, and whether a check finds the image with that home. */
  async function find(home: string) {
    const image = `${registry.name}/busybox:1`;
    const env = { HOME: home, _CONTAINERS_ROOTLESS_UID: '1000' };
    const { status } = await runProgram('skopeo', ['inspect', '--raw', `docker://${image}`], { env });
    const { result, exitCode } = await spawnCheck([image], { HOME: home });
    return { skopeo: status === 0, check: result.verdict, exitCode, warnings: result.warnings };
  }

  function makeHome(host: string): { home: string; folder: string } {
    const home = mkdtempSync(join(client.home, 'home-'));
    const folder = join(home, '.config', 'containers', 'certs.d', host);
    mkdirSync(folder, { recursive: true });
    copyFileSync(filesOf(authority()).cert, join(folder, 'ca.crt'));
    return { home, folder };
  }

  it('is trusted for its host and port', async () =>
    assert.deepEqual(await find(makeHome(registry.name).home), {
      skopeo: true,
      check: 'pullable',
      exitCode: 0,
      warnings: [],
    }));

  it('is not trusted for another port', async () =>
    assert.deepEqual(await find(makeHome('127.0.0.1:1').home), {
      skopeo: false,
      check: 'undetermined',
      exitCode: 5,
      warnings: [],
    }));

  it('together with a certificate without a key, stops skopeo, and a check reports it', async () => {
    const { home, folder } = makeHome(registry.name);
    writeFileSync(join(folder, 'client.cert'), 'x');
    const { skopeo, check, warnings } = await find(home);
    assert.deepEqual({ skopeo, check }, { skopeo: false, check: 'pullable' });
    const file = join(folder, 'client.cert');
    assert.deepEqual(
      warnings.map(({ message }) => message),
      [
        `${file} has no matching client.key; docker and podman would refuse to pull (CA files are named *.crt); ignored.`,
      ],
    );
  });
});
