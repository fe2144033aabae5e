// A process that was stopped: on a clock that the test moves, its timers fire late, all together.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { repeatIfFrozen } from '../../src/core/freeze.ts';
import { startRunningTimer } from '../../src/core/running-timer.ts';
import { createHeldClock } from '../support/fake-clock.ts';

describe('a time limit', () => {
  it('is reached after that time', () => {
    const clock = createHeldClock();
    let count = 0;
    startRunningTimer(10_000, () => (count += 1), clock);
    for (let second = 1; second < 10; second += 1) clock.pass(1_000);
    assert.equal(count, 0);
    clock.pass(1_000);
    clock.pass(60_000);
    assert.equal(count, 1);
  });

  it('does not count time in which the process is stopped', () => {
    const clock = createHeldClock();
    let isOver = false;
    startRunningTimer(10_000, () => (isOver = true), clock);
    clock.pass(500);
    clock.pass(40_000);
    for (let second = 1; second < 9; second += 1) clock.pass(1_000);
    assert.equal(isOver, false);
    clock.pass(1_000);
    assert.equal(isOver, true);
  });

  it('never ends once it is cancelled', () => {
    const clock = createHeldClock();
    const cancel = startRunningTimer(10_000, () => assert.fail('it was cancelled'), clock);
    clock.pass(1_000);
    cancel();
    for (let second = 0; second < 20; second += 1) clock.pass(1_000);
  });
});

describe('work that fails', () => {
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  /** Fails once it is told to; each time counts. */
  function start(results: readonly string[]) {
    const clock = createHeldClock();
    const left = [...results];
    const ends: ((value: string) => void)[] = [];
    const work = (): Promise<string> => new Promise((resolve) => ends.push(resolve));
    const ended = repeatIfFrozen(clock, work, (value) => value === 'good');
    return {
      ...{ clock, ended },
      count: () => ends.length,
      async end() {
        ends.at(-1)?.(left.shift() ?? '');
        await settle();
      },
    };
  }

  it('is repeated if the process was stopped meanwhile', async () => {
    const { clock, ended, end, count } = start(['timeout', 'good']);
    clock.pass(40_000);
    await end();
    assert.equal(count(), 2);
    await end();
    assert.equal(await ended, 'good');
  });

  it('is repeated if the machine slept, which stops the even clock', async () => {
    const { clock, end, count } = start(['timeout', 'good']);
    clock.set(clock.now() + 40_000);
    await end();
    assert.equal(count(), 2);
    await end();
  });

  it('is not repeated for the time that it took', async () => {
    const { clock, ended, end, count } = start(['timeout']);
    for (let second = 0; second < 60; second += 1) clock.pass(1_000);
    await end();
    assert.equal(await ended, 'timeout');
    assert.equal(count(), 1);
  });

  it('counts if it was good, and at the third attempt in any case', async () => {
    const good = start(['good']);
    good.clock.pass(40_000);
    await good.end();
    assert.equal(good.count(), 1);
    const bad = start(['timeout', 'timeout', 'timeout']);
    for (const _ of [1, 2, 3]) {
      bad.clock.pass(40_000);
      await bad.end();
    }
    assert.deepEqual([await bad.ended, bad.count()], ['timeout', 3]);
  });
});
