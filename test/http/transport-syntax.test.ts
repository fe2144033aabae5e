// Responses that undici refuses, and that clients written in Go read.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ask, serveBytes, serveRaw, textOf } from './loopback-server.ts';

const OLD: readonly (readonly [what: string, response: string])[] = [
  ['lines that end with LF alone', 'HTTP/1.1 200 OK\nX-Name: value\nContent-Length: 5\n\nhello'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nX-Name: value\r\nX-Other: a\r\n b\r\nContent-Length: 5\r\n\r\nhello'],
  ['a space before a colon', 'HTTP/1.1 200 OK\r\nX-Name: value\r\nX-Other : a\r\nContent-Length: 5\r\n\r\nhello'],
  ['a length with a space before its colon', 'HTTP/1.1 200 OK\r\nX-Name: value\r\nContent-Length : 3\r\n\r\nhello'],
  [
    'chunked with a space before its colon',
    'HTTP/1.1 200 OK\r\nX-Name: value\r\nTransfer-Encoding : chunked\r\n\r\nhello',
  ],
  [
    'a 100 that was not requested',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-Name: value\r\nContent-Length: 5\r\n\r\nhello',
  ],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\nX-Name: value\r\nContent-Length: 5\r\n\r\nhello'],
  ['HTTP/1.2 without a length', 'HTTP/1.2 200 OK\r\nX-Name: value\r\n\r\nhello'],
  [
    'LF alone and chunks',
    'HTTP/1.1 200 OK\nX-Name: value\nTransfer-Encoding: chunked\n\n5\r\nhello\r\n0\r\nx: y\r\n\r\n',
  ],
  ['LF alone and HTTP/1.0, which has no chunks', 'HTTP/1.0 200 OK\nX-Name: value\nTransfer-Encoding: chunked\n\nhello'],
];

describe('a response in an old way of writing', () => {
  for (const [what, response] of OLD) {
    it(`is read: ${what}`, async (t) => {
      const { origin } = await serveBytes(t, response);
      const read = await ask(t).get(origin);
      assert.deepEqual([read.status, textOf(read), read.headers.get('x-name')], [200, 'hello', 'value']);
    });
  }

  it('is read to a HEAD', async (t) => {
    const { origin } = await serveBytes(t, 'HTTP/1.1 200 OK\nContent-Length: 5\n\n');
    const { status, body } = await ask(t).get(origin, { method: 'HEAD' });
    assert.deepEqual([status, body.length], [200, 0]);
  });

  it('is read over a connection of its own: what follows is no response to another request', async (t) => {
    const heads: string[] = [];
    const { origin } = await serveRaw(t, (socket) =>
      socket.on('data', (bytes) => {
        heads.push(String(bytes));
        socket.write('HTTP/1.1 200 OK\nContent-Length: 2\n\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled');
      }),
    );
    const { get } = ask(t);
    for (const path of ['/a', '/b']) assert.equal(textOf(await get(`${origin}${path}`)), 'ok');
    assert.deepEqual(
      heads.map((head) => [head.split(' ')[1], /^connection: close\r$/im.test(head)]),
      [
        ['/a', false],
        ['/a', true],
        ['/b', false],
        ['/b', true],
      ],
    );
  });

  it('is not read to a POST, which may not be sent twice', async (t) => {
    const { origin } = await serveBytes(t, 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok');
    assert.equal((await ask(t).fail(origin, { method: 'POST', body: 'a=b' })).kind, 'not-http');
  });

  for (const [what, response, detail] of [
    [
      'a line without a colon',
      'HTTP/1.1 200 OK\r\nfoo\r\nContent-Length: 5\r\n\r\nhello',
      /^invalid HTTP\/1\.1 response \(/,
    ],
    [
      'a control character',
      'HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 5\r\n\r\nhello',
      /^invalid HTTP\/1\.1 response \(/,
    ],
    ['a folded length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n 5\r\n\r\nhello', /^it has contradictory lengths/],
    [
      'a line without a colon after a length',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nfoo\r\n\r\nhello',
      /^invalid HTTP\/1\.1 response \(a malformed header field\)/,
    ],
    ['two lengths', 'HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 4\n\nhello', /^it has contradictory lengths/],
    [
      'gzip as Transfer-Encoding',
      'HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n0\r\n\r\n',
      /^it has Transfer-Encoding/,
    ],
  ] as const) {
    it(`is refused, as by clients written in Go: ${what}`, async (t) => {
      const { origin } = await serveBytes(t, response);
      const failure = await ask(t).fail(origin);
      assert.deepEqual([failure.kind, failure.isTransient], ['not-http', false]);
      assert.match(failure.detail, detail);
    });
  }

  it('that is cut off is a lost connection', async (t) => {
    const { origin } = await serveBytes(t, 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhel');
    const failure = await ask(t).fail(origin);
    assert.deepEqual([failure.kind, failure.isTransient], ['tcp', true]);
  });
});
