// Many requests over one connection, where a server offers it; and every way in which such a server can misbehave.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { describe, it, type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { authority, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import {
  continuation,
  data,
  END,
  field,
  flood,
  goaway,
  head,
  openHead,
  ping,
  provisional,
  push,
  reset,
  serveFrames,
  serveHttp2,
  settings,
} from './http2-server.ts';
import { ask, serve, textOf } from './loopback-server.ts';

const options = { skip: withoutOpenssl };

const asker = (t: TestContext) => ask(t, { ca: authority().cert, multiplex: true });

function answer(stream: ServerHttp2Stream, text = 'hello'): void {
  stream.respond({ ':status': 200, 'content-length': text.length });
  stream.end(text);
}

describe('HTTP/2', options, () => {
  it('is not offered unless it is wanted, nor where a redirect leads', async (t) => {
    const { origin } = await serveHttp2(t, (stream) => answer(stream, 'h2'));
    assert.equal(textOf(await ask(t, { ca: authority().cert }).get(origin)), 'http/1.1');
    const { get } = asker(t);
    assert.equal(textOf(await get(origin)), 'h2');
    assert.equal(textOf(await get(origin, { namedBy: { registry: '127.0.0.1', as: 'redirect' } })), 'http/1.1');
  });

  it('reads headers of 50 kB', async (t) => {
    const { origin } = await serveHttp2(t, (stream) => {
      stream.respond({ ':status': 200, 'x-large': 'y'.repeat(50_000) });
      stream.end('h2');
    });
    const read = await asker(t).get(origin);
    assert.deepEqual([textOf(read), read.headers.get('x-large')?.length], ['h2', 50_000]);
  });

  it('carries a thousand requests over one connection, the first ones before it is up', async (t) => {
    const { origin, connections } = await serveHttp2(t, (stream) => answer(stream), {
      settings: { maxConcurrentStreams: 10 },
    });
    const { get } = asker(t);
    const { signal } = new AbortController();
    const answers = await Promise.all(Array.from({ length: 1000 }, () => get(origin, { signal })));
    assert.equal(answers.filter((one) => textOf(one) === 'hello').length, 1000);
    assert.equal(connections(), 1);
  });

  it('opens a few connections to a server without HTTP/2, keeps them, and more only for many requests', async (t) => {
    const server = await serve(t, (_, response) => response.end('hello'), { tls: serverIdentity() });
    const { get } = asker(t);
    for (let round = 0; round < 3; round += 1) assert.equal(textOf(await get(server.origin)), 'hello');
    const sendAtOnce = async (count: number): Promise<void> => {
      const heads = await Promise.all(Array.from({ length: count }, () => get(server.origin, { method: 'HEAD' })));
      assert.ok(heads.every(({ status }) => status === 200));
    };
    await sendAtOnce(12);
    assert.equal(server.connections(), 6);
    await sendAtOnce(15);
    assert.equal(server.connections(), 9);
  });

  it('sends its host and user agent, posts a body, and keeps repeated header lines apart', async (t) => {
    const seen: unknown[] = [];
    const { origin } = await serveHttp2(t, async (stream, headers) => {
      const [body] = await once(stream, 'data');
      seen.push(headers[':method'], headers[':path'], headers[':authority'], headers['user-agent'], String(body));
      stream.respond({ ':status': 401, 'www-authenticate': ['Basic realm="a"', 'Bearer realm="b"'] } as never);
      stream.end('no');
    });
    const { status, headers, body } = await asker(t).get(`${origin}/a?b=c`, { method: 'POST', body: 'x=y' });
    assert.deepEqual(seen, ['POST', '/a?b=c', new URL(origin).host, 'kairos-pull', 'x=y']);
    assert.equal(status, 401);
    assert.deepEqual(headers.all('www-authenticate'), ['Basic realm="a"', 'Bearer realm="b"']);
    assert.equal(Buffer.from(body).toString(), 'no');
  });

  it('ends the stream alone when a body goes on past its cap', async (t) => {
    const ended: Promise<unknown>[] = [];
    const { origin, connections } = await serveHttp2(t, (stream) => {
      ended.push(once(stream, 'close'));
      stream.respond({ ':status': 200 });
      const more = (): void => {
        if (!stream.destroyed) stream.write(Buffer.alloc(65_536), more);
      };
      more();
    });
    const { get } = asker(t);
    for (let round = 0; round < 3; round += 1) {
      const { body, truncated } = await get(origin, { maxBytes: 1000 });
      assert.deepEqual([body.length, truncated], [1000, true]);
    }
    await Promise.all(ended);
    assert.equal(connections(), 1);
  });

  it('cancels the one request whose signal aborts, and the others continue', async (t) => {
    const abort = new AbortController();
    const { origin, connections } = await serveHttp2(t, (stream, headers) => {
      if (headers[':path'] === '/slow') abort.abort(new Error('enough'));
      else stream.session?.once('stream', () => setImmediate(answer, stream));
    });
    const { get } = asker(t);
    const other = get(`${origin}/other`);
    await assert.rejects(get(`${origin}/slow`, { signal: abort.signal }), /enough/);
    assert.equal(textOf(await other), 'hello');
    assert.equal(connections(), 1);
  });

  it('ends when it is closed, with requests running', async (t) => {
    const { origin } = await serveHttp2(t, () => void close());
    const { get, close } = asker(t);
    await assert.rejects(get(origin), /the connections were closed/);
  });

  it('repeats once what was refused unread, over HTTP/1.1 if the server requires it', async (t) => {
    for (const [code, text] of [
      [7, 'hello'],
      [13, 'http/1.1'],
    ] as const) {
      let asked = 0;
      const { origin } = await serveHttp2(t, (stream) => {
        asked += 1;
        if (asked === 1) stream.close(code);
        else answer(stream);
      });
      assert.equal(textOf(await asker(t).get(origin)), text);
    }
  });

  it('lets a connection that the server is about to close finish its responses, and opens another', async (t) => {
    const { origin, connections } = await serveHttp2(t, (stream) => {
      stream.session?.goaway(0, stream.id);
      setImmediate(answer, stream);
    });
    const { get } = asker(t);
    for (let round = 0; round < 3; round += 1) assert.equal(textOf(await get(origin)), 'hello');
    assert.equal(connections(), 3);
  });

  it('does not wait twice for a connection that went silent', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { origin, connections } = await serveHttp2(t, (stream, headers) => {
      if (headers[':path'] === '/silent') t.mock.timers.tick(600_000);
      else answer(stream);
    });
    const { get, fail } = asker(t);
    const { kind, phase, isTransient } = await fail(`${origin}/silent`, { patienceMs: 600_000 });
    assert.deepEqual([kind, phase, isTransient], ['timeout', 'headers', true]);
    assert.equal(textOf(await get(origin)), 'hello');
    assert.equal(connections(), 2);
  });
});

describe('an HTTP/2 server that', options, () => {
  const LATE = 'timeout headers true';
  const LATE_BODY = 'timeout body true';
  const CUT = 'tcp headers true';
  const BROKEN = 'not-http headers false';
  const cases: readonly (readonly [string, (socket: TLSSocket) => void, ...expected: string[]])[] = [
    ['says nothing', () => {}, LATE],
    ['hangs up', (socket) => socket.end(), CUT],
    ['resets the connection', (socket) => socket.destroy(), CUT],
    ['resets the stream, NO_ERROR', (socket) => socket.write(reset(0)), CUT],
    ['resets the stream, CANCEL', (socket) => socket.write(reset(8)), CUT],
    ['refuses the stream for ever', (socket) => socket.write(reset(7)), LATE, CUT],
    ['goes away at once', (socket) => socket.write(goaway(0, 0)), CUT],
    ['goes away with an error', (socket) => socket.write(goaway(0, 2)), CUT],
    ['stops in the body', (socket) => socket.write(Buffer.concat([head(), data('x')])), LATE_BODY],
    ['hangs up in the body', (socket) => socket.end(Buffer.concat([head(), data('x')])), 'tcp body true'],
    ['cancels in the body', (socket) => socket.write(Buffer.concat([head(), data('x'), reset(8)])), 'tcp body true'],
    [
      'ends a body before its announced length',
      (socket) => socket.write(Buffer.concat([head(field('content-length', '9')), data('x'), reset(0)])),
      'tcp body true',
    ],
    [
      'is of two minds about the length of a body',
      (socket) => socket.write(Buffer.concat([head(field('content-length', '9')), data('x', END)])),
      'not-http body false',
    ],
    [
      // Node closes the stream with one of two codes; one of them is also what a server in trouble sends.
      'sends three hundred header fields',
      (socket) => socket.write(head(...Array.from({ length: 300 }, (_, at) => field(`x${at}`, 'y')))),
      BROKEN,
      CUT,
    ],
    // Node 20 says nothing of it, and the server is taken for a silent one.
    ['speaks HTTP/1.1 after all', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nhello'), BROKEN, LATE],
    ['pushes', (socket) => socket.write(Buffer.concat([push, data('x')])), BROKEN, LATE],
    ['floods with settings', (socket) => flood(socket, settings), BROKEN, LATE],
    ['floods with pings', (socket) => flood(socket, ping), BROKEN, LATE],
    ['sends a head without end', (socket) => flood(socket, continuation, openHead), BROKEN],
    ['sends too many 1xx responses', (socket) => flood(socket, provisional), BROKEN, LATE],
    [
      'sends empty pieces of a body without end',
      (socket) => flood(socket, data(''), head()),
      'not-http body false',
      LATE_BODY,
    ],
  ];
  for (const [what, misbehave, ...expected] of cases) {
    it(what, async (t) => {
      const { origin } = await serveFrames(t, misbehave);
      const isLate = expected.includes(LATE) || expected.includes(LATE_BODY);
      const { kind, phase, isTransient } = await asker(t).fail(origin, isLate ? { patienceMs: 1_000 } : {});
      const told = `${kind} ${phase} ${isTransient}`;
      assert.ok(expected.includes(told), told);
    });
  }
});
