import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { success } from '../../src/core/outcome.ts';
import { cleanText } from '../../src/core/text.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import { createPacer, type HostPause } from '../../src/http/pacer.ts';
import type { HttpRequest, HttpResponse, Send } from '../../src/http/send.ts';
import { createHeldClock } from '../support/fake-clock.ts';
import { requestFor } from '../support/fake-send.ts';

const A = 'https://a.example/v2/';
const B = 'https://b.example/v2/';
const FAR = Number.POSITIVE_INFINITY;

/** A paced sender whose answers the test gives, one by one; `random` is always 0. */
function scene() {
  const clock = createHeldClock(0);
  const pauses: HostPause[] = [];
  const longPauses: HostPause[] = [];
  const isTooMany = ({ status }: HttpResponse): boolean => status === 429;
  const pacer = createPacer({
    clock,
    random: () => 0,
    isTooMany,
    onPause: (pause) => pauses.push(pause),
    onLongPause: (pause) => longPauses.push(pause),
  });
  const sent: { readonly host: string; readonly answer: (status: number, retryAfter?: string) => void }[] = [];
  const wire: Send = ({ url }) =>
    new Promise((resolve) => {
      const answer = (status: number, retryAfter?: string): void => {
        const headers = new HttpHeaders(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
        resolve(
          success({
            status,
            headers,
            body: Buffer.of(),
            truncated: false,
            url,
            host: url.host,
            quote: cleanText,
            crossedOrigin: false,
          }),
        );
      };
      sent.push({ host: url.host, answer });
    });
  const outcomes: string[] = [];
  const ask = (
    url: string,
    { deadlineMs = FAR, ...more }: Partial<HttpRequest> & { deadlineMs?: number } = {},
  ): void => {
    pacer
      .withPacing(deadlineMs)(wire)(requestFor(url, more))
      .then((outcome) => outcomes.push(outcome.ok ? `${outcome.value.status}` : outcome.error.kind))
      .catch((error: Error) => outcomes.push(`threw ${error.message}`));
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const answer = async (status: number, retryAfter?: string): Promise<void> => {
    await settle();
    sent.shift()?.answer(status, retryAfter);
    await settle();
  };
  return { clock, pacer, pauses, longPauses, sent, outcomes, ask, answer, settle };
}

describe('a paced host', () => {
  it('has at most 64 concurrent requests; another host has its own 64', async () => {
    const { sent, ask, answer, settle } = scene();
    for (let at = 0; at < 120; at += 1) ask(A);
    for (let at = 0; at < 70; at += 1) ask(B);
    await settle();
    assert.equal(sent.filter(({ host }) => host === 'a.example').length, 64);
    assert.equal(sent.filter(({ host }) => host === 'b.example').length, 64);
    await answer(200);
    assert.equal(sent.filter(({ host }) => host === 'a.example').length, 64);
    assert.equal(sent.length, 128);
  });

  it('sends all that waited in the end, though some gave up', async () => {
    const { sent, ask, answer, settle, outcomes } = scene();
    const abort = new AbortController();
    for (let at = 0; at < 64; at += 1) ask(A);
    for (let at = 0; at < 10; at += 1) ask(A, { signal: abort.signal });
    for (let at = 0; at < 10; at += 1) ask(A);
    await settle();
    abort.abort(new Error('Ctrl-C'));
    while (sent.length > 0) await answer(200);
    assert.equal(outcomes.filter((one) => one === '200').length, 74);
    assert.equal(outcomes.filter((one) => one === 'threw Ctrl-C').length, 10);
  });

  it('that has no free slot before the deadline timed out', async () => {
    const { sent, ask, settle, outcomes } = scene();
    const end = new AbortController();
    for (let at = 0; at < 64; at += 1) ask(A);
    ask(A, { signal: end.signal });
    await settle();
    end.abort(new DOMException('', 'TimeoutError'));
    await settle();
    assert.deepEqual(outcomes, ['timeout']);
    assert.equal(sent.length, 64);
  });

  it('gets no request during its pause, then one, then two more for every response', async () => {
    const { clock, sent, ask, answer, settle, pauses } = scene();
    ask(A);
    await answer(429, '1');
    assert.deepEqual(pauses, [{ host: 'a.example', untilMs: 1000 }]);
    for (let at = 0; at < 20; at += 1) ask(A);
    ask(B);
    clock.pass(999);
    await settle();
    assert.deepEqual(
      sent.splice(0).map(({ host }) => host),
      ['b.example'],
    );
    clock.pass(1);
    await settle();
    assert.equal(sent.length, 1);
    await answer(200);
    assert.equal(sent.length, 2);
    await answer(404);
    await answer(200);
    assert.equal(sent.length, 4);
  });

  it('that refuses the first request after the pause is paused anew, for twice as long when it names no time', async () => {
    const { clock, ask, answer, settle, sent, pauses } = scene();
    ask(A);
    await answer(429);
    for (let at = 0; at < 5; at += 1) ask(A);
    for (const pauseMs of [500, 1000, 2000, 4000]) {
      clock.pass(pauseMs);
      await settle();
      assert.equal(sent.length, 1);
      await answer(429);
    }
    assert.deepEqual(
      pauses.map(({ untilMs }) => untilMs),
      [500, 1500, 3500, 7500, 15_500],
    );
  });

  it('reports a pause that is too long to wait for as such', async () => {
    const { ask, answer, pauses, longPauses } = scene();
    ask(A);
    await answer(429, '3600');
    assert.deepEqual([pauses, longPauses], [[], [{ host: 'a.example', untilMs: 3_600_000 }]]);
  });

  it('is not penalized twice for requests that were already running', async () => {
    const { ask, answer, settle, sent, pauses } = scene();
    for (let at = 0; at < 16; at += 1) ask(A);
    await settle();
    while (sent.length > 0) await answer(429);
    assert.deepEqual(pauses, [{ host: 'a.example', untilMs: 500 }]);
  });

  it('may request a longer pause meanwhile', async () => {
    const { ask, answer, pauses } = scene();
    ask(A);
    ask(A);
    await answer(429, '1');
    await answer(429, '7');
    assert.deepEqual(
      pauses.map(({ untilMs }) => untilMs),
      [1000, 7000],
    );
  });
});

describe('who cannot wait for a pause', () => {
  it('gets a request after six hours, even if it asked for a pause of years', async () => {
    const { clock, ask, answer, outcomes, sent, settle } = scene();
    ask(A);
    await answer(429, '99999999999');
    ask(A);
    await settle();
    assert.deepEqual(outcomes, ['429', 'paused']);
    clock.pass(6 * 3_600_000 + 1);
    ask(A);
    await settle();
    assert.equal(sent.length, 1);
  });

  it('fails without a request if its deadline comes first', async () => {
    const { ask, answer, sent, outcomes, clock } = scene();
    ask(A);
    await answer(429, '10');
    ask(A, { deadlineMs: 9000 });
    ask(A, { deadlineMs: 11_000 });
    await answer(200);
    assert.deepEqual(outcomes, ['429', 'paused']);
    assert.equal(sent.length, 0);
    assert.equal(clock.sleeping, 1);
  });

  it('fails if the pause grew while it waited', async () => {
    const { ask, answer, settle, sent, outcomes, clock } = scene();
    ask(A);
    await answer(429, '1');
    for (let at = 0; at < 3; at += 1) ask(A, { deadlineMs: 9000 });
    clock.pass(1000);
    await settle();
    assert.equal(sent.length, 1);
    await answer(429, '30');
    assert.deepEqual(outcomes, ['429', '429', 'paused', 'paused']);
  });

  it('no request waits longer than a minute, whatever the deadline', async () => {
    const { ask, answer, outcomes, sent, pauses } = scene();
    ask(A);
    await answer(429, '61');
    ask(A);
    await answer(200);
    assert.deepEqual(outcomes, ['429', 'paused']);
    assert.equal(sent.length, 0);
    assert.deepEqual(pauses, []);
  });

  it('nor a minute in pieces without a response', async () => {
    const { clock, ask, answer, settle, outcomes } = scene();
    ask(A);
    await answer(429, '40');
    for (let at = 0; at < 4; at += 1) ask(A);
    clock.pass(40_000);
    await settle();
    await answer(429, '40');
    assert.deepEqual(outcomes, ['429', '429', 'paused', 'paused', 'paused']);
    clock.pass(40_000);
    ask(A);
    await answer(200);
    assert.equal(outcomes.at(-1), '200');
  });

  it('also fails if its deadline passes while one request is tried', async () => {
    const { clock, ask, answer, settle, outcomes } = scene();
    ask(A);
    await answer(429, '1');
    const end = new AbortController();
    ask(A);
    ask(A, { signal: end.signal });
    clock.pass(1000);
    await settle();
    end.abort(new DOMException('', 'TimeoutError'));
    await settle();
    assert.deepEqual(outcomes, ['429', 'paused']);
  });
});

describe('ready', () => {
  const isReady = async ({ pacer, settle }: ReturnType<typeof scene>, host: string): Promise<boolean> => {
    let ready = false;
    pacer.ready(host, new AbortController().signal).then(() => {
      ready = true;
    });
    await settle();
    return ready;
  };

  it('waits for the pause of the registry, and of no other host', async () => {
    const it = scene();
    it.ask(A);
    await it.answer(429, '5');
    assert.deepEqual([await isReady(it, 'a.example'), await isReady(it, 'b.example')], [false, true]);
    it.clock.pass(5000);
    assert.equal(await isReady(it, 'a.example'), true);
  });

  it('waits for its token service, but not for where it redirects to', async () => {
    const it = scene();
    it.ask('https://auth.example/token', { namedBy: { registry: 'a.example', as: 'realm' } });
    await it.answer(429, '5');
    it.ask('https://cdn.example/blob', { namedBy: { registry: 'b.example', as: 'redirect' } });
    await it.answer(429, '5');
    assert.deepEqual([await isReady(it, 'a.example:5000'), await isReady(it, 'b.example')], [false, true]);
  });

  it('does not wait for a pause that ends after the time that a check may pause', async () => {
    const { pacer, ask, answer, clock } = scene();
    ask(A);
    await answer(429, '5');
    await pacer.ready('a.example', new AbortController().signal, clock.now() + 4000);
  });

  it('does not wait for a pause without waiting requests', async () => {
    const it = scene();
    it.ask(A);
    await it.answer(429, '3600');
    assert.equal(await isReady(it, 'a.example'), true);
  });

  it('rejects with the reason of the signal', async () => {
    const { pacer, ask, answer } = scene();
    ask(A);
    await answer(429, '5');
    await assert.rejects(pacer.ready('a.example', AbortSignal.abort(new Error('Ctrl-C'))), /Ctrl-C/);
  });
});
