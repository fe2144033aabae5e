// --layers over HTTP/2: one connection carries all requests, and no flood over it is kept in memory.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { before, describe, it, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import {
  continuation,
  data,
  field,
  flood,
  head,
  openHead,
  ping,
  provisional,
  serveFrames,
  serveHttp2,
  settings,
} from '../http/http2-server.ts';
import { withoutOpenssl } from '../support/certificates.ts';
import { spawnCheck } from '../support/process.ts';
import { requireLinux } from '../support/require-programs.ts';

const ARGS = ['--layers', '--insecure'];
/** So long each flood lasts; however far the check comes meanwhile, its end is the same. */
const FLOODED = [...ARGS, '--timeout', '2s'];

/** The registry as it is seen through a server that speaks HTTP/2. */
const front = (t: TestContext, { origin }: EmbeddedRegistry) =>
  serveHttp2(t, (stream: ServerHttp2Stream, { ':method': method, ':path': path, ...rest }: IncomingHttpHeaders) => {
    const headers = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith(':')));
    const asked = request(`${origin}${path}`, { method, headers }, (answer) => {
      const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...fields } = answer.headers;
      stream.respond({ ':status': answer.statusCode, ...fields });
      answer.pipe(stream);
    });
    asked.end();
  });

describe('--layers over HTTP/2', { skip: withoutOpenssl, concurrency: 3 }, () => {
  let usualPeak = 0;

  before(async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', createImage());
    usualPeak = (await spawnCheck([`${registry.name}/team/app:v1`, '--plain-http'])).peakBytes ?? 0;
  });

  it('uses one connection for ten layers, without a note', async (t) => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', createImage({ layers: 10 }));
    const { origin, connections } = await front(t, registry);
    const { exitCode, result, stderr } = await spawnCheck([`${new URL(origin).host}/team/app:v1`, ...ARGS]);
    assert.deepEqual([exitCode, result.verdict, result.blobs?.count, stderr], [0, 'pullable', 11, '']);
    assert.equal(connections(), 1);
  });

  const floods: readonly (readonly [string, (socket: TLSSocket) => void])[] = [
    ['settings', (socket) => flood(socket, settings)],
    ['pings', (socket) => flood(socket, ping)],
    ['a head', (socket) => flood(socket, continuation, openHead)],
    ['provisional answers', (socket) => flood(socket, provisional)],
    ['empty pieces of a body', (socket) => flood(socket, data(''), head())],
    ['a body', (socket) => flood(socket, data('x'.repeat(1000)), head())],
    ['a body after a large head', (socket) => flood(socket, data('x'), head(field('x', 'y'.repeat(120))))],
  ];
  for (const [name, misbehave] of floods) {
    it(`ends with a verdict, in little memory, for endless ${name}`, async (t) => {
      const { origin } = await serveFrames(t, misbehave);
      const { exitCode, result, peakBytes } = await spawnCheck([`${new URL(origin).host}/team/app:v1`, ...FLOODED]);
      // A body that goes on past the largest manifest is that of no image.
      assert.ok(exitCode === 5 || exitCode === 6, `${exitCode} ${result.message}`);
      assert.notEqual(result.verdict, 'pullable');
      if (peakBytes === undefined) return void requireLinux();
      const moreBytes = peakBytes - usualPeak;
      // What V8 leaves lying about on a busy machine is below, every flood above.
      assert.ok(moreBytes < 90 * 1024 * 1024, `${moreBytes} bytes above the usual memory`);
    });
  }
});
