// Requests over real sockets: what counts as delivered, what is bounded, and that no secret is in a problem.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deliver, ping } from '../../../src/monitor/notify/deliver.ts';
import type { Notification } from '../../../src/monitor/notify/notification.ts';
import type { NotifierOptions, SecretUrl } from '../../../src/monitor/notify/notifier-options.ts';
import { BARE_ENV } from '../../support/command.ts';
import { createHeldClock } from '../../support/fake-clock.ts';
import { notifierTo } from '../../support/notified-run.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { flood, startRawServer } from '../../support/servers.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const NOTIFICATION: Notification = {
  ...{ id: 7, event: 'outage', atMs: 0, resource: null, from: null, to: null, reason: null, cause: null },
  ...{ message: 'It is down.', digest: null, previousDigest: null },
};
const { signal } = new AbortController();
const at = (url: string): SecretUrl => ({ kind: 'value', url });

const send = (
  url: SecretUrl,
  fields: Partial<NotifierOptions> = {},
  {
    env = {},
    clock = createHeldClock(),
  }: { env?: Readonly<Record<string, string>>; clock?: ReturnType<typeof createHeldClock> } = {},
) => {
  const notifier = notifierTo('ops', { url, ...fields });
  const options = { clock, env: { ...BARE_ENV, ...env } };
  return notifier.kind === 'ping'
    ? ping(notifier, signal, options)
    : deliver(notifier, NOTIFICATION, { view: null, outage: null, url: null }, signal, options);
};

const problemOf = (result: Awaited<ReturnType<typeof send>>): string | null =>
  result.isDelivered ? null : result.problem;

describe('a request to a notifier', () => {
  it('is a POST of JSON with the id of the event as its key', async () => {
    await using receiver = await startReceiver();
    const headers = { 'X-Team': 'shop', 'Idempotency-Key': 'mine' };
    const result = await send(at(`http://user:hunter2@${receiver.name}/hook?key=abc`), { headers });
    assert.deepEqual(result, { isDelivered: true, status: 204 });
    const [request] = receiver.received;
    assert.deepEqual([request?.method, request?.path], ['POST', '/hook?key=abc']);
    assert.equal(request?.headers['idempotency-key'], '7');
    assert.equal(request?.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(request?.headers['x-team'], 'shop');
    assert.equal(request?.headers.authorization, `Basic ${Buffer.from('user:hunter2').toString('base64')}`);
    assert.equal(JSON.parse(request?.body ?? '').id, 7);
  });

  it('says what a status means, and nothing that the receiver says', async () => {
    await using receiver = await startReceiver();
    const expected: readonly (readonly [number, string | null, boolean, boolean])[] = [
      [200, null, false, false],
      [202, null, false, false],
      [307, 'status 307: redirects are not followed', true, false],
      [400, 'status 400', true, false],
      [410, 'status 410', true, true],
      [429, 'status 429', false, false],
      [500, 'status 500', true, false],
      [503, 'status 503', false, false],
    ];
    for (const [status, problem, isRefusal, isFinal] of expected) {
      receiver.respond = () => ({ status, headers: { location: 'http://127.0.0.1:9/other', 'retry-after': '120' } });
      const result = await send(at(`${receiver.origin}/secret`));
      assert.equal(problemOf(result), problem);
      if (result.isDelivered) continue;
      assert.deepEqual([result.isRefusal, result.isFinal], [isRefusal, isFinal], String(status));
      assert.equal(result.waitMs, status === 429 || status === 503 ? 120_000 : 0);
    }
    assert.equal(receiver.received.length, expected.length);
  });

  it('ends in time if nothing comes', async () => {
    await using receiver = await startReceiver();
    const clock = createHeldClock();
    const arrived = new Promise<void>((resolve) => {
      receiver.respond = () => {
        resolve();
        return undefined;
      };
    });
    const sending = send(at(receiver.origin), {}, { clock });
    await arrived;
    clock.pass(10_000);
    assert.equal(problemOf(await sending), 'no response in time');
  });

  it('does not read an endless response', async () => {
    await using endless = await startRawServer(
      flood('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '5\r\nhello\r\n'),
    );
    assert.equal(problemOf(await send(at(endless.origin))), null);
  });

  it('names no part of the URL when it fails', async () => {
    await using closed = await startReceiver();
    await closed.close();
    await using noHttp = await startRawServer((socket) => socket.end('hunter2\r\n\r\n'));
    const problems = [
      await send(at(`http://hunter2:hunter2@${closed.name}/hunter2?hunter2`)),
      await send(at(`https://${closed.name}/hunter2`)),
      await send(at(`http://${noHttp.name}/hunter2`)),
      await send(at('http://hunter2.invalid/')),
      await send({ kind: 'env', name: 'HOOK' }, {}, { env: { HOOK: 'hunter2' } }),
    ].map(problemOf);
    assert.deepEqual(problems.slice(0, 3), [
      'no connection (ECONNREFUSED)',
      'no connection (ECONNREFUSED)',
      problems[2],
    ]);
    assert.equal(problems[4], 'the environment variable HOOK is not an http or https URL');
    for (const problem of problems) assert.doesNotMatch(problem ?? 'hunter2', /hunter2|127\.0\.0\.1/);
  });
});

describe('the URL of a notifier', () => {
  it('is read at each use, from its variable or its file', async () => {
    await using receiver = await startReceiver();
    using folder = createTemporaryFolder();
    const path = folder.write('hook', `${receiver.origin}/first\n`);
    const url: SecretUrl = { kind: 'file', path };
    await send(url);
    folder.write('hook', `\ufeff${receiver.origin}/second\r\n`);
    await send(url);
    await send({ kind: 'env', name: 'HOOK' }, {}, { env: { HOOK: `${receiver.origin}/third` } });
    assert.deepEqual(
      receiver.received.map((one) => one.path),
      ['/first', '/second', '/third'],
    );
    assert.equal(problemOf(await send({ kind: 'env', name: 'HOOK' })), 'the environment variable HOOK is not set');
    const missing = problemOf(await send({ kind: 'file', path: `${folder.path}/none` }));
    assert.match(missing ?? '', /^the file .*none cannot be read: /);
    folder.write('hook', 'hunter2');
    assert.equal(problemOf(await send(url)), `the file ${path} is not an http or https URL`);
  });
});

describe('a ping', () => {
  it('follows redirects, some of them, without its headers', async () => {
    await using receiver = await startReceiver();
    await using other: Receiver = await startReceiver();
    receiver.respond = ({ path }) =>
      path === '/ping' ? { status: 302, headers: { location: `${other.origin}/there` } } : 204;
    const fields = { kind: 'ping', headers: { 'x-token': 'hunter2' } } as const;
    assert.equal(problemOf(await send(at(`${receiver.origin}/ping`), fields)), null);
    assert.deepEqual(
      other.received.map(({ method, path }) => `${method} ${path}`),
      ['GET /there'],
    );
    assert.equal(other.received[0]?.headers['x-token'], undefined);
    let hops = 0;
    receiver.respond = () => ({ status: 302, headers: { location: `/${hops++}` } });
    assert.equal(problemOf(await send(at(`${receiver.origin}/ping`), fields)), 'it redirects too many times');
    assert.ok(hops < 10);
  });
});
