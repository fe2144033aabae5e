// Connections are made once and used again: the embedded registry counts them.

import assert from 'node:assert/strict';
import { createServer as createTlsServer, request as httpsRequest } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { describe, it, mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import tls from 'node:tls';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { createChecker } from '../../src/index.ts';
import { authority, filesOf, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { BARE_ENV, checkJson } from '../support/command.ts';
import { type LoopbackServer, listen } from '../support/servers.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

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

  it('of layers: six to a registry without HTTP/2, open by the time the token is there, and one to its token service', {
    skip: withoutOpenssl,
  }, async () => {
    using cache = createTemporaryFolder();
    let until = 0;
    let realm = '';
    await using registry = await startRegistry({
      tls: serverIdentity(),
      dialect: { auth: 'bearer', service: 'x', challenge: () => `Bearer realm="${realm}",service="x"` },
    });
    // A connection of each request of its own to the registry, beside those of the checks.
    await using tokens = await startTokens(registry.origin, () => registry.connections >= until);
    realm = `${tokens.origin}/token`;
    registry.put('team/app', 'v1', createImage({ layers: 10 }));
    const args = [`${registry.name}/team/app:v1`, '--layers', '--ca-file', filesOf(authority()).cert];
    const check = async (): Promise<number[]> => {
      const before = [registry.connections, tokens.connections()] as const;
      until = registry.connections + 6;
      const { exitCode, result } = await checkJson(args, { env: { XDG_CACHE_HOME: cache.path } });
      assert.deepEqual([exitCode, result.blobs?.count], [0, 11], result.message);
      const opened = tokens.connections() - before[1];
      return [registry.connections - before[0] - opened, opened];
    };
    assert.deepEqual(await check(), [6, 1]);
    // The token service is known: nothing else is sent to the registry before the token is there.
    assert.deepEqual(await check(), [6, 1]);
  });
});

/** The token service of a registry at an origin of its own. It answers as soon as `isTime`. */
async function startTokens(origin: string, isTime: () => boolean): Promise<LoopbackServer> {
  const server = createTlsServer(serverIdentity(), async (request, response) => {
    while (!isTime() && !request.destroyed) await nextTurn();
    const upstream = httpsRequest(`${origin}${request.url}`, { rejectUnauthorized: false, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy()).end();
  });
  return listen(server, 'https');
}
