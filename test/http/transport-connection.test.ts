// What goes over the wire, and over which connection.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { requireIpv6, requireSecondLoopback } from '../support/require-programs.ts';
import { ask, onceHeadIsRead, serve, serveRaw, textOf } from './loopback-server.ts';

describe('a request over the wire', () => {
  it('reads headers of 900 kB, as Go clients do', async (t) => {
    const head = `HTTP/1.1 200 OK\r\nx-large: ${'y'.repeat(900_000)}\r\ncontent-length: 5\r\n\r\nhello`;
    const { origin } = await serveRaw(t, (socket) => socket.once('data', () => socket.end(head)));
    const read = await ask(t).get(origin);
    assert.deepEqual([textOf(read), read.headers.get('x-large')?.length], ['hello', 900_000]);
  });

  it('sends its host and user agent, and accepts no coding', async (t) => {
    let head = '';
    const { origin, port } = await serveRaw(t, (socket) =>
      socket.once('data', (bytes) => {
        head = bytes.toString();
        socket.end('HTTP/1.1 204 No Content\r\n\r\n');
      }),
    );
    await ask(t).get(`${origin}/v2/a%20b/?scope=a:b&x=%00#fragment`, { headers: { accept: 'x/y' } });
    assert.deepEqual(head.split('\r\n'), [
      'GET /v2/a%20b/?scope=a:b&x=%00 HTTP/1.1',
      `host: 127.0.0.1:${port}`,
      'connection: keep-alive',
      'user-agent: kairos-pull',
      'accept: x/y',
      '',
      '',
    ]);
  });

  it('sends another user agent if configured, and posts a body', async (t) => {
    const seen: unknown[] = [];
    const { origin } = await serve(t, async (request, response) => {
      const [body] = await once(request, 'data');
      seen.push(request.method, request.headers['user-agent'], String(body));
      response.end();
    });
    const { get } = ask(t, { userAgent: 'kairos-pull/1.2.3' });
    await get(origin, { method: 'POST', body: 'grant_type=refresh_token', purpose: 'token' });
    assert.deepEqual(seen, ['POST', 'kairos-pull/1.2.3', 'grant_type=refresh_token']);
  });

  it('keeps repeated header lines apart, and returns the URL of the response', async (t) => {
    const { origin } = await serve(t, (_, response) => {
      response.writeHead(401, { 'www-authenticate': ['Basic realm="a"', 'Bearer realm="b"'] }).end('no');
    });
    const { status, headers, body, truncated, url, crossedOrigin } = await ask(t).get(`${origin}/v2/`);
    assert.equal(status, 401);
    assert.deepEqual(headers.all('www-authenticate'), ['Basic realm="a"', 'Bearer realm="b"']);
    assert.equal(Buffer.from(body).toString(), 'no');
    assert.deepEqual([truncated, crossedOrigin, url.href], [false, false, `${origin}/v2/`]);
  });
});

describe('one connection', () => {
  it('serves requests one after the other, including HEAD, errors and redirects', async (t) => {
    const server = await serve(t, (request, response) => {
      const status = request.url === '/missing' ? 404 : request.url === '/moved' ? 307 : 200;
      response.writeHead(status, { 'content-length': 5 });
      response.end(request.method === 'HEAD' ? undefined : 'hello');
    });
    const { get } = ask(t);
    for (let round = 0; round < 3; round += 1) {
      await get(server.origin, { method: 'HEAD' });
      assert.equal(textOf(await get(server.origin)), 'hello');
      await get(`${server.origin}/missing`, { method: 'HEAD' });
      await get(`${server.origin}/missing`);
      await get(`${server.origin}/moved`);
    }
    assert.equal(server.connections(), 1);
  });

  it('is kept when no byte of a body is wanted and the body is short', async (t) => {
    const server = await serve(t, (_, response) => {
      response.writeHead(206, { 'content-length': 1 }).flushHeaders();
      onceHeadIsRead(() => response.end('x'));
    });
    const { get } = ask(t);
    for (let round = 0; round < 3; round += 1) {
      const { body, truncated } = await get(server.origin, { maxBytes: 0, purpose: 'blob' });
      assert.deepEqual([body.length, truncated], [0, true]);
    }
    assert.equal(server.connections(), 1);
  });

  it('is shared with a token service at the registry’s origin, and with no other host that a registry names', async (t) => {
    const server = await serve(t, (_, response) => response.end());
    const { get } = ask(t);
    const registry = '127.0.0.1';
    await get(server.origin);
    await get(server.origin, { namedBy: { registry, as: 'realm' }, purpose: 'token' });
    assert.equal(server.connections(), 1);
    await get(server.origin, { namedBy: { registry, as: 'redirect' } });
    assert.equal(server.connections(), 2);
    await get(server.origin, { namedBy: { registry, as: 'redirect' } });
    assert.equal(server.connections(), 2);
  });

  it('a hundred concurrent requests of one image cause no warning', async (t) => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    t.after(() => process.off('warning', onWarning));
    const server = await serve(t, (_, response) => response.end('hello'));
    const { get } = ask(t);
    const { signal } = new AbortController();
    const answers = await Promise.all(Array.from({ length: 100 }, () => get(server.origin, { signal })));
    assert.equal(answers.length, 100);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(warnings, []);
  });

  it('over IPv6', { skip: requireIpv6() }, async (t) => {
    const server = await serve(t, (request, response) => response.end(request.headers.host), { host: '::1' });
    assert.equal(textOf(await ask(t).get(server.origin)), `[::1]:${server.port}`);
  });

  it('to the address that responds, if a name has one that does not', { skip: requireSecondLoopback() }, async (t) => {
    const server = await serve(t, (_, response) => response.end('hello'));
    const addresses = [
      { address: '127.0.0.2', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const { get } = ask(t, { resolve: async () => addresses });
    assert.equal(textOf(await get(`http://registry.example:${server.port}/`)), 'hello');
  });
});

describe('no connection', () => {
  it('a name that does not exist', async (t) => {
    const { kind, phase, code, host, detail, isTransient } = await ask(t).fail('http://no-such-host.invalid:5000/');
    assert.deepEqual([kind, phase, host], ['dns', 'dns', 'no-such-host.invalid:5000']);
    // Without a network the look-up itself fails.
    assert.deepEqual([code, isTransient], code === 'EAI_AGAIN' ? ['EAI_AGAIN', true] : ['ENOTFOUND', false]);
    assert.equal(detail, `getaddrinfo ${code} no-such-host.invalid`);
  });

  it('a port without a server', { skip: requireSecondLoopback() }, async (t) => {
    const { connections, port } = await serve(t, () => {});
    const failure = await ask(t).fail(`http://127.0.0.2:${port}/`);
    assert.deepEqual(failure, {
      kind: 'tcp',
      phase: 'tcp',
      addresses: ['127.0.0.2'],
      code: 'ECONNREFUSED',
      host: `127.0.0.2:${port}`,
      detail: `connect ECONNREFUSED 127.0.0.2:${port}`,
      isTransient: false,
    });
    assert.equal(connections(), 0);
  });

  it('localhost, where both addresses refuse', { skip: requireSecondLoopback() }, async (t) => {
    const { port } = await serve(t, () => {}, { host: '127.0.0.2' });
    const { kind, code, detail } = await ask(t).fail(`http://localhost:${port}/`);
    assert.deepEqual([kind, code], ['tcp', 'ECONNREFUSED']);
    assert.match(detail, /^connect ECONNREFUSED /);
  });

  it('a server that closes the connection before it responds', async (t) => {
    const { origin } = await serveRaw(t, (socket) => socket.once('data', () => socket.destroy()));
    const { kind, phase, isTransient } = await ask(t).fail(origin);
    assert.deepEqual({ kind, phase, isTransient }, { kind: 'tcp', phase: 'headers', isTransient: true });
  });

  it('a server that resets the connection', async (t) => {
    const { origin } = await serveRaw(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
    const { kind, phase, code, isTransient } = await ask(t).fail(origin);
    assert.deepEqual([kind, phase, code, isTransient], ['tcp', 'headers', 'ECONNRESET', true]);
  });

  for (const [what, bytes] of [
    ['an answer that is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['an HTTP/0.9 page', '<html>hello</html>'],
    ['a header line without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['a head that does not end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(2_000_000)}`],
  ] as const) {
    it(what, async (t) => {
      const { origin } = await serveRaw(t, (socket) => socket.once('data', () => socket.write(bytes)));
      const { kind, phase, isTransient } = await ask(t).fail(origin);
      assert.deepEqual({ kind, phase, isTransient }, { kind: 'not-http', phase: 'headers', isTransient: false });
    });
  }
});
