// A monitor whose clock is set, on a machine that sleeps.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { found, imageResource, type MonitorRun, planOf, runMonitor } from '../../support/monitor-run.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('a clock', () => {
  const clockEvents = async (run: MonitorRun) =>
    (await run.monitor.view.eventsAfter(0, 1_000))
      .filter(({ event }) => event === 'clock')
      .map(({ message }) => message);

  it('that is set back by an hour is one event; while it catches up no second counts twice', async () => {
    let state: 'available' | 'unavailable' = 'available';
    await using run = await runMonitor({ plan: planOf([imageResource('app')]), probe: () => found(state) });
    await run.pass(2 * HOUR);
    run.clock.set(run.clock.now() - HOUR);
    await run.pass(30 * MINUTE);
    state = 'unavailable';
    await run.pass(10 * MINUTE);
    // The schedule is that of the even time, and an outage opens as ever.
    assert.equal((await run.monitor.view.outages({ openOnly: true, limit: 10 })).length, 1);
    state = 'available';
    await run.pass(HOUR);
    assert.deepEqual(await clockEvents(run), [
      'The clock was set back by 1 h. Checks add no time until the clock catches up.',
    ]);
    const [bar] = await run.monitor.view.bars({ window: '24h', buckets: 1, ids: ['app'] });
    const { available, unavailable, gap } = bar?.buckets[0]?.durations ?? assert.fail();
    assert.equal(available + unavailable + gap, DAY);
    assert.ok(available + unavailable <= 2 * HOUR + 40 * MINUTE, String(available + unavailable));
    assert.equal((await run.monitor.view.outages({ openOnly: true, limit: 10 })).length, 0);
    assert.deepEqual(run.errors, []);
  });

  it('that is set back by a day is taken as right', async () => {
    await using run = await runMonitor({ plan: planOf([imageResource('app')]), probe: () => found('available') });
    await run.pass(2 * HOUR);
    run.clock.set(run.clock.now() - DAY);
    await run.pass(HOUR);
    const nowMs = run.clock.now();
    assert.deepEqual(await clockEvents(run), [
      'The clock was set back by 24 h. The new time is assumed to be correct; entries recorded ahead of it count once that time comes.',
    ]);
    const { lastCheckedAtMs, uptime } = run.monitor.view.resource('app') ?? assert.fail();
    assert.ok(nowMs - (lastCheckedAtMs ?? 0) <= MINUTE);
    assert.ok(Math.abs((uptime['24h'].knownRatio ?? 0) * DAY - HOUR) <= 2 * MINUTE, String(uptime['24h'].knownRatio));
    assert.deepEqual(run.errors, []);
  });

  it('that is set back knows no more of a window than the window has', async () => {
    for (const backMs of [HOUR / 2, 2.5 * HOUR, 40 * DAY]) {
      await using run = await runMonitor({
        plan: planOf([imageResource('app', { intervalMs: 10 * MINUTE })]),
        probe: () => found('available'),
      });
      await run.pass(30 * HOUR, 5 * MINUTE);
      run.clock.set(run.clock.now() - backMs);
      for (let minutes = 0; minutes < 200; minutes += 50) {
        await run.pass(50 * MINUTE, MINUTE);
        const { uptime } = run.monitor.view.resource('app') ?? assert.fail();
        const knownMs = (uptime['24h'].knownRatio ?? 0) * DAY;
        assert.ok(knownMs <= DAY, `${backMs} ${minutes}: ${knownMs / HOUR} h`);
        const expected = backMs > DAY ? (minutes + 50) * MINUTE : DAY;
        assert.ok(Math.abs(knownMs - expected) <= 20 * MINUTE, `${backMs} ${minutes}: ${knownMs / HOUR} h`);
      }
    }
  });

  it('that goes forward, as in a sleep, is a gap; what was due meanwhile is checked once, soon', async () => {
    const checked: number[] = [];
    await using run = await runMonitor({
      plan: planOf([imageResource('app', { intervalMs: HOUR })]),
      probe: () => {
        checked.push(run.clock.now());
        return found('available');
      },
      isStarted: false,
    });
    run.monitor.start();
    await run.pass(10 * MINUTE);
    const before = checked.length;
    // The even time does not go on while a machine sleeps.
    run.clock.set(run.clock.now() + 8 * HOUR);
    const wokeMs = run.clock.now();
    await run.pass(2 * MINUTE);
    assert.equal(checked.length, before + 1);
    assert.ok((checked.at(-1) ?? 0) - wokeMs <= 2 * MINUTE);
    await run.pass(HOUR);
    assert.ok(checked.length - before <= 3, String(checked.length - before));
    assert.deepEqual(await clockEvents(run), [
      'The clock went forward by 8 h: it was set, or the machine slept. Resources are being checked now; time without checks counts as a gap.',
    ]);
    const { availableRatio, knownRatio } = run.monitor.view.resource('app')?.uptime['24h'] ?? assert.fail();
    assert.equal(availableRatio, 1);
    assert.ok((knownRatio ?? 1) * DAY <= 3.5 * HOUR, String(knownRatio));
  });

  it('that is corrected by seconds is no event', async () => {
    await using run = await runMonitor({ plan: planOf([imageResource('app')]), probe: () => found('available') });
    await run.pass(10 * MINUTE);
    run.clock.set(run.clock.now() - 20_000);
    await run.pass(5 * MINUTE);
    run.clock.set(run.clock.now() + 40_000);
    await run.pass(5 * MINUTE);
    assert.deepEqual(await clockEvents(run), []);
  });
});
