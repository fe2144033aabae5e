import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { startServer } from '../../src/demo/server.ts';
import { authority, serverIdentity, withoutOpenssl } from './certificates.ts';
import { startProxy, type TestProxy } from './proxy.ts';

const ok = () => ({ status: 200, body: 'fine' });

/** A request in absolute form: its status and body. */
async function forward(proxy: TestProxy, url: string, headers = {}) {
  const sent = request(proxy.origin, {
    path: url,
    headers: { host: new URL(url).host, ...headers },
    agent: false,
  }).end();
  const [response] = await once(sent, 'response');
  return [response.statusCode, Buffer.concat(await response.toArray()).toString()];
}

/** A tunnel: its status, its socket, and the challenge of a refusal. */
async function tunnel(proxy: TestProxy, path: string, headers = {}) {
  const sent = request(proxy.origin, { method: 'CONNECT', path, headers, agent: false }).end();
  const [response, socket] = (await once(sent, 'connect')) as [
    { statusCode: number; headers: NodeJS.Dict<string> },
    Socket,
  ];
  return { status: response.statusCode, challenge: response.headers['proxy-authenticate'], socket };
}

describe('the test proxy', () => {
  it('forwards requests in absolute form, to names it has a route for', async () => {
    await using server = await startServer(ok);
    await using proxy = await startProxy({ routes: { 'registry.example:80': server.name } });
    assert.deepEqual(await forward(proxy, 'http://registry.example/v2/?x=1'), [200, 'fine']);
    assert.deepEqual(await forward(proxy, `${server.origin}/direct`), [200, 'fine']);
    assert.deepEqual(server.transcript(), ['GET /v2/?x=1 200', 'GET /direct 200']);
    assert.equal(server.log[0]?.headers.host, 'registry.example');
    assert.deepEqual(proxy.log[0], {
      method: 'GET',
      target: 'http://registry.example/v2/?x=1',
      authorization: undefined,
      status: 200,
    });
  });

  it('goes no further than loopback', async () => {
    await using proxy = await startProxy();
    assert.deepEqual(await forward(proxy, 'http://registry.example/'), [502, '']);
    assert.equal((await tunnel(proxy, 'registry.example:443')).status, 502);
  });

  it('requires the credential it was given', async () => {
    await using server = await startServer(ok);
    await using proxy = await startProxy({ credential: { username: 'ada', password: 'pw' } });
    const headers = { 'proxy-authorization': `Basic ${btoa('ada:pw')}` };
    const { status, challenge } = await tunnel(proxy, server.name);
    assert.deepEqual([status, challenge], [407, 'Basic realm="test proxy"']);
    assert.deepEqual(await forward(proxy, server.origin), [407, '']);
    assert.deepEqual(await forward(proxy, server.origin, headers), [200, 'fine']);
    assert.equal(server.log[0]?.headers['proxy-authorization'], undefined);
  });

  it('refuses every request with a given status', async () => {
    await using proxy = await startProxy({ refuseWith: 403 });
    assert.equal((await tunnel(proxy, '127.0.0.1:1')).status, 403);
  });

  it('tunnels TLS it cannot read', { skip: withoutOpenssl }, async () => {
    await using server = await startServer(ok, { tls: serverIdentity('registry.example') });
    await using proxy = await startProxy({ routes: { 'registry.example:443': server.name } });
    const { status, socket } = await tunnel(proxy, 'registry.example:443');
    assert.equal(status, 200);
    const secure = connectTls({ socket, servername: 'registry.example', ca: authority().cert });
    secure.write('GET /v2/ HTTP/1.1\r\nHost: registry.example\r\nConnection: close\r\n\r\n');
    const answer = Buffer.concat(await secure.toArray()).toString();
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.deepEqual(proxy.log, [
      { method: 'CONNECT', target: 'registry.example:443', authorization: undefined, status: 200 },
    ]);
  });

  it('ends tunnels on close', async () => {
    await using server = await startServer(ok);
    const proxy = await startProxy();
    const { socket } = await tunnel(proxy, server.name);
    const ended = once(socket, 'close');
    socket.resume();
    await proxy.close();
    await ended;
  });
});
