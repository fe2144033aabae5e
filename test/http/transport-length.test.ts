// Responses whose length fields contradict each other, as Go clients read them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_HEADER_BYTES } from '../../src/http/wire.ts';
import { ask, serveBytes, serveRaw, textOf } from './loopback-server.ts';

const response = (fields: readonly string[], body: string): string =>
  ['HTTP/1.1 200 OK', ...fields, 'x-name: value', '', body].join('\r\n');

const CHUNKED = 'Transfer-Encoding: chunked';
const HELLO = '5\r\nhello\r\n0\r\n\r\n';

it('a body that is not chunked does not keep a request waiting for its end', async (t) => {
  const { origin } = await serveRaw(t, (socket) =>
    socket.on('data', () => socket.write(response(['Content-Length: 5', CHUNKED], 'hello'))),
  );
  assert.equal((await ask(t).fail(origin)).kind, 'not-http');
});

describe('contradictory length fields', () => {
  for (const [what, fields, body] of [
    ['a length, then chunked', ['Content-Length: 5', CHUNKED], HELLO],
    ['chunked, then a length', [CHUNKED, 'Content-Length: 5'], HELLO],
    ['a wrong length and chunked', ['Content-Length: 900', CHUNKED], HELLO],
    [
      'a length and chunks with extensions and trailers',
      ['Content-Length: 9', CHUNKED],
      '5;a=b\r\nhello\r\n0\r\nx: y\r\n\r\n',
    ],
    ['the same length twice', ['Content-Length: 5', 'Content-Length: 5'], 'hello'],
    ['the same length three times', ['Content-Length: 5', 'Content-Length: 5', 'content-length: 5'], 'hello'],
  ] as const) {
    it(`${what}: the body is read`, async (t) => {
      const { origin } = await serveBytes(t, response(fields, body));
      const read = await ask(t).get(origin);
      assert.deepEqual([textOf(read), read.headers.get('x-name')], ['hello', 'value']);
    });
  }

  it('of a HEAD do not matter', async (t) => {
    const { origin } = await serveBytes(t, response([CHUNKED, 'Content-Length: 5'], ''));
    const { status, body } = await ask(t).get(origin, { method: 'HEAD' });
    assert.deepEqual([status, body.length], [200, 0]);
  });

  for (const [what, line] of [
    ['one name', 'a:\n'],
    ['different names', 'x-name: value\r\n'],
    ['blanks', `a:${' '.repeat(8000)}b\n`],
  ] as const) {
    it(`do not lift the limit of the headers: many lines of ${what}`, async (t) => {
      const lines = line.repeat(Math.ceil((MAX_HEADER_BYTES + 1) / line.length));
      const large = `HTTP/1.1 200 OK\r\n${lines}${CHUNKED}\r\n\r\n${HELLO}`;
      const answers = [response(['Content-Length: 5', CHUNKED], 'hello'), large];
      const { origin } = await serveRaw(t, (socket) => socket.once('data', () => socket.end(answers.shift() ?? '')));
      const { kind, detail } = await ask(t).fail(origin);
      assert.deepEqual([kind, detail], ['not-http', 'response headers too large']);
    });
  }

  it('leave room for headers as large as elsewhere, in many pieces', async (t) => {
    const fields = Array.from({ length: 60 }, (_, at) => `x-${at}: ${'y'.repeat(10_000)}`);
    const text = response([...fields, 'Content-Length: 5', CHUNKED], HELLO);
    const { origin } = await serveRaw(t, (socket) => {
      socket.once('data', async () => {
        for (let at = 0; at < text.length; at += 50_000) {
          socket.write(text.slice(at, at + 50_000));
          await nextTurn();
        }
        socket.end();
      });
    });
    const read = await ask(t).get(origin);
    assert.deepEqual([textOf(read), read.headers.get('x-59')?.length], ['hello', 10_000]);
  });

  it('do not lift the limit of a body', async (t) => {
    const { origin } = await serveBytes(t, response([CHUNKED, 'Content-Length: 5'], HELLO));
    const { body, truncated } = await ask(t).get(origin, { maxBytes: 3 });
    assert.deepEqual([body.length, truncated], [3, true]);
  });

  for (const [what, fields, body, detail] of [
    [
      'two different lengths',
      ['Content-Length: 5', 'Content-Length: 3'],
      'hello',
      'it has contradictory lengths (Content-Length: 5 and Content-Length: 3)',
    ],
    ['a list of lengths', ['Content-Length: 5, 5'], 'hello', 'it has contradictory lengths (Content-Length: 5, 5)'],
    [
      'a body that is not chunked',
      ['Content-Length: 5', CHUNKED],
      'hello',
      'it has Content-Length: 5 and Transfer-Encoding: chunked, but its body is not chunked',
    ],
    [
      'chunked twice',
      [CHUNKED, CHUNKED, 'Content-Length: 5'],
      HELLO,
      'it has Content-Length: 5 and Transfer-Encoding: chunked and Transfer-Encoding: chunked',
    ],
    [
      'chunked twice alone',
      [CHUNKED, CHUNKED],
      HELLO,
      'it has Transfer-Encoding: chunked and Transfer-Encoding: chunked',
    ],
    ['gzip and chunked', ['Transfer-Encoding: gzip, chunked'], HELLO, 'it has Transfer-Encoding: gzip, chunked'],
    [
      'chunks whose lines end with LF alone',
      ['Content-Length: 5', CHUNKED],
      '5\nhello\n0\n\n',
      'it has Content-Length: 5 and Transfer-Encoding: chunked, but its body is not chunked',
    ],
    [
      'a body without its last chunk',
      ['Content-Length: 5', CHUNKED],
      '5\r\nhello\r\n',
      'it has Content-Length: 5 and Transfer-Encoding: chunked, but its body is not chunked',
    ],
  ] as const) {
    it(`${what}: a failure that names the fields, and is not retried`, async (t) => {
      const { origin } = await serveBytes(t, response(fields, body));
      const failure = await ask(t).fail(origin);
      assert.deepEqual([failure.kind, failure.detail, failure.isTransient], ['not-http', detail, false]);
    });
  }
});
