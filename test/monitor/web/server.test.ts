import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createPages } from '../../../src/monitor/web/html-pages.ts';
import { createWebServer } from '../../../src/monitor/web/server.ts';
import type { AuthOptions } from '../../../src/monitor/web/web-options.ts';
import { createHeldClock } from '../../support/fake-clock.ts';
import { createMonitorScene } from '../../support/monitor-scene.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { problemOf, startWebScene } from './web-scene.ts';

const listenOn = (host: string, port: number, auth: AuthOptions | null = null) =>
  createWebServer(createMonitorScene(), { listen: { host, port }, auth, url: null, log: () => {} });

describe('listening', () => {
  it('is refused beyond loopback without a credential, with the address and the cure', async () => {
    const noFiles = { bearerTokenFile: null, basicFile: null, publicRead: true };
    for (const [host, auth] of [
      ...[
        ['0.0.0.0', null] as const,
        ['::', null] as const,
        ['', null] as const,
        ['*', null] as const,
        ['192.0.2.1', null] as const,
      ],
      ['0.0.0.0', noFiles] as const,
    ]) {
      const outcome = await listenOn(host, 8790, auth);
      assert.ok(!outcome.ok && outcome.error.kind === 'no-auth', host);
      assert.match(
        outcome.error.message,
        /^cannot listen on .*:8790: .*; set bearerTokenFile .* or listen on 127\.0\.0\.1$/,
      );
    }
  });

  it('is possible on every address with a credential', async () => {
    using folder = createTemporaryFolder({ token: 'abc' });
    const outcome = await listenOn('0.0.0.0', 0, {
      bearerTokenFile: `${folder.path}/token`,
      basicFile: null,
      publicRead: false,
    });
    assert.ok(outcome.ok);
    await outcome.value.close(0);
  });

  it('is possible on each loopback name', async () => {
    for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '::1', '[::1]']) {
      const outcome = await listenOn(host, 0);
      assert.ok(outcome.ok, host);
      assert.ok(outcome.value.port > 0);
      await outcome.value.close(0);
    }
  });

  it('fails with a value where the port is in use or the host is unknown', async () => {
    await using web = await startWebScene();
    const inUse = await listenOn('127.0.0.1', web.server.port);
    assert.ok(!inUse.ok && inUse.error.kind === 'in-use');
    assert.equal(
      inUse.error.message,
      `cannot listen on 127.0.0.1:${web.server.port}: another program, perhaps a second monitor, listens there; stop it or choose another port`,
    );
    const unknown = await listenOn('no-such-host.invalid', 8790);
    assert.ok(!unknown.ok && unknown.error.kind === 'unknown-host');
  });
});

describe('paths', () => {
  it('that play tricks lead nowhere else', async () => {
    await using web = await startWebScene();
    const status = async (path: string): Promise<string> => {
      const text = await web.raw(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${web.server.port}\r\nConnection: close\r\n\r\n`,
      );
      assert.match(text, /\r\ncontent-type: application\/problem\+json\r\n/i, path);
      return text.slice(9, 12);
    };
    for (const path of [
      ...[
        '//api/v1/summary',
        '/api//v1/summary',
        '/api%2fv1%2fsummary',
        '/api/v1%2Fsummary',
        '/API/v1/summary',
        '/api/v1/summary%00',
      ],
      ...[
        '/assets/..%2f..%2fetc%2fpasswd',
        '/assets/../../etc/passwd',
        '/assets/%2e%2e/%2e%2e/etc/passwd',
        '/assets/%2e%2e%2fx',
      ],
      ...[
        '/resources/image-api%2fhealth',
        '/resources/../image-api/health',
        '/badge/..%2fimage-api.svg',
        '/badge/%00.svg',
      ],
      ...['/api/v1/resources/image-api%2Fchecks', '/api/v1/resources/__proto__', '/api/v1/resources/constructor'],
      ...[
        '/api/v1/resources/%F0%9F%98%80',
        '/api/v1/resources/%ff',
        '/api/v1/resources/%',
        '/api/v1/resources/%E0%A4%A',
        '/;/api/v1/summary',
      ],
      ...[
        '/api/v1/resources/%3Cscript%3E',
        '/api/v1/resources/%0d%0aX-Evil:%201',
        `/api/v1/resources/${'x'.repeat(9_000)}`,
      ],
      '/api/v1/resources//checks',
    ]) {
      assert.equal(await status(path), '404', path.slice(0, 60));
    }
    for (const path of ['\\api', 'api/v1/summary', '*', 'http://', '/a\\..\\b', '/\u0001']) {
      assert.equal(await status(path), '400', path);
    }
    assert.equal(await status(`/api/v1/summary?${'a=1&'.repeat(9_000)}`), '431');
  });

  it('of any kind never lead to an internal error', async () => {
    await using web = await startWebScene({ pages: createPages(createMonitorScene()) });
    const pieces = [
      ...[
        '/',
        '//',
        '.',
        '..',
        '%2e',
        '%2f',
        '%5c',
        '%00',
        '%',
        '%zz',
        '%ff',
        '%F0%9F%98%80',
        ';',
        ':',
        '@',
        '?',
        '&',
        '=',
        '*',
      ],
      ...[
        'api',
        'v1',
        'resources',
        'image-api',
        'checks',
        'timeline',
        'timeline.csv',
        'outages',
        'events',
        'badge',
        '.svg',
      ],
      ...[
        'assets',
        'health',
        'limit=1',
        'before=2026-12-01T00:00:00Z',
        'window=7d',
        'buckets=3',
        'after=0',
        'open=true',
        '[]',
        '{}',
      ],
      ...['"', "'", '|', '^', '`', '~', '$', '!', '(', ')', ',', '+', 'monitor', '__proto__', 'NaN', '1e9', '-0'],
    ];
    const path = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => `/${parts.join('')}`);
    await fc.assert(
      fc.asyncProperty(path, async (text) => {
        const { status = 0 } = await web.ask(text, { headers: { accept: 'text/html' } });
        assert.ok([200, 400, 404, 405].includes(status), `${text}: ${status}`);
      }),
      { numRuns: 300 },
    );
    assert.deepEqual(web.log, []);
  });

  it('with an encoded id find it', async () => {
    await using web = await startWebScene();
    assert.equal((await web.ask('/api/v1/resources/%69mage-api')).status, 200);
    assert.equal((await web.ask('/api/v1/resources/image-api?x[]=1&__proto__=2&a=%ff&&&=')).status, 200);
    assert.equal((await web.ask(`/api/v1/events?limit=3&${'limit=999999&'.repeat(500)}`)).status, 200);
  });
});

describe('connections', () => {
  it('that are not HTTP get a problem document, and others continue', async () => {
    await using web = await startWebScene();
    for (const bytes of [
      '\x16\x03\x01\x02\x00\x01\x00',
      'GET /\r\n\r\n',
      'NONSENSE / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
    ]) {
      assert.match(await web.raw(bytes), /^HTTP\/1\.1 400 /, bytes);
    }
    const smuggled = `POST /healthz HTTP/1.1\r\nHost: 127.0.0.1:${web.server.port}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    assert.match(await web.raw(smuggled), /^HTTP\/1\.1 400 /);
    const header = `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${web.server.port}\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
    assert.match(await web.raw(header), /^HTTP\/1\.1 431 /);
    assert.equal((await web.ask('/healthz')).status, 200);
  });

  it('that are too slow end, with 408 where no response was sent', async () => {
    const timeouts = { headersMs: 20, requestMs: 40, keepAliveMs: 20, silenceMs: 60, intervalMs: 5 };
    await using web = await startWebScene({ timeouts });
    const host = `Host: 127.0.0.1:${web.server.port}\r\n`;
    assert.match(await web.raw(`GET /healthz HTTP/1.1\r\n${host}`), /^HTTP\/1\.1 408 /);
    const check = `POST /api/v1/resources/image-api/check HTTP/1.1\r\n${host}Content-Length: 9\r\n\r\na`;
    assert.match(await web.raw(check), /^HTTP\/1\.1 403 /);
    await web.raw(`GET /healthz HTTP/1.1\r\n${host}\r\n`);
    await web.raw(`GET /api/v1/stream HTTP/1.1\r\n${host}\r\n`);
    while (web.server.streams > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('that are idle do not hold the end of the server; one in use has a moment', async () => {
    const clock = createHeldClock();
    const web = await startWebScene({ clock });
    const idle = connect(web.server.port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const slow = connect(web.server.port, '127.0.0.1');
    slow.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${web.server.port}\r\n`);
    await web.ask('/healthz');
    const ended = Promise.all(
      [idle, slow].map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))),
    );
    const closed = web.server.close(2_000);
    clock.pass(2_000);
    await Promise.all([closed, ended]);
    await assert.rejects(web.ask('/healthz'), { code: 'ECONNREFUSED' });
  });

  it('from any source get the security headers with every status', async () => {
    await using web = await startWebScene();
    for (const path of ['/healthz', '/none', '/api/v1/resources?x', '/badge/image-api.svg', '/api/v1/events?after=x']) {
      const { headers } = await web.ask(path);
      assert.match(String(headers['content-security-policy']), /default-src 'none'/, path);
      assert.deepEqual([headers['x-content-type-options'], headers['x-frame-options']], ['nosniff', 'DENY'], path);
      assert.equal(headers['x-powered-by'], undefined);
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
    assert.equal(problemOf(await web.ask('/none')).status, 404);
  });
});
