import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RetryOptions, withRetry } from '../../src/http/retry.ts';
import type { HttpRequest, HttpResponse } from '../../src/http/send.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeSend, inOrder, requestFor, type Scripted } from '../support/fake-send.ts';

const NOW = Date.UTC(1994, 10, 6, 8, 49, 7);

/** Two retries, a minute to the deadline, `random` always 0.5, unless told. */
async function attempt(script: readonly Scripted[], more: Partial<RetryOptions> = {}, request = {}) {
  const clock = createFakeClock(NOW);
  const { send, requests } = createFakeSend(inOrder(...script));
  const options = { retries: 2, deadlineMs: NOW + 60_000, clock, random: () => 0.5, limitOf: () => undefined, ...more };
  const outcome = await withRetry(options)(send)(requestFor('https://r.example/', request as Partial<HttpRequest>));
  return { outcome, attempts: requests.map((one) => one.attempt), slept: clock.slept };
}

describe('withRetry: how long an attempt may take', () => {
  it('all of the time but a reserve while an attempt is left, then as long as the deadline allows', async () => {
    const { send, requests } = createFakeSend({ fails: { isTransient: true } });
    const clock = createFakeClock(NOW);
    const slow: typeof send = (request) => {
      clock.pass(request.patienceMs ?? 0);
      return send(request);
    };
    const options = { retries: 2, deadlineMs: NOW + 45_000, clock, random: () => 0, limitOf: () => undefined };
    await withRetry(options)(slow)(requestFor('https://r.example/'));
    // 50 ms pass before each retry.
    assert.deepEqual(
      requests.map(({ patienceMs }) => patienceMs),
      [40_000, 3_713, undefined],
    );
  });
});

describe('withRetry: the time that a timeout names', () => {
  const waited = async (spentMs: number, waitedMs: number) => {
    const clock = createFakeClock(NOW);
    const { send } = createFakeSend({ fails: { isTransient: false, waitedMs } });
    const slow: typeof send = (request) => {
      clock.pass(spentMs);
      return send(request);
    };
    const options = { retries: 0, deadlineMs: NOW + 300, limitMs: 300, clock, random: () => 0 };
    const outcome = await withRetry({ ...options, limitOf: () => undefined })(slow)(requestFor('https://r.example/'));
    return outcome.ok ? undefined : outcome.error.waitedMs;
  };

  it('is the limit of the user if the request took nearly all of it, and never more', async () => {
    assert.equal(await waited(294, 290), 300);
    assert.equal(await waited(306, 306), 300);
  });
  it('is what was measured if others took a part of it', async () => assert.equal(await waited(200, 190), 190));
});

describe('withRetry: where pauses end before the deadline', () => {
  it('an attempt after which no other can begin takes as long as the deadline allows', async () => {
    const { send, requests } = createFakeSend({ status: 503 });
    const clock = createFakeClock(NOW);
    const options = { retries: 1, deadlineMs: NOW + 45_000, clock, random: () => 0, limitOf: () => undefined };
    await withRetry({ ...options, pauseUntilMs: NOW + 20_000 })(send)(requestFor('https://r.example/'));
    assert.deepEqual(
      requests.map(({ patienceMs }) => patienceMs),
      [undefined, undefined],
    );
  });

  it('no wait is begun that ends after them', async () => {
    const { attempts } = await attempt([{ status: 429, headers: { 'retry-after': '30' } }], {
      pauseUntilMs: NOW + 20_000,
    });
    assert.deepEqual(attempts, [1]);
  });
});

describe('withRetry: what is repeated', () => {
  it('not a request with an alternative, which has the time that is kept for that', async () => {
    const { send, requests } = createFakeSend({ status: 503 });
    const options = { retries: 2, deadlineMs: NOW + 45_000, clock: createFakeClock(NOW), random: () => 0 };
    const retry = withRetry({ ...options, limitOf: () => undefined });
    await retry(send)(requestFor('https://r.example/', { hasAlternative: true }));
    assert.deepEqual(
      requests.map(({ patienceMs }) => patienceMs),
      [40_000],
    );
  });

  for (const status of [408, 425, 429, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524]) {
    it(`${status} is`, async () => {
      const { outcome, attempts } = await attempt([{ status }, { status: 200 }]);
      assert.ok(outcome.ok);
      assert.equal(outcome.value.status, 200);
      assert.deepEqual(attempts, [1, 2]);
    });
  }

  for (const status of [200, 206, 301, 400, 401, 403, 404, 405, 410, 451, 501, 505, 511]) {
    it(`${status} is not`, async () => {
      const { outcome, attempts } = await attempt([{ status }]);
      assert.ok(outcome.ok);
      assert.equal(outcome.value.status, status);
      assert.deepEqual(attempts, [1]);
    });
  }

  it('a failure that may pass is; one that will not is not', async () => {
    assert.deepEqual((await attempt([{ fails: { isTransient: true } }, {}])).attempts, [1, 2]);
    assert.deepEqual((await attempt([{ fails: { isTransient: false } }])).attempts, [1]);
  });

  it('as often as configured, then the last response is returned', async () => {
    const { outcome, attempts } = await attempt([{ status: 500 }, { fails: { isTransient: true } }, { status: 503 }]);
    assert.ok(outcome.ok);
    assert.equal(outcome.value.status, 503);
    assert.deepEqual(attempts, [1, 2, 3]);
    assert.deepEqual((await attempt([{ status: 500 }], { retries: 0 })).attempts, [1]);
  });

  it('a quota is not, unless the server sends how long to wait', async () => {
    const limitOf = () => 'long' as const;
    assert.deepEqual((await attempt([{ status: 429 }], { limitOf })).attempts, [1]);
    const limited = { status: 429, headers: { 'retry-after': '1' } };
    assert.deepEqual((await attempt([limited, {}], { limitOf })).attempts, [1, 2]);
  });

  it('a 403 that says that a limit was met is', async () => {
    const limitOf = ({ status }: HttpResponse) => (status === 403 ? 'short' : undefined);
    assert.deepEqual((await attempt([{ status: 403 }, {}], { limitOf })).attempts, [1, 2]);
  });
});

describe('withRetry: how long it waits', () => {
  const busy = (retryAfter: string, body = ''): Scripted => ({
    status: 429,
    headers: { 'retry-after': retryAfter },
    body,
  });

  it('a random part of a doubling time without Retry-After (full jitter)', async () => {
    const fail = { status: 500 };
    const script = [fail, fail, fail, fail, fail, fail, {}];
    const { slept } = await attempt(script, { retries: 6 });
    assert.deepEqual(slept, [150, 300, 600, 1200, 2400, 2500]);
    assert.deepEqual((await attempt([fail, {}], { random: () => 0 })).slept, [50]);
  });

  const obeyed: readonly [retryAfter: string, waitMs: number][] = [
    ['2', 2000],
    ['1.5', 1500],
    ['0', 50],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 50],
    ['880.092µs', 50],
    ['1m', 60_000],
  ];
  for (const [retryAfter, waitMs] of obeyed) {
    it(`Retry-After: ${retryAfter} is obeyed, never below 50 ms`, async () => {
      const { slept } = await attempt([busy(retryAfter), {}], { deadlineMs: NOW + 120_000 });
      assert.deepEqual(slept, [waitMs]);
    });
  }

  it('compares a date with the clock of the server', async () => {
    const headers = { date: 'Mon, 07 Nov 1994 10:00:00 GMT', 'retry-after': 'Mon, 07 Nov 1994 10:00:03 GMT' };
    assert.deepEqual((await attempt([{ status: 503, headers }, {}])).slept, [3000]);
  });

  it('reads the wait from the words when no header has it, and the header first', async () => {
    const words = '{"errors":[{"message":"retry-after: 2.5s, allowed: 44000/minute"}]}';
    assert.deepEqual((await attempt([{ status: 429, body: words }, {}])).slept, [2500]);
    assert.deepEqual((await attempt([busy('1', words), {}])).slept, [1000]);
    assert.deepEqual((await attempt([busy('soon', words), {}])).slept, [2500]);
  });

  it('a wait that would pass the deadline is not begun', async () => {
    for (const [retryAfter, attempts] of [
      ['59', [1, 2]],
      ['60', [1]],
      ['86400', [1]],
    ] as const) {
      const seen = await attempt([busy(retryAfter), {}]);
      assert.deepEqual(seen.attempts, attempts, retryAfter);
    }
  });

  it('is waited for as long as the deadline allows, even if waiting usually does not help', async () => {
    const more = { deadlineMs: NOW + 3_600_000, limitOf: () => 'long' as const };
    assert.deepEqual((await attempt([busy('600'), {}], more)).slept, [600_000]);
    assert.deepEqual((await attempt([busy('3601')], more)).slept, []);
    assert.deepEqual((await attempt([{ status: 429 }], more)).slept, []);
  });

  it('the deadline in the middle of a wait returns the last response', async () => {
    const signal = AbortSignal.abort(new DOMException('', 'TimeoutError'));
    const { outcome } = await attempt([{ status: 503 }], {}, { signal });
    assert.ok(outcome.ok);
    assert.equal(outcome.value.status, 503);
  });

  it('the caller giving up in the middle of a wait rejects with the reason', async () => {
    const reason = new Error('Ctrl-C');
    await assert.rejects(attempt([{ status: 503 }], {}, { signal: AbortSignal.abort(reason) }), reason);
  });
});

it('the last of several timeouts says how long the longest attempt took', async () => {
  const late = (waitedMs: number) => ({ fails: { kind: 'timeout', isTransient: true, waitedMs } }) as const;
  const { outcome } = await attempt([late(40_000), late(3_000), late(1_000)]);
  assert.equal(outcome.ok || outcome.error.waitedMs, 40_000);
});
