import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOriginPolicy } from '../../../src/monitor/web/request-origin.ts';
import { problemOf, startWebScene } from './web-scene.ts';

const CHECK = '/api/v1/resources/image-api/check';
const own = { 'x-kairos-pull': '1' };

describe('a loopback listener', () => {
  it('serves requests to its own names only: DNS rebinding', async () => {
    await using web = await startWebScene({ url: 'https://ops.example:8443/monitor/' });
    const { port } = web.server;
    for (const host of [
      `localhost:${port}`,
      `LOCALHOST:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      'ops.example:8443',
    ]) {
      assert.equal((await web.ask('/api/v1/summary', { headers: { host } })).status, 200, host);
    }
    for (const host of [
      ...[
        'evil.example',
        `evil.example:${port}`,
        'localhost',
        'localhost:1',
        `localhost.evil.example:${port}`,
        'ops.example',
      ],
      ...[`127.0.0.2:${port}`, `[::2]:${port}`, `0.0.0.0:${port}`, `localhost.:${port}`],
    ]) {
      for (const path of ['/api/v1/summary', '/healthz', '/none', '/api/v1/stream']) {
        const answered = await web.ask(path, { headers: { host } });
        const { status, detail } = problemOf(answered);
        assert.equal(status, 403, `${host} ${path}`);
        assert.match(String(detail), /use localhost with its port, or set url/);
      }
    }
    const absolute = await web.raw(
      `GET http://evil.example/api/v1/summary HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
    );
    assert.match(absolute, /^HTTP\/1\.1 403 /);
    for (const host of ['a b', 'localhost/x', 'user@localhost', '']) {
      const text = await web.raw(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.match(text, /^HTTP\/1\.1 40[03] /, host);
    }
  });

  it('accepts every host elsewhere: a credential protects it', () => {
    const policy = createOriginPolicy({
      listen: { host: '0.0.0.0', port: 80 },
      port: 80,
      isLoopback: false,
      url: null,
    });
    assert.equal(policy.isOwnHost('anything.example'), true);
  });

  it('knows the default ports', () => {
    const listen = { host: 'localhost', port: 80 };
    const policy = createOriginPolicy({ listen, port: 80, isLoopback: true, url: 'https://ops.example' });
    for (const host of ['localhost', 'localhost:80', 'ops.example', 'ops.example:443']) {
      assert.equal(policy.isOwnHost(host), true, host);
    }
    assert.equal(policy.isOwnHost('ops.example:8443'), false);
    assert.equal(policy.isOwnOrigin('https://ops.example', 'localhost'), true);
    assert.equal(policy.isOwnOrigin('http://localhost', 'localhost:80'), true);
  });
});

describe('a request for a check', () => {
  it('is accepted with its header, and the check is requested', async () => {
    await using web = await startWebScene();
    const answered = await web.ask(CHECK, { method: 'POST', headers: own, body: '{"ignored":true}' });
    assert.equal(answered.status, 202);
    assert.deepEqual(JSON.parse(answered.body), { resource: 'image-api', requestedAt: '2026-11-28T12:00:00.000Z' });
    assert.deepEqual(web.monitor.requested, ['image-api']);
  });

  it('is refused without its header', async () => {
    await using web = await startWebScene();
    for (const headers of [{}, { 'x-kairos-pull': '' }, { 'x-kairos-pull': '2' }, { 'x-kairos-pull': 'true' }]) {
      const answered = await web.ask(CHECK, { method: 'POST', headers });
      assert.equal(problemOf(answered).detail, 'The header X-Kairos-Pull: 1 is required.');
      assert.equal(answered.status, 403);
    }
    assert.deepEqual(web.monitor.requested, []);
  });

  it('is refused from the page of another site, and accepted from our own', async () => {
    await using web = await startWebScene({ url: 'https://ops.example/monitor' });
    const { port } = web.server;
    const statusFrom = async (origin: string): Promise<number | undefined> =>
      (await web.ask(CHECK, { method: 'POST', headers: { ...own, origin } })).status;
    for (const origin of [
      ...['https://evil.example', 'null', '', 'http://localhost:1', `http://127.0.0.1:${port + 1}`, `http://127.0.0.1`],
      ...[
        'https://ops.example.evil.example',
        'http://ops.example',
        'file://',
        `ftp://127.0.0.1:${port}`,
        'https://ops.example:8443',
      ],
    ]) {
      assert.equal(await statusFrom(origin), 403, origin);
    }
    assert.deepEqual(web.monitor.requested, []);
    for (const origin of [web.server.origin, 'https://ops.example'])
      assert.equal(await statusFrom(origin), 202, origin);
  });

  it('is 404 for an unknown id, 409 when paused, 429 when too often, 503 without a worker', async () => {
    await using web = await startWebScene();
    const post = (id: string) => web.ask(`/api/v1/resources/${id}/check`, { method: 'POST', headers: own });
    assert.equal(problemOf(await post('none')).status, 404);
    const paused = web.monitor.resources().find(({ state }) => state === 'paused');
    assert.equal(problemOf(await post(paused?.id ?? '')).status, 409);
    web.monitor.answerRequests('too-often');
    const often = await post('image-api');
    assert.equal(problemOf(often).status, 429);
    assert.equal(often.headers['retry-after'], '1');
    web.monitor.answerRequests('no-worker');
    const { status, detail } = problemOf(await post('image-api'));
    assert.equal(status, 503);
    assert.match(detail, /^No worker is running, so the resource is not checked\. Start one/);
  });

  it('does not read a large content', async () => {
    await using web = await startWebScene();
    const head = `POST ${CHECK} HTTP/1.1\r\nHost: 127.0.0.1:${web.server.port}\r\nX-Kairos-Pull: 1\r\n`;
    const text = await web.raw(`${head}Content-Length: 999999999\r\nConnection: close\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 413 /);
    assert.deepEqual(web.monitor.requested, []);
  });
});
