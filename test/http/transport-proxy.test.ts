// Through a proxy: http in absolute form, https by CONNECT, and what a proxy may get wrong.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { authority, clientIdentity, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import type { TestProxy } from '../support/proxy.ts';
import { requireSecondLoopback } from '../support/require-programs.ts';
import { ask, serve, serveBytes, serveRaw, startProxy, textOf } from './loopback-server.ts';

const basic = (login: string): string => `Basic ${Buffer.from(login).toString('base64')}`;

const linesOf = ({ log }: TestProxy): string[] =>
  log.map(({ method, target, authorization }) => [method, target, authorization].filter(Boolean).join(' '));

describe('a proxy', () => {
  it('gets an http URL in absolute form, over one connection', async (t) => {
    const registry = await serve(t, (request, response) => response.end(`${request.headers.host} ${request.url}`));
    const proxy = await startProxy(t);
    const { get } = ask(t, { env: { HTTP_PROXY: proxy.origin } });
    const url = `http://r.example:${registry.port}/v2/`;
    assert.equal(textOf(await get(url)), `r.example:${registry.port} /v2/`);
    await get(url, { method: 'GET' });
    assert.deepEqual(linesOf(proxy), [`GET ${url}`, `GET ${url}`]);
  });

  it('gets CONNECT for an https URL, and learns nothing more', { skip: withoutOpenssl }, async (t) => {
    const registry = await serve(t, (request, response) => response.end(request.headers.host), {
      tls: serverIdentity('r.example'),
    });
    const proxy = await startProxy(t);
    const { get } = ask(t, { ca: authority().cert, env: { HTTPS_PROXY: proxy.origin } });
    const host = `r.example:${registry.port}`;
    for (let round = 0; round < 3; round += 1) {
      const headers = { authorization: 'Bearer s3cret' };
      assert.equal(textOf(await get(`https://${host}/v2/`, { headers })), host);
    }
    assert.deepEqual(linesOf(proxy), [`CONNECT ${host}`]);
    assert.equal(registry.connections(), 1);
  });

  it('is skipped for NO_PROXY', async (t) => {
    const registry = await serve(t, (_, response) => response.end());
    const proxy = await startProxy(t);
    await ask(t, { env: { HTTP_PROXY: proxy.origin, NO_PROXY: '127.0.0.0/8' } }).get(registry.origin);
    assert.deepEqual(linesOf(proxy), []);
  });

  it('may use TLS, and never gets the client certificate', { skip: withoutOpenssl }, async (t) => {
    const registry = await serve(
      t,
      ({ socket }, response) => response.end(String((socket as TLSSocket).getPeerCertificate().subjectaltname)),
      { tls: { ...serverIdentity('r.example'), requestCert: true, rejectUnauthorized: false } },
    );
    const shown: boolean[] = [];
    const tls = { ...serverIdentity(), requestCert: true, rejectUnauthorized: false };
    const proxy = await startProxy(t, {
      tls,
      onSecure: (socket) => shown.push(socket.getPeerX509Certificate() !== undefined),
    });
    const client = clientIdentity();
    const { get } = ask(t, { ca: authority().cert, ...client, env: { HTTPS_PROXY: proxy.origin } });
    assert.equal(textOf(await get(`https://r.example:${registry.port}/`)), 'DNS:client.example');
    assert.deepEqual(shown, [false]);
  });

  it('gets the credential of its own URL, never that of the registry', { skip: withoutOpenssl }, async (t) => {
    const registry = await serve(t, (request, response) => {
      response.end(JSON.stringify(request.headers['proxy-authorization'] ?? null));
    });
    const secure = await serve(
      t,
      (request, response) => {
        response.end(JSON.stringify(request.headers['proxy-authorization'] ?? null));
      },
      { tls: serverIdentity('r.example') },
    );
    const proxy = await startProxy(t);
    const url = `http://me:p%40ss%@127.0.0.1:${proxy.port}`;
    const { get } = ask(t, { ca: authority().cert, env: { HTTP_PROXY: url, HTTPS_PROXY: url } });
    await get(`http://r.example:${registry.port}/`);
    assert.equal(textOf(await get(`https://r.example:${secure.port}/`)), 'null');
    assert.deepEqual(linesOf(proxy), [
      `GET http://r.example:${registry.port}/ ${basic('me:p%40ss%')}`,
      `CONNECT r.example:${secure.port} ${basic('me:p%40ss%')}`,
    ]);
  });
});

describe('a proxy that fails', () => {
  for (const [what, head] of [
    ['64 KiB of headers', `HTTP/1.1 200 OK\r\n${`X: ${'y'.repeat(1020)}\r\n`.repeat(64)}\r\n`],
    ['lines that end with LF alone', 'HTTP/1.1 200 OK\nVia: x\n\n'],
  ] as const) {
    it(`accepts CONNECT with ${what}, and then breaks off TLS`, async (t) => {
      const { origin } = await serveRaw(t, (socket) =>
        socket.once('data', () => {
          socket.once('data', () => socket.end());
          socket.write(head);
        }),
      );
      assert.equal((await ask(t, { env: { HTTPS_PROXY: origin } }).fail('https://r.example/')).kind, 'tls');
    });
  }

  /** The failure of an https and of an http registry behind the proxy. */
  async function bothFail(t: Parameters<typeof ask>[0], proxy: string) {
    const { fail } = ask(t, { env: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } });
    return { secure: await fail('https://r.example/'), plain: await fail('http://r.example/') };
  }

  it('requires a credential: 407', async (t) => {
    const bytes =
      'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate, Basic realm="a, NTLM"\r\n' +
      'proxy-authenticate: Digest realm="b", nonce=c==\r\ncontent-length: 0\r\n\r\n';
    const { port } = await serveBytes(t, bytes);
    const { secure, plain } = await bothFail(t, `http://me:hunter2@127.0.0.1:${port}`);
    for (const [failure, variable] of [
      [secure, 'HTTPS_PROXY'],
      [plain, 'HTTP_PROXY'],
    ] as const) {
      assert.deepEqual(failure, {
        proxy: { host: `127.0.0.1:${port}`, variable, hasLogin: true, schemes: ['Negotiate', 'Basic', 'Digest'] },
        kind: 'proxy',
        phase: 'proxy',
        host: 'r.example',
        code: 'HTTP_407',
        detail: `the proxy returned 407 Proxy Authentication Required`,
        isTransient: false,
      });
    }
  });

  it('refuses the tunnel, in words that must not reach a terminal', async (t) => {
    const { origin } = await serveBytes(t, 'HTTP/1.1 403 \x1b]0;owned\x07Forbidden\r\n\r\n');
    const { kind, code, detail } = await ask(t, { env: { HTTPS_PROXY: origin } }).fail('https://r.example/');
    assert.deepEqual([kind, code], ['proxy', 'HTTP_403']);
    assert.equal(detail, `the proxy returned 403 ]0;owned Forbidden`);
  });

  it('is not there', { skip: requireSecondLoopback() }, async (t) => {
    const { port } = await serve(t, () => {});
    for (const { kind, phase, code, host, isTransient } of Object.values(
      await bothFail(t, `http://127.0.0.2:${port}`),
    )) {
      assert.deepEqual([kind, phase, code, host, isTransient], ['proxy', 'proxy', 'ECONNREFUSED', 'r.example', false]);
    }
  });

  it('has a name that does not exist', async (t) => {
    for (const { kind, phase } of Object.values(await bothFail(t, 'http://no-such-proxy.invalid:3128'))) {
      assert.deepEqual([kind, phase], ['proxy', 'proxy']);
    }
  });

  for (const [what, bytes] of [
    ['is no proxy', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['answers without end', 'x'.repeat(100_000)],
  ] as const) {
    it(what, async (t) => {
      const { origin } = await serveRaw(t, (socket) => socket.once('data', () => socket.write(bytes)));
      const { kind, detail } = await ask(t, { env: { HTTPS_PROXY: origin } }).fail('https://r.example/');
      assert.deepEqual([kind, detail], ['proxy', 'it does not respond like an HTTP proxy']);
    });
  }

  it('answers CONNECT with another status of success than 200, which clients written in Go refuse', async (t) => {
    const { origin } = await serveBytes(t, 'HTTP/1.1 201 Created\r\n\r\n');
    const { kind, detail } = await ask(t, { env: { HTTPS_PROXY: origin } }).fail('https://r.example/');
    assert.deepEqual([kind, detail], ['proxy', 'the proxy returned 201 Created']);
  });

  it('hangs up', async (t) => {
    const { origin } = await serveRaw(t, (socket) => socket.once('data', () => socket.end()));
    const { kind, detail, isTransient } = await ask(t, { env: { HTTPS_PROXY: origin } }).fail('https://r.example/');
    assert.deepEqual([kind, detail, isTransient], ['proxy', 'the proxy closed the connection', true]);
  });

  it('is not usable, and its password is not shown', async (t) => {
    for (const failure of Object.values(await bothFail(t, 'socks5://me:hunter2@127.0.0.1:1080'))) {
      assert.deepEqual([failure.kind, failure.phase, failure.isTransient], ['proxy', 'proxy', false]);
      assert.match(failure.detail, /^HTTPS?_PROXY is a socks5 URL; only http and https proxies are supported$/);
    }
  });

  it('leads to a registry whose certificate is not trusted, which is not a failure of the proxy', async (t) => {
    const registry = await serve(t, () => {}, withoutOpenssl ? {} : { tls: serverIdentity('r.example') });
    const proxy = await startProxy(t);
    const { fail } = ask(t, { env: { HTTPS_PROXY: proxy.origin } });
    const { kind, phase } = await fail(`https://r.example:${registry.port}/`);
    assert.deepEqual([kind, phase], ['tls', 'tls']);
  });
});
