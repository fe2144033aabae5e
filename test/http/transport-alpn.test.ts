// A server that does not speak HTTP/1.1, which crane and oras pull from, and others do not.

import assert from 'node:assert/strict';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { authority, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { listen } from '../support/servers.ts';
import { goaway, reset, serveFrames, serveHttp2, settings } from './http2-server.ts';
import { ask, serve, textOf } from './loopback-server.ts';

const options = { skip: withoutOpenssl };
const ca = (): string => authority().cert;
const HTTP_1_1_REQUIRED = 13;

describe('a server that speaks HTTP/2 only', options, () => {
  it('is reached over HTTP/2: one connection carries what comes after the refused ones', async (t) => {
    const { origin, connections } = await serveHttp2(
      t,
      (stream) => {
        stream.respond({ ':status': 200 });
        stream.end('h2');
      },
      { allowHTTP1: false },
    );
    const { get } = ask(t, { ca: ca() });
    const first = await Promise.all(Array.from({ length: 5 }, () => get(origin)));
    assert.deepEqual(first.map(textOf), Array(5).fill('h2'));
    const before = connections();
    assert.equal(textOf(await get(origin, { method: 'POST', body: 'a' })), 'h2');
    assert.equal(connections(), before);
    assert.equal(textOf(await get(origin, { namedBy: { registry: '127.0.0.1', as: 'redirect' } })), 'h2');
  });

  it('is reached over HTTP/2 if it ignores the offer of HTTP/1.1 instead of refusing it', async (t) => {
    const deaf = createTlsServer(serverIdentity(), (socket) => socket.on('error', () => {}).write(settings));
    const hearing = createSecureServer(serverIdentity()).on('stream', (stream) => {
      stream.respond({ ':status': 200 });
      stream.end('h2');
    });
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      (connections === 1 ? deaf : hearing).emit('connection', socket);
    });
    const listening = await listen(server, 'https');
    t.after(listening.close);
    const { get } = ask(t, { ca: ca() });
    assert.deepEqual([textOf(await get(listening.origin)), textOf(await get(listening.origin))], ['h2', 'h2']);
    assert.equal(connections, 2);
  });

  for (const [what, frames] of [
    ['a stream', reset(HTTP_1_1_REQUIRED)],
    ['the connection', goaway(0, HTTP_1_1_REQUIRED)],
  ] as const) {
    for (const multiplex of [true, false]) {
      it(`and requires HTTP/1.1 for ${what} breaks the protocol (multiplex: ${multiplex})`, async (t) => {
        const { origin } = await serveFrames(t, (socket) => socket.write(frames));
        const { fail } = ask(t, { ca: ca(), multiplex });
        const failures = [await fail(origin), await fail(origin), await fail(origin)];
        assert.deepEqual(
          failures.map(({ kind, isTransient, detail }) => [kind, isTransient, detail]),
          Array(3).fill([
            'not-http',
            false,
            'invalid HTTP/2 response (the server requires HTTP/1.1, and does not offer it)',
          ]),
        );
      });
    }
  }
});

describe('a server that speaks HTTP/1.1', options, () => {
  it('gets no second connection because of HTTP/2', async (t) => {
    const server = await serve(t, (_, response) => response.end('hello'), { tls: serverIdentity() });
    const { get } = ask(t, { ca: ca() });
    for (let round = 0; round < 3; round += 1) assert.equal(textOf(await get(server.origin)), 'hello');
    assert.equal(server.connections(), 1);
  });
});
