// HTTP and TCP checks over real sockets: what a service answers, and what a hostile one does.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';
import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import type { Reply } from '../../src/demo/reply.ts';
import { startServer } from '../../src/demo/server.ts';
import { createProbe } from '../../src/monitor/probe/create-probe.ts';
import type { ProbeResult } from '../../src/monitor/probe/probe.ts';
import type { HttpResource, MonitorResource, TcpResource } from '../../src/monitor/resource/monitor-resource.ts';
import { authority, serverIdentity } from '../support/certificates.ts';
import { BARE_ENV } from '../support/command.ts';
import { httpResource } from '../support/monitor-run.ts';
import { flood, startRawServer } from '../support/servers.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

async function check(resource: MonitorResource): Promise<ProbeResult> {
  const observers = { onPause: () => {}, onCrash: (error: unknown) => assert.fail(String(error)) };
  const { probe, close } = createProbe({ env: BARE_ENV }, observers, systemClock);
  try {
    return await probe(resource, new AbortController().signal);
  } finally {
    await close();
  }
}

const web = (target: string, fields: Partial<HttpResource> = {}) =>
  check(httpResource('web', { target, host: new URL(target).host, ...fields }));

const outcome = ({ state, reason, cause }: ProbeResult) => [state, reason, cause];

const serve = (respond: (request: LoggedRequest) => Reply) => startServer(respond);

describe('an HTTP check', () => {
  it('expects a status and a text', async () => {
    await using server = await serve(({ path }) =>
      path === '/down'
        ? { status: 503, body: Buffer.from('out of order') }
        : { status: 200, body: Buffer.from('all ok') },
    );
    assert.deepEqual(outcome(await web(`${server.origin}/`)), ['available', null, null]);
    assert.deepEqual(outcome(await web(`${server.origin}/`, { contains: 'ok' })), ['available', null, null]);
    const other = await web(`${server.origin}/`, { contains: 'fine' });
    assert.deepEqual(outcome(other), ['unavailable', 'unexpected-content', null]);
    const down = await web(`${server.origin}/down`);
    assert.deepEqual(outcome(down), ['unavailable', 'unexpected-status', null]);
    assert.equal(down.message, `${server.name} returned 503; expected 200-299.`);
    const expected = { status: [{ from: 503, to: 503 }], contains: 'order' };
    assert.deepEqual(outcome(await web(`${server.origin}/down`, expected)), ['available', null, null]);
  });

  it('sends its method and headers, and none of them to another origin', async () => {
    await using other = await serve(() => ({ status: 200 }));
    await using server = await serve(() => ({ status: 302, headers: { location: `${other.origin}/landed` } }));
    const headers = { 'X-Api-Key': 'very-secret', Accept: 'text/plain' };
    assert.equal((await web(`${server.origin}/`, { headers, method: 'HEAD' })).state, 'available');
    assert.equal(server.log[0]?.method, 'HEAD');
    assert.equal(server.log[0]?.headers['x-api-key'], 'very-secret');
    assert.equal(other.log[0]?.headers['x-api-key'], undefined);
  });

  it('follows five redirects', async () => {
    await using server = await serve(({ path }) => {
      const number = Number(path.slice(1));
      return number === 0 ? { status: 200 } : { status: 302, headers: { location: `/${number - 1}` } };
    });
    assert.equal((await web(`${server.origin}/5`)).state, 'available');
    assert.deepEqual(outcome(await web(`${server.origin}/6`)), ['unavailable', 'unexpected-status', 'redirect-loop']);
  });

  it('uses the login of its file, and says so if there is none', async () => {
    await using server = await serve(({ headers }) => ({
      status: headers.authorization === `Basic ${Buffer.from('bot:pass-word').toString('base64')}` ? 200 : 401,
    }));
    using folder = createTemporaryFolder();
    const auth = Buffer.from('bot:pass-word').toString('base64');
    const authFile = folder.write('auth.json', { auths: { [server.name]: { auth } } });
    assert.equal((await web(server.origin, { authFile })).state, 'available');
    assert.deepEqual(outcome(await web(server.origin)), ['unavailable', 'unexpected-status', null]);
    const missing = await web(server.origin, { authFile: `${folder.path}/missing.json` });
    assert.deepEqual(outcome(missing), ['undetermined', 'unreachable', 'credentials-file']);
  });

  it('finds no answer: nothing listens, no name, no TLS, no HTTP, silence', async () => {
    const closed = await startRawServer();
    await closed.close();
    assert.deepEqual(outcome(await web(closed.origin)), ['unavailable', 'no-answer', 'tcp']);
    assert.deepEqual(outcome(await web('http://nowhere.invalid/')), ['unavailable', 'no-answer', 'dns']);
    await using plain = await serve(() => ({ status: 200 }));
    assert.deepEqual(outcome(await web(`https://${plain.name}/`)), ['unavailable', 'no-answer', 'tls']);
    await using other = await startRawServer((socket) => void socket.end('220 mail ready\r\n'));
    assert.deepEqual(outcome(await web(other.origin)), ['unavailable', 'no-answer', 'not-http']);
    await using silent = await startRawServer();
    const late = await web(silent.origin, { timeoutMs: 50 });
    assert.deepEqual(outcome(late), ['unavailable', 'no-answer', 'timeout']);
    assert.equal(late.isReachable, false);
  });

  it('reads no more than a megabyte, and no more headers than that', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n';
    await using bodies = await startRawServer(flood(head, 'all fine '));
    const body = await web(bodies.origin, { contains: 'never there' });
    assert.deepEqual(outcome(body), ['unavailable', 'unexpected-content', null]);
    assert.match(body.message, /the first 1048576 bytes/);
    await using headers = await startRawServer(flood('HTTP/1.1 200 OK\r\n', 'x-more: and more\r\n'));
    assert.equal((await web(headers.origin)).reason, 'no-answer');
  });

  it('verifies the certificate, and knows when it expires', async () => {
    const identity = serverIdentity();
    await using server = await startServer(() => ({ status: 200 }), { tls: identity });
    assert.deepEqual(outcome(await web(server.origin)), ['unavailable', 'no-answer', 'tls']);
    using folder = createTemporaryFolder();
    const caFile = folder.write('ca.pem', authority().cert);
    const trusted = await web(server.origin, { caFile });
    assert.equal(trusted.state, 'available');
    assert.equal(trusted.certificates[0]?.host, server.name);
    assert.ok((trusted.certificates[0]?.expiresAtMs ?? 0) > Date.now());
    assert.ok(trusted.phases.connectMs !== null);
    assert.equal((await web(server.origin, { insecure: true })).state, 'available');
    const missing = await web(server.origin, { caFile: `${folder.path}/missing.pem` });
    assert.equal(missing.state, 'undetermined');
  });

  it('shows no secret that a service repeats', async () => {
    await using server = await startRawServer((socket) => {
      socket.once('data', () => socket.end('very-secret very-secret\r\n\r\n'));
    });
    const result = await web(server.origin, { headers: { authorization: 'Bearer very-secret' } });
    assert.equal(result.state, 'unavailable');
    assert.doesNotMatch(JSON.stringify(result), /very-secret/);
  });
});

describe('a TCP check', () => {
  const port = (target: string): TcpResource => {
    const { status, contains, headers, authFile, caFile, insecure, method, ...rest } = httpResource('db', { target });
    return { ...rest, kind: 'tcp', host: target, timeoutMs: 1_000 };
  };

  it('is available if it connects', async () => {
    await using server = await startRawServer();
    const result = await check(port(server.name));
    assert.deepEqual(outcome(result), ['available', null, null]);
    assert.equal(result.message, `${server.name} accepts connections.`);
    await server.close();
    assert.deepEqual(outcome(await check(port(server.name))), ['unavailable', 'no-answer', 'tcp']);
    assert.deepEqual(outcome(await check(port('nowhere.invalid:5432'))), ['unavailable', 'no-answer', 'dns']);
  });
});
