import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { describe, it } from 'node:test';
import { startServer } from '../../src/demo/server.ts';
import { ask } from '../support/ask.ts';
import {
  authority,
  clientIdentity,
  expiredIdentity,
  selfSignedIdentity,
  serverIdentity,
  withoutOpenssl,
  wrongNameIdentity,
} from '../support/certificates.ts';
import { hang, reset } from '../support/faults.ts';
import { requireIpv6, requireSecondLoopback } from '../support/require-programs.ts';

const ok = () => ({ status: 200, body: 'fine' });
const HOSTS = [
  ['127.0.0.1', false],
  ['127.0.0.2', requireSecondLoopback()],
  ['localhost', false],
  ['::1', requireIpv6()],
] as const;

describe('startServer', () => {
  it('logs requests and responses', async () => {
    await using server = await startServer(() => ({ status: 418, body: 'short and stout' }));
    await ask(`${server.origin}/a/b?x=1&x=2`, { method: 'POST', headers: { 'x-y': 'z' }, body: 'grant_type=password' });
    const { query, headers, ...logged } = server.log[0] ?? assert.fail('nothing logged');
    assert.deepEqual(query.getAll('x'), ['1', '2']);
    assert.equal(headers['x-y'], 'z');
    assert.deepEqual(logged, {
      method: 'POST',
      url: '/a/b?x=1&x=2',
      path: '/a/b',
      body: 'grant_type=password',
      connection: 1,
      status: 418,
      bytesSent: 15,
      aborted: false,
    });
    assert.deepEqual(server.transcript(), ['POST /a/b?x=1&x=2 418']);
  });

  it('logs which requests shared a connection', async () => {
    await using server = await startServer(ok);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await ask(server.origin, { agent });
    await ask(server.origin, { agent });
    await ask(server.origin);
    agent.destroy();
    assert.deepEqual(
      server.log.map(({ connection }) => connection),
      [1, 1, 2],
    );
    assert.equal(server.connections, 2);
  });

  it('keeps no longer log than the limit', async () => {
    await using bounded = await startServer(ok, { logLimit: 2 });
    await using silent = await startServer(ok, { logLimit: 0 });
    for (const path of ['/1', '/2', '/3']) {
      await ask(`${bounded.origin}${path}`);
      await ask(`${silent.origin}${path}`);
    }
    assert.deepEqual(bounded.transcript(), ['GET /2 200', 'GET /3 200']);
    assert.deepEqual(silent.transcript(), []);
  });

  for (const [host, skip] of HOSTS) {
    it(`listens on ${host}`, { skip }, async () => {
      await using server = await startServer(ok, { host });
      assert.equal(server.origin, `http://${server.name}`);
      assert.equal((await ask(server.origin)).body, 'fine');
    });
  }

  it('rejects when it cannot listen', async () => {
    await using server = await startServer(ok);
    const port = Number(new URL(server.origin).port);
    await assert.rejects(startServer(ok, { port }), { code: 'EADDRINUSE' });
  });

  it('ends every connection on close, idle or waiting', async () => {
    const server = await startServer(ok);
    server.inject(hang(), { path: '/hang' });
    const agent = new Agent({ keepAlive: true });
    await ask(`${server.origin}/idle`, { agent });
    const waiting = ask(`${server.origin}/hang`);
    const refused = assert.rejects(waiting, { code: 'ECONNRESET' });
    while (server.log.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([server.close(), server.close()]);
    await refused;
    agent.destroy();
    await assert.rejects(ask(server.origin), { code: 'ECONNREFUSED' });
  });

  it('tolerates a client that leaves', async () => {
    await using server = await startServer(() => ({ status: 200, body: Buffer.alloc(50_000_000) }));
    const sent = get(server.origin, (response) => response.destroy()).on('error', () => {});
    await new Promise((resolve) => sent.once('close', resolve));
    await server.idle();
    assert.equal(server.log[0]?.aborted, true);
    assert.equal((await ask(`${server.origin}/again`)).status, 200);
  });

  it('serves thousands of requests', async () => {
    await using server = await startServer(ok);
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    await Promise.all(Array.from({ length: 5000 }, () => ask(server.origin, { agent })));
    agent.destroy();
    assert.equal(server.log.length, 5000);
    assert.ok(server.connections <= 50);
  });
});

describe('startServer with TLS', { skip: withoutOpenssl }, () => {
  it('is trusted by who trusts its authority', async () => {
    await using server = await startServer(ok, { tls: serverIdentity() });
    assert.match(server.origin, /^https:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await ask(server.origin, { ca: authority().cert })).body, 'fine');
    assert.equal(server.log[0]?.connection, 1);
  });

  it('serves a name of its own', async () => {
    await using server = await startServer(ok, { host: 'localhost', tls: serverIdentity('registry.example') });
    assert.equal((await ask(server.origin, { ca: authority().cert })).body, 'fine');
  });

  const refusals = [
    ['by an unknown authority', () => serverIdentity(), undefined, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['by itself', selfSignedIdentity, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['and expired', expiredIdentity, authority, 'CERT_HAS_EXPIRED'],
    ['for another name', wrongNameIdentity, authority, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ] as const;
  for (const [what, identity, trusted, code] of refusals) {
    it(`is refused when signed ${what}`, async () => {
      await using server = await startServer(ok, { tls: identity() });
      const ca = trusted?.().cert;
      await assert.rejects(ask(server.origin, ca === undefined ? {} : { ca }), { code });
      assert.deepEqual(server.log, []);
      assert.equal(server.connections, 1);
    });
  }

  it('can demand a client certificate', async () => {
    const ca = authority().cert;
    const tls = { ...serverIdentity(), ca, requestCert: true, maxVersion: 'TLSv1.2' as const };
    await using server = await startServer(ok, { tls });
    assert.equal((await ask(server.origin, { ca, ...clientIdentity() })).body, 'fine');
    await assert.rejects(ask(server.origin, { ca }));
    assert.equal(server.log.length, 1);
  });

  it('resets below TLS', async () => {
    await using server = await startServer(ok, { tls: serverIdentity() });
    server.inject(reset());
    await assert.rejects(ask(server.origin, { ca: authority().cert }), { code: 'ECONNRESET' });
  });

  it('survives plain HTTP', async () => {
    await using server = await startServer(ok, { tls: serverIdentity() });
    await assert.rejects(ask(server.origin.replace('https:', 'http:')), { code: 'ECONNRESET' });
    assert.equal((await ask(server.origin, { ca: authority().cert })).status, 200);
  });

  it('is survived by plain HTTP: TLS to a plain port fails in the handshake', async () => {
    await using server = await startServer(ok);
    await assert.rejects(ask(server.origin.replace('http:', 'https:')), { code: /^(?:EPROTO|ERR_SSL_\w+)$/ });
    assert.equal((await ask(server.origin)).status, 200);
  });
});
