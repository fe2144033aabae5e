// Connections are made once and used again: the embedded registry counts them.

import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { describe, it, mock } from 'node:test';
import tls from 'node:tls';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { createChecker } from '../../src/index.ts';
import { authority, filesOf, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { BARE_ENV, checkJson } from '../support/command.ts';

function fill(registry: EmbeddedRegistry, count: number): string[] {
  const tags = Array.from({ length: count }, (_, at) => `v${at + 1}`);
  for (const tag of tags) registry.put('team/app', tag, createImage());
  return tags.map((tag) => `${registry.name}/team/app:${tag}`);
}

describe('connections', () => {
  /** Twelve images, one after the other. */
  const checkInTurn = async (images: readonly string[], options: Parameters<typeof createChecker>[0]) => {
    const checker = createChecker({ env: BARE_ENV, ...options });
    for (const image of images) assert.equal((await checker.check(image)).verdict, 'pullable');
    await checker.close();
  };

  for (const proof of ['head', 'manifest'] as const) {
    it(`one carries all checks in turn by --proof ${proof}, after the one that found out that there is no TLS`, async () => {
      await using registry = await startRegistry();
      await checkInTurn(fill(registry, 12), { proof });
      assert.equal(registry.connections, 2);
      assert.equal(new Set(registry.log.map(({ connection }) => connection)).size, 1);
    });
  }

  it('one carries all checks in turn with --plain-http, refusals included', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    await checkInTurn(fill(registry, 12), { plainHttp: true });
    assert.equal(registry.connections, 1);
  });

  it('one carries all checks in turn over TLS', { skip: withoutOpenssl }, async () => {
    await using registry = await startRegistry({ tls: serverIdentity() });
    await checkInTurn(fill(registry, 12), { caFile: Buffer.from(authority().cert) });
    assert.equal(registry.connections, 1);
  });

  it('never more than running checks', async () => {
    await using registry = await startRegistry();
    await checkJson([...fill(registry, 30), '--concurrency', '3', '--plain-http']);
    assert.equal(registry.log.length, 30);
    assert.ok(registry.connections <= 3, `${registry.connections} connections`);
  });

  it('share what is made of the certificate authorities', { skip: withoutOpenssl }, async () => {
    await using registry = await startRegistry({ tls: serverIdentity() });
    const images = fill(registry, 8);
    const made = mock.method(tls, 'createSecureContext');
    syncBuiltinESMExports();
    await checkJson([...images, '--ca-file', filesOf(authority()).cert]);
    made.mock.restore();
    syncBuiltinESMExports();
    assert.ok(registry.connections > 2);
    // One with the client certificate and one without at the most: reading 150 authorities takes as long as a handshake.
    assert.ok(made.mock.callCount() <= 2, `${made.mock.callCount()} times`);
  });
});
