// Bodies as hostile servers send them: a verdict within a cap of bytes, however much there is.

import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ask, serve, serveBytes, serveRaw, textOf } from './loopback-server.ts';

const MEBIBYTE = 1024 * 1024;

/** Writes for as long as somebody reads; resolves with the bytes that were taken. */
function pour(response: ServerResponse): Promise<number> {
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk)) sent += chunk.length;
    sent += chunk.length;
  };
  response.on('drain', more);
  more();
  return new Promise((resolve) => response.once('close', () => resolve(sent)));
}

describe('a body', () => {
  it('up to its cap is read whole', async (t) => {
    const { origin } = await serve(t, (_, response) => response.end('x'.repeat(1000)));
    const whole = await ask(t).get(origin, { maxBytes: 1000 });
    assert.deepEqual([whole.body.length, whole.truncated], [1000, false]);
  });

  it('of a HEAD is empty, whatever length and coding the header names', async (t) => {
    const headers = { 'content-length': 5_000_000, 'content-encoding': 'gzip' };
    const { origin } = await serve(t, (_, response) => response.writeHead(200, headers).end());
    const { body, truncated } = await ask(t).get(origin, { method: 'HEAD' });
    assert.deepEqual([body.length, truncated], [0, false]);
  });

  it('that is compressed without a request for it is decoded', async (t) => {
    const { origin } = await serve(t, (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('manifest '.repeat(100)));
    });
    assert.equal(textOf(await ask(t).get(origin)), 'manifest '.repeat(100));
  });

  it('in a coding that clients do not support is read verbatim', async (t) => {
    const { origin } = await serve(t, (_, response) => {
      response.writeHead(200, { 'content-encoding': 'aws-chunked' }).end('manifest');
    });
    assert.equal(textOf(await ask(t).get(origin)), 'manifest');
  });

  it('that does not decode is a failure, except for an error status', async (t) => {
    const { origin } = await serve(t, (request, response) => {
      const status = Number(request.url?.slice(1));
      response.writeHead(status, { 'content-encoding': 'gzip' }).end('this is not gzip');
    });
    const { fail, get } = ask(t);
    const { kind, phase, detail } = await fail(`${origin}/200`);
    assert.deepEqual(
      [kind, phase, detail],
      ['not-http', 'body', 'its Content-Encoding is gzip, but its body is not gzip'],
    );
    const { status, body } = await get(`${origin}/404`);
    assert.deepEqual([status, body.length], [404, 0]);
  });
});

describe('a body without measure', () => {
  for (const [what, status, maxBytes, kept] of [
    ['a manifest', 200, 4 * MEBIBYTE, 4 * MEBIBYTE],
    ['an error', 500, 4 * MEBIBYTE, 16 * 1024],
    ['a blob of which no byte is wanted', 200, 0, 0],
  ] as const) {
    it(`${what} that never ends is left at its cap, and the server can send little more`, async (t) => {
      let poured: Promise<number> | undefined;
      const { origin } = await serve(t, (_, response) => {
        poured = pour(response.writeHead(status));
      });
      const { body, truncated } = await ask(t).get(origin, { maxBytes });
      assert.deepEqual([body.length, truncated], [kept, true]);
      // What the kernel holds in between is not ours to bound.
      assert.ok(((await poured) ?? Number.NaN) < maxBytes + 16 * MEBIBYTE);
    });
  }

  it('announced as 100 MB is left at its cap', async (t) => {
    const { origin } = await serve(t, (_, response) => {
      pour(response.writeHead(200, { 'content-length': 100_000_000 }));
    });
    const { body, truncated } = await ask(t).get(origin, { maxBytes: MEBIBYTE });
    assert.deepEqual([body.length, truncated], [MEBIBYTE, true]);
  });

  it('from a gzip bomb needs a few megabytes of memory', async (t) => {
    const bomb = gzipSync(Buffer.alloc(200 * MEBIBYTE));
    const { origin } = await serve(t, (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const { get } = ask(t);
    const before = process.memoryUsage.rss();
    const { body, truncated } = await get(origin, { maxBytes: 4 * MEBIBYTE });
    assert.deepEqual([body.length, truncated], [4 * MEBIBYTE, true]);
    assert.ok(process.memoryUsage.rss() - before < 64 * MEBIBYTE);
  });
});

describe('a body that breaks off', () => {
  const cases: readonly [what: string, bytes: string][] = [
    ['before its announced length', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"schema'],
    [
      'before its announced length, closing',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 100\r\n\r\n{"sch',
    ],
    ['before its last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    [
      'before its last chunk, closing',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n',
    ],
    ['of an error', 'HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\n{"err'],
  ];
  for (const [what, bytes] of cases) {
    it(`${what} is a transient failure`, async (t) => {
      const { origin } = await serveBytes(t, bytes);
      const { kind, phase, isTransient } = await ask(t).fail(origin);
      assert.deepEqual({ kind, phase, isTransient }, { kind: 'tcp', phase: 'body', isTransient: true });
    });
  }

  it('by a reset is a transient failure', async (t) => {
    const { origin } = await serveRaw(t, (socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"schema');
        setImmediate(() => socket.resetAndDestroy());
      }),
    );
    const { kind, isTransient } = await ask(t).fail(origin);
    assert.deepEqual({ kind, isTransient }, { kind: 'tcp', isTransient: true });
  });

  it('in a chunk that is none is not HTTP', async (t) => {
    const { origin } = await serveBytes(
      t,
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello, not a size\r\n',
    );
    const { kind, phase } = await ask(t).fail(origin);
    assert.deepEqual({ kind, phase }, { kind: 'not-http', phase: 'body' });
  });
});
