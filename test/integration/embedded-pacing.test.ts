// A registry that returned 429 gets no requests for as long as it asks, and no other registry waits for it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createChecker } from '../../src/check/checker.ts';
import { checkUntilSettled } from '../../src/cli/wait.ts';
import type { Result } from '../../src/core/result.ts';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { errorReply } from '../../src/demo/reply.ts';
import { BARE_ENV } from '../support/command.ts';
import { createFakeClock, createHeldClock } from '../support/fake-clock.ts';
import { type Fault, redirect, replyWith, tooManyRequests } from '../support/faults.ts';
import { startGate } from '../support/servers.ts';
import { startTokenService } from '../support/token-service.ts';

const CHECKS_PER_REGISTRY = 16;

/** Images of as many repositories, or tags of one. */
function fill(
  registry: EmbeddedRegistry,
  count: number,
  nameOf = (at: number): string => `team/app${at}:v1`,
): string[] {
  return Array.from({ length: count }, (_, at) => {
    const [repository = '', tag = ''] = nameOf(at).split(':');
    registry.put(repository, tag, createImage());
    return `${registry.name}/${repository}:${tag}`;
  });
}

/** Meets the fifth request and those after it, `times` in all. */
function refuseFifth(registry: EmbeddedRegistry, retryAfter: string, times = 1): void {
  let asked = 0;
  registry.inject(() => (++asked > 4 ? tooManyRequests(retryAfter) : undefined), { path: /manifests/, times });
}

const limited = (registry: EmbeddedRegistry): number => registry.log.filter(({ status }) => status === 429).length;

async function all(results: AsyncIterable<Result>): Promise<Result[]> {
  const list: Result[] = [];
  for await (const result of results) list.push(result);
  return list;
}

const verdictsOf = (results: readonly Result[]): string[] => [
  ...new Set(results.map(({ verdict, reason, cause }) => (reason === null ? verdict : `${reason}/${cause}`))),
];

/** A checker whose time stands still until the test lets it pass. */
function startChecker(options: Parameters<typeof createChecker>[0] = {}) {
  const clock = createHeldClock();
  const pauses: string[] = [];
  const checker = createChecker(
    { env: BARE_ENV, plainHttp: true, ...options },
    { clock, onPause: ({ host, untilMs }) => pauses.push(`${host} ${untilMs - clock.now()}`) },
  );
  return { clock, pauses, checker, [Symbol.asyncDispose]: () => checker.close() };
}

describe('a registry that returns 429', () => {
  it('gets no request during its pause, while another registry does; then every image has a result', async () => {
    await using registry = await startRegistry();
    await using other = await startRegistry();
    const images = fill(registry, 120);
    const others = fill(other, 20);
    refuseFifth(registry, '1');
    await using run = startChecker();
    const { checker, clock } = run;
    const results = all(checker.checkAll(images));
    await clock.sleepers(CHECKS_PER_REGISTRY);
    // Meanwhile those arrive that were sent before the refusal.
    assert.deepEqual(verdictsOf(await all(checker.checkAll(others))), ['pullable']);
    const asked = registry.log.length;
    clock.pass(999);
    assert.deepEqual(verdictsOf(await all(checker.checkAll(others))), ['pullable']);
    assert.equal(registry.log.length, asked);
    assert.ok(asked <= 4 + 2 * CHECKS_PER_REGISTRY, `${asked} requests before the pause took hold`);
    assert.deepEqual(run.pauses, [`${registry.name} 1000`]);

    clock.pass(1);
    assert.deepEqual(verdictsOf(await results), ['pullable']);
    assert.equal(registry.log.length, images.length + 1);
    assert.equal(limited(registry), 1);
  });

  it('does not delay other registries in the same list', async () => {
    await using registry = await startRegistry();
    await using other = await startRegistry();
    const images = [...fill(other, 5), ...fill(registry, 40)];
    registry.inject(tooManyRequests('1'), { times: CHECKS_PER_REGISTRY });
    await using run = startChecker();
    const results = run.checker.checkAll(images)[Symbol.asyncIterator]();
    assert.equal((await results.next()).value?.verdict, 'pullable');
    await run.clock.sleepers(CHECKS_PER_REGISTRY);
    for (let at = 1; at < 5; at += 1) assert.equal((await results.next()).value?.verdict, 'pullable');
    assert.equal(registry.log.length, CHECKS_PER_REGISTRY);
    run.clock.pass(1000);
    for (let at = 0; at < 40; at += 1) assert.equal((await results.next()).value?.verdict, 'pullable');
    assert.equal(registry.log.length, CHECKS_PER_REGISTRY + 40);
  });

  it('gets one request after its pause, not sixteen that would be refused again', async () => {
    await using registry = await startRegistry();
    const images = fill(registry, 40);
    registry.inject(tooManyRequests('1'), { times: CHECKS_PER_REGISTRY + 1 });
    await using run = startChecker();
    const results = all(run.checker.checkAll(images));
    await run.clock.sleepers(CHECKS_PER_REGISTRY);
    run.clock.pass(1000);
    // The one that went ahead was refused; the fifteen behind it were not sent.
    await run.clock.sleepers(CHECKS_PER_REGISTRY);
    assert.equal(registry.log.length, CHECKS_PER_REGISTRY + 1);
    run.clock.pass(1000);
    assert.deepEqual(verdictsOf(await results), ['pullable']);
    assert.equal(registry.log.length, CHECKS_PER_REGISTRY + 1 + 40);
  });

  it('for an hour: the remaining images get their verdict without a request, and when to retry', async () => {
    await using registry = await startRegistry();
    registry.inject(tooManyRequests('3600'));
    await using run = startChecker();
    const results = await all(run.checker.checkAll(fill(registry, 200)));
    assert.deepEqual(verdictsOf(results), ['rate-limited/too-many-requests']);
    assert.equal(registry.log.length, CHECKS_PER_REGISTRY);
    const unasked = results.filter(({ requests }) => requests.length === 0);
    assert.equal(unasked.length, 200 - CHECKS_PER_REGISTRY);
    for (const { verdict, message, hint } of unasked) {
      assert.equal(verdict, 'undetermined');
      assert.equal(message, `${registry.name} is rate limiting this client, so the image was not checked.`);
      assert.equal(hint, 'Try again in 1 h.');
    }
    assert.equal(run.clock.sleeping, 0);
  });

  it('forever: after a minute it is abandoned, and the run ends', async () => {
    await using registry = await startRegistry();
    registry.inject(tooManyRequests('25'));
    await using run = startChecker({ retries: 0 });
    const results = all(run.checker.checkAll(fill(registry, 200)));
    for (let pause = 0; pause < 2; pause += 1) {
      await run.clock.sleepers(CHECKS_PER_REGISTRY);
      run.clock.pass(25_000);
    }
    assert.deepEqual(verdictsOf(await results), ['rate-limited/too-many-requests']);
    assert.equal(registry.log.length, CHECKS_PER_REGISTRY + 2);
  });

  it('does not use up the time of an image that has not begun', async () => {
    await using registry = await startRegistry();
    const images = fill(registry, 20);
    registry.inject(tooManyRequests('20'), { times: 1 });
    await using run = startChecker({ timeoutMs: 10_000 });
    // Its own deadline is nearer than the end of the pause.
    const [first = '', ...rest] = images;
    assert.deepEqual(verdictsOf([await run.checker.check(first)]), ['rate-limited/too-many-requests']);
    const results = all(run.checker.checkAll(rest));
    await run.clock.sleepers(CHECKS_PER_REGISTRY);
    assert.equal(registry.log.length, 1);
    run.clock.pass(20_000);
    assert.deepEqual(verdictsOf(await results), ['pullable']);
  });

  it('is retried by --wait after its pause, and not before', async () => {
    await using registry = await startRegistry();
    const images = fill(registry, 40);
    registry.inject(tooManyRequests('120'), { times: CHECKS_PER_REGISTRY });
    await using run = startChecker();
    const { checker, clock } = run;
    const rounds: number[] = [];
    const targets = images.map((text) => ({ text, foundAt: [] }));
    const results = await all(
      checkUntilSettled(targets, (some) => checker.checkAll(some), {
        waitMs: 300_000,
        isSettled: ({ verdict }) => verdict === 'pullable',
        signal: new AbortController().signal,
        clock: {
          ...clock,
          sleep: async (durationMs) => {
            rounds.push(registry.log.length);
            clock.pass(durationMs);
          },
        },
      }),
    );
    assert.deepEqual(verdictsOf(results), ['pullable']);
    assert.deepEqual([...new Set(rounds)], [CHECKS_PER_REGISTRY]);
    assert.equal(registry.log.length, CHECKS_PER_REGISTRY + images.length);
  });
});

describe('--wait', () => {
  const waitFor = async (registry: EmbeddedRegistry, waitMs: number) => {
    const clock = createFakeClock();
    const checker = createChecker({ env: BARE_ENV, plainHttp: true }, { clock });
    const targets = fill(registry, 1).map((text) => ({ text, foundAt: [] }));
    const results = checkUntilSettled(targets, (some, pausesUntilMs) => checker.checkAll(some, { pausesUntilMs }), {
      ...{ waitMs, clock, signal: new AbortController().signal },
      isSettled: ({ verdict }) => verdict === 'pullable',
    });
    const verdicts = verdictsOf(await all(results));
    await checker.close();
    return { verdicts, tookMs: clock.elapsed() };
  };

  it('ends when its time is up, and not after the pauses of the last check', async () => {
    for (const [fault, verdict] of [
      [tooManyRequests('3'), 'rate-limited/too-many-requests'],
      [replyWith({ status: 503, headers: { 'retry-after': '3' } }), 'registry-error/registry'],
    ] as const) {
      await using registry = await startRegistry();
      registry.inject(fault);
      assert.deepEqual(await waitFor(registry, 14_000), { verdicts: [verdict], tookMs: 14_000 });
      // The first check is the one of a run without --wait: it is not cut.
      assert.deepEqual(await waitFor(registry, 5000), { verdicts: [verdict], tookMs: 6000 });
    }
  });

  it('begins a last check that has to pause no more', async () => {
    await using registry = await startRegistry();
    registry.inject(tooManyRequests('3'), { times: 5 });
    assert.deepEqual(await waitFor(registry, 20_000), { verdicts: ['pullable'], tookMs: 15_000 });
  });
});

describe('a limit with a short Retry-After', () => {
  const QUOTA = 'toomanyrequests: You have reached your pull rate limit.';
  const LOCKED = 'Too many failed login attempts for this account.';

  for (const [what, status, message, expected] of [
    ['429 of an exhausted quota', 429, QUOTA, 'rate-limited/pull-quota'],
    ['403 of an exhausted quota', 403, QUOTA, 'rate-limited/pull-quota'],
    ['503 of an exhausted quota', 503, QUOTA, 'rate-limited/pull-quota'],
    ['429 of a locked account', 429, LOCKED, 'rate-limited/login-lockout'],
    ['403 that mentions a rate limit', 403, 'API rate limit exceeded', 'rate-limited/too-many-requests'],
    ['503 that mentions a rate limit', 503, 'Please slow down', 'rate-limited/too-many-requests'],
  ] as const) {
    const limit = (retryAfter: string): Fault =>
      replyWith(errorReply(status, 'TOOMANYREQUESTS', message, undefined, { 'retry-after': retryAfter }));

    it(`is waited for, although the body says more: a ${what}`, async () => {
      await using registry = await startRegistry();
      const [image = ''] = fill(registry, 1);
      registry.inject(limit('5'), { path: /manifests/, times: 1 });
      await using run = startChecker();
      const result = run.checker.check(image);
      await run.clock.sleepers(1);
      run.clock.pass(4_999);
      assert.equal(registry.log.length, 1);
      run.clock.pass(1);
      assert.deepEqual(verdictsOf([await result]), ['pullable']);
      assert.deepEqual(
        registry.log.map((request) => request.status),
        [status, 200],
      );
    });

    it(`is not, if it is longer than the deadline allows: a ${what}`, async () => {
      await using registry = await startRegistry();
      const [image = ''] = fill(registry, 1);
      registry.inject(limit('3600'), { path: /manifests/ });
      await using run = startChecker();
      assert.deepEqual(verdictsOf([await run.checker.check(image)]), [expected]);
      assert.equal(run.clock.sleeping, 0);
      assert.equal(registry.log.filter(({ path }) => path.includes('manifests')).length, 1);
    });
  }
});

describe('a 429 of another host than the registry', () => {
  it('pauses the token service and those who need it', async () => {
    await using tokens = await startTokenService();
    await using registry = await startRegistry({ auth: 'bearer', tokens });
    tokens.inject(tooManyRequests('1'), { times: 1 });
    await using run = startChecker();
    const results = all(run.checker.checkAll(fill(registry, 40, (at) => `team/app:v${at}`)));
    await run.clock.sleepers(1);
    assert.deepEqual(run.pauses, [`${tokens.name} 1000`]);
    assert.equal(tokens.log.length, 1);
    run.clock.pass(1000);
    assert.deepEqual(verdictsOf(await results), ['pullable']);
    assert.equal(tokens.log.length, 2);
  });

  it('pauses where the layers are kept, not the registry', async () => {
    await using registry = await startRegistry();
    await using store = await startRegistry();
    const kept = createImage({ text: 'kept elsewhere' });
    for (const one of [registry, store]) one.put('team/kept', 'v1', kept);
    registry.put('team/own', 'v1', createImage({ text: 'kept here' }));
    registry.inject(({ path }) => redirect(`${store.origin}${path}`), { path: /team\/kept\/blobs/ });
    store.inject(tooManyRequests('1'), { times: 1 });
    await using run = startChecker({ proof: 'layers' });
    const slow = run.checker.check(`${registry.name}/team/kept:v1`);
    await run.clock.sleepers(1);
    assert.deepEqual(run.pauses, [`${store.name} 1000`]);
    assert.equal((await run.checker.check(`${registry.name}/team/own:v1`)).verdict, 'pullable');
    run.clock.pass(1000);
    assert.equal((await slow).verdict, 'pullable');
  });
});

describe('one registry', () => {
  it('has at most 64 concurrent requests, whatever the images and their layers', async () => {
    await using registry = await startRegistry();
    const images = Array.from({ length: 3 }, (_, at) => {
      registry.put(`team/app${at}`, 'v1', createImage({ text: `app ${at}`, layers: 120 }));
      return `team/app${at}:v1`;
    });
    await using gate = await startGate({ origin: registry.origin, gathers: /\/blobs\//, until: 64 });
    await using run = startChecker({ proof: 'layers', timeoutMs: 120_000 });
    const results = await all(run.checker.checkAll(images.map((image) => `${gate.name}/${image}`)));
    assert.deepEqual(verdictsOf(results), ['pullable']);
    assert.equal(gate.mostConcurrent(), 64);
  });
});
