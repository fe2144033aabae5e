import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkUntilSettled, isSettled } from '../../src/cli/wait.ts';
import { createWaitNotes } from '../../src/cli/wait-notes.ts';
import type { Policy } from '../../src/core/exit-code.ts';
import { judgementOf, type Reason } from '../../src/core/result.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { failedResult } from '../support/results.ts';
import { type FakeResults, fakeChecker } from './fake-checker.ts';

const PRESENT: Policy = { expect: 'present', warnOn: [] };
const ABSENT: Policy = { expect: 'absent', warnOn: [] };

describe('isSettled', () => {
  const cases: readonly (readonly [Reason, boolean, boolean])[] = [
    ['not-found', false, true],
    ['unreachable', false, false],
    ['registry-error', false, false],
    ['rate-limited', false, false],
    ['not-a-registry', false, false],
    ['platform-missing', false, false],
    ['incomplete', false, false],
    ['unauthorized', true, true],
    ['denied', true, true],
    ['invalid-reference', true, true],
    ['corrupt', true, false],
    ['not-an-image', true, false],
    ['legacy-schema1', true, false],
    ['local-build', true, true],
  ];
  for (const [reason, present, absent] of cases) {
    const words = (settled: boolean) => (settled ? 'is settled' : 'is retried');
    it(`${reason} ${words(present)}, and ${words(absent)} with --expect absent`, () => {
      assert.equal(isSettled(judgementOf(reason), PRESENT), present);
      assert.equal(isSettled(judgementOf(reason), ABSENT), absent);
    });
  }

  it('a failure of TLS is settled if only a change can correct it, and retried if it may pass', () => {
    const tls = judgementOf('unreachable', 'tls');
    for (const hintCode of ['trust-authority', 'check-certificate', 'check-name', 'plain-http'] as const) {
      assert.equal(isSettled({ ...tls, hintCode }, PRESENT), true, hintCode);
      assert.equal(isSettled({ ...tls, hintCode }, ABSENT), true, hintCode);
    }
    for (const hintCode of ['check-connection', 'contact-operator', null] as const) {
      assert.equal(isSettled({ ...tls, hintCode }, PRESENT), false, `${hintCode}`);
    }
    // The name of a host may be on its way through DNS.
    assert.equal(isSettled({ ...judgementOf('unreachable', 'dns'), hintCode: 'check-name' }, PRESENT), false);
  });

  it('pullable is settled, and retried with --expect absent', () => {
    const pullable = { verdict: 'pullable', reason: null, cause: null } as const;
    assert.equal(isSettled(pullable, PRESENT), true);
    assert.equal(isSettled(pullable, ABSENT), false);
  });
});

describe('checkUntilSettled', () => {
  const run = async (texts: readonly string[], answers: FakeResults, waitMs: number, interruptAfter = Number.NaN) => {
    const controller = new AbortController();
    const checker = fakeChecker(answers, () => {
      if (checker.checked.length === interruptAfter) controller.abort();
    });
    const clock = createFakeClock();
    const { signal } = controller;
    const targets = texts.map((text) => ({ text, foundAt: [] }));
    const { checkAll } = checker.createChecker({});
    const isDone = (result: Parameters<typeof isSettled>[0]) => isSettled(result, PRESENT);
    const results: string[] = [];
    const options = { waitMs, isSettled: isDone, signal, clock };
    for await (const { input, reason } of checkUntilSettled(targets, (some) => checkAll(some, { signal }), options)) {
      results.push(`${input} ${reason ?? 'pullable'} after ${checker.checked.length}`);
    }
    return { results, checked: checker.checked, sleptMs: clock.slept };
  };

  it('checks once if all pass', async () =>
    assert.deepEqual(await run(['a', 'b'], {}, 60_000), {
      results: ['a pullable after 1', 'b pullable after 2'],
      checked: ['a', 'b'],
      sleptMs: [],
    }));

  it('checks a missing image again, at increasing intervals, until it exists', async () =>
    assert.deepEqual(await run(['a'], { a: ['not-found', 'not-found', 'unreachable', 'pullable'] }, 60_000), {
      results: ['a pullable after 4'],
      checked: ['a', 'a', 'a', 'a'],
      sleptMs: [1000, 2000, 4000],
    }));

  it('never pauses longer than half a minute', async () => {
    const { sleptMs } = await run(['a'], { a: 'not-found' }, 300_000);
    assert.deepEqual(sleptMs.slice(0, 7), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    assert.equal(Math.max(...sleptMs), 30_000);
  });

  it('checks again only when the first registry accepts requests again, and not after the end', async () => {
    const clock = createFakeClock();
    const checksAt: number[] = [];
    const started = clock.now();
    const targets = ['a', 'b'].map((text) => ({ text, foundAt: [] }));
    const checkAll = async function* () {
      checksAt.push(clock.now() - started);
      yield { ...failedResult('rate-limited', null), retryAfterSeconds: 3 };
      yield { ...failedResult('rate-limited', null), retryAfterSeconds: 60 };
    };
    const pauses: number[] = [];
    const onPause = async ({ pauseMs }: { pauseMs: number }) => void pauses.push(pauseMs);
    const { signal } = new AbortController();
    const options = { waitMs: 10_000, isSettled: () => false, signal, clock, onPause };
    for await (const _ of checkUntilSettled(targets, checkAll, options));
    assert.deepEqual(pauses, [3000, 3000, 4000]);
    assert.deepEqual(checksAt, [0, 3000, 6000, 10_000]);
  });

  it('lets no check but the first pause longer than the time that is left', async () => {
    const clock = createFakeClock();
    const limits: (number | undefined)[] = [];
    const checkAll = async function* (_: unknown, pausesUntilMs?: number) {
      limits.push(pausesUntilMs);
      clock.pass(500);
      yield failedResult('registry-error', 'registry');
    };
    const { signal } = new AbortController();
    const options = { waitMs: 5000, isSettled: () => false, signal, clock };
    for await (const _ of checkUntilSettled([{ text: 'a', foundAt: [] }], checkAll, options));
    assert.deepEqual(limits, [undefined, 5000, 5000, 5000]);
  });

  it('checks a last time when the time runs out, and returns that result', async () =>
    assert.deepEqual(await run(['a'], { a: ['not-found', 'not-found', 'rate-limited'] }, 2500), {
      results: ['a rate-limited after 3'],
      checked: ['a', 'a', 'a'],
      sleptMs: [1000, 1500],
    }));

  it('checks once if there is no time to wait', async () =>
    assert.deepEqual(await run(['a'], { a: 'not-found' }, 0), {
      results: ['a not-found after 1'],
      checked: ['a'],
      sleptMs: [],
    }));

  it('does not wait for an image that cannot change', async () =>
    assert.deepEqual(await run(['a', 'b'], { a: 'denied', b: 'invalid-reference' }, 60_000), {
      results: ['a denied after 1', 'b invalid-reference after 2'],
      checked: ['a', 'b'],
      sleptMs: [],
    }));

  it('checks only unsettled images again, and keeps the order', async () =>
    assert.deepEqual(await run(['a', 'b', 'c', 'd'], { b: ['not-found', 'pullable'], d: 'denied' }, 60_000), {
      results: ['a pullable after 1', 'b pullable after 5', 'c pullable after 5', 'd denied after 5'],
      checked: ['a', 'b', 'c', 'd', 'b'],
      sleptMs: [1000],
    }));

  it('returns the results so far if it is interrupted in a later round', async () =>
    assert.deepEqual(await run(['a', 'b'], { a: ['not-found', 'unreachable'], b: 'not-found' }, 60_000, 2), {
      results: ['a not-found after 3', 'b not-found after 3'],
      checked: ['a', 'b', 'a'],
      sleptMs: [1000],
    }));

  it('returns the results so far if it is interrupted in the first round', async () =>
    assert.deepEqual(await run(['a', 'b', 'c'], { a: 'not-found' }, 60_000, 1), {
      results: ['a not-found after 2', 'b pullable after 2'],
      checked: ['a', 'b'],
      sleptMs: [],
    }));
});

describe('the notes of --wait', () => {
  const never = new AbortController().signal;
  const first = failedResult('not-found', null, { input: 'shop/web:1.5' });
  const pause = (pauseMs: number, leftMs: number, unsettled = 1, total = 1) => ({
    first,
    unsettled,
    total,
    pauseMs,
    leftMs,
  });
  const notes = (isDrawn: boolean, isVerbose = false) => {
    const clock = createFakeClock();
    return { clock, notes: createWaitNotes(180_000, clock, { isDrawn, isVerbose }) };
  };

  it('name the image, its reason and the times, once a minute where nothing can be redrawn', async () => {
    const { notes: pipe, clock } = notes(false);
    assert.equal(
      pipe.onPause(pause(4000, 179_600)),
      'Waiting for shop/web:1.5 (not found); next try in 4 s, 3 min left.',
    );
    await clock.sleep(59_000, never);
    assert.equal(pipe.onPause(pause(30_000, 120_000)), undefined);
    await clock.sleep(2000, never);
    assert.match(
      pipe.onPause(pause(30_000, 118_000, 2, 5)) ?? '',
      /^Waiting for 2 of 5 images: shop\/web:1\.5 \(.*\), …; /,
    );
  });

  it('are all written with --verbose', () => {
    const { notes: verbose } = notes(false, true);
    assert.notEqual(verbose.onPause(pause(1000, 3000)), undefined);
    assert.notEqual(verbose.onPause(pause(1000, 2000)), undefined);
  });

  it('count down on a terminal, within its width', async () => {
    const { notes: drawn, clock } = notes(true);
    assert.equal(drawn.line(80, true), undefined);
    assert.equal(drawn.onPause(pause(4000, 16_000)), undefined);
    assert.match(
      drawn.line(80, true) ?? '',
      /^Waiting for shop\/web:1\.5 \(not found.*\) · next try in 4 s · 16 s left$/,
    );
    await clock.sleep(3000, never);
    assert.match(drawn.line(80, true) ?? '', / · next try in 1 s · 13 s left$/);
    await clock.sleep(1000, never);
    assert.match(drawn.line(80, true) ?? '', / · checking again · 12 s left$/);
    assert.equal(drawn.line(60, false), 'Waiting for shop/web:1.5 (not found) - checking again');
    for (let width = 10; width < 80; width += 1) assert.ok((drawn.line(width, true) ?? '').length <= width);
  });

  it('keep the tag and the reason of an image with a long name', () => {
    const input = 'registry.example.com:5000/platform/payment/gateway:2025.11.3';
    const slow = { ...pause(4000, 16_000, 1, 2), first: failedResult('rate-limited', 'too-many-requests', { input }) };
    const { notes: drawn } = notes(true);
    drawn.onPause(slow);
    assert.equal(drawn.line(77, true), 'Waiting for 1 of 2: …/gateway:2025.11.3 (rate limited) · next try in 4 s');
    assert.equal(
      drawn.line(120, true),
      'Waiting for 1 of 2 images: …/payment/gateway:2025.11.3 (rate limited: too many requests) · next try in 4 s · 16 s left',
    );
    assert.equal(
      notes(false).notes.onPause(slow),
      `Waiting for 1 of 2 images: ${input} (rate limited: too many requests); next try in 4 s, 16 s left.`,
    );
  });

  it('say for how many images an interrupted run was waiting', () => {
    const { notes: ended } = notes(true);
    ended.onPause(pause(1000, 3000, 1, 2));
    assert.deepEqual(ended.ending(130, 1000), ['Interrupted while waiting for 1 of 2 images.']);
  });

  it('say how it ended', () => {
    const { notes: ended } = notes(true);
    assert.deepEqual(ended.ending(0, 5000), []);
    ended.onPause(pause(1000, 3000));
    assert.deepEqual(ended.ending(0, 12_000), ['All images passed after 12 s.']);
    assert.deepEqual(ended.ending(3, 9120), ['Stopped after 9.1 s: waiting longer would not change the result.']);
    ended.onUnsettled(first);
    assert.deepEqual(ended.ending(4, 180_000), ['Gave up after 3 min: not found.']);
    ended.onUnsettled(failedResult('rate-limited', 'too-many-requests'));
    assert.deepEqual(ended.ending(5, 15_540), ['Gave up after 15.5 s: not found, rate limited.']);
  });

  it('say that nothing was waited for only if waiting would not change the result', () => {
    const first = notes(true).notes;
    assert.deepEqual(first.ending(3, 200_000), ['Did not wait: waiting would not change the result.']);
    // One check, with the pauses that the registry asked for, took all of the time.
    first.onUnsettled(failedResult('rate-limited', 'too-many-requests'));
    assert.deepEqual(first.ending(5, 186_700), ['Gave up after 3 min 7 s: rate limited.']);
  });
});
