import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { slotAfter, slotsOf } from '../../../src/monitor/schedule/slot.ts';
import { createScheduleScene, scheduled } from '../../support/schedule-scene.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const available = () => 'available' as const;
const START = Date.UTC(2026, 0, 15, 12);

const distances = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe('the schedule', () => {
  it('checks a new resource immediately, then at its phase of each interval', async () => {
    const { scheduler, startsOf, run } = createScheduleScene({ stateOf: available });
    scheduler.setResources([scheduled('app')]);
    await run(10 * MINUTE);
    const [first, ...others] = startsOf('app');
    assert.equal(first, 0);
    assert.ok((others[0] ?? 0) >= MINUTE / 2 && (others[0] ?? 0) < 1.5 * MINUTE + SECOND);
    for (const distance of distances(others)) assert.equal(distance, MINUTE);
  });

  it('keeps the phase over a restart', async () => {
    const phaseAfter = async (startMs: number) => {
      const { scheduler, startsOf, run } = createScheduleScene({ stateOf: available, startMs });
      scheduler.setResources([scheduled('app')]);
      await run(3 * MINUTE);
      return (startMs + (startsOf('app').at(-1) ?? 0)) % MINUTE;
    };
    assert.equal(await phaseAfter(START), await phaseAfter(START + 17 * SECOND));
  });

  it('spreads resources over the interval', async () => {
    const { scheduler, starts, run } = createScheduleScene({ stateOf: available });
    scheduler.setResources(Array.from({ length: 600 }, (_, index) => scheduled(`app${index}`, { host: 'registry' })));
    await run(2 * MINUTE);
    const perSecond = new Map<number, number>();
    for (const { atMs } of starts) {
      if (atMs > 0) perSecond.set(atMs, (perSecond.get(atMs) ?? 0) + 1);
    }
    assert.ok(Math.max(...perSecond.values()) < 40);
  });

  it('delays a check by jitter, and measures no lag from that', async () => {
    let isLate = false;
    const random = () => {
      isLate = !isLate;
      return isLate ? 0.9 : 0;
    };
    const { scheduler, startsOf, run, starts } = createScheduleScene({ stateOf: available, jitter: 0.1, random });
    scheduler.setResources([scheduled('app', { intervalMs: 100 * SECOND })]);
    await run(1_000 * SECOND);
    const apart = distances(startsOf('app').slice(1));
    assert.deepEqual(new Set(apart), new Set([91 * SECOND, 109 * SECOND]));
    assert.ok(starts.every(({ lagMs }) => lagMs < SECOND));
  });

  describe('after a restart', () => {
    it('continues where a resource was checked recently', async () => {
      const { scheduler, startsOf, run } = createScheduleScene({ stateOf: available, startMs: START });
      scheduler.setResources([scheduled('app', { intervalMs: HOUR, lastCheckedAtMs: START - MINUTE })]);
      await run(HOUR + 35 * MINUTE);
      const [first = 0] = startsOf('app');
      assert.ok(first >= 29 * MINUTE && first < 89 * MINUTE + SECOND, `${first}`);
    });

    it('makes up for the earliest slot first, whatever the interval, and counts no lag from before', async () => {
      const { scheduler, starts, end } = createScheduleScene({ startMs: START, limits: { total: 1, perHost: 1 } });
      const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
      const times = new Map(
        ids.map((id, index) => {
          const intervalMs = index % 2 === 0 ? HOUR : MINUTE;
          const lastCheckedAtMs = START - 2 * intervalMs - index * 1_000;
          return [id, { intervalMs, lastCheckedAtMs, slotMs: slotAfter(slotsOf(id, intervalMs, 0), lastCheckedAtMs) }];
        }),
      );
      scheduler.setResources([
        scheduled('new'),
        ...[...times].map(([id, { intervalMs, lastCheckedAtMs }]) => scheduled(id, { intervalMs, lastCheckedAtMs })),
      ]);
      await end('new');
      for (const _ of ids) await end(starts.at(-1)?.id ?? '');
      const slotOf = (id: string): number => times.get(id)?.slotMs ?? 0;
      const earliestFirst = [...ids].sort((a, b) => slotOf(a) - slotOf(b));
      assert.deepEqual(
        starts.map(({ id }) => id),
        ['new', ...earliestFirst],
      );
      assert.ok(starts.every(({ lagMs }) => lagMs === 0));
    });

    it('checks what was never checked first, then what is most overdue', async () => {
      const { scheduler, starts, end } = createScheduleScene({ startMs: START, limits: { total: 1, perHost: 1 } });
      scheduler.setResources([
        scheduled('late', { lastCheckedAtMs: START - HOUR }),
        scheduled('later', { lastCheckedAtMs: START - 2 * HOUR }),
        scheduled('new'),
      ]);
      // The first place was taken as soon as there was one.
      for (const id of ['new', 'later', 'late']) {
        assert.equal(starts.at(-1)?.id, id);
        await end(id);
      }
    });

    it('believes no time in the future', async () => {
      const { scheduler, startsOf, run } = createScheduleScene({ stateOf: available, startMs: START });
      scheduler.setResources([scheduled('app', { lastCheckedAtMs: START + 24 * HOUR })]);
      await run(2 * MINUTE);
      assert.ok(startsOf('app').length >= 1);
    });
  });

  it('makes up for missed runs with one', async () => {
    const { scheduler, starts, startsOf, clock, run } = createScheduleScene({ stateOf: available });
    scheduler.setResources([scheduled('app')]);
    await run(5 * MINUTE);
    const before = startsOf('app').length;
    const skippedBefore = scheduler.status().skipped;
    clock.pass(HOUR);
    await run(0);
    assert.equal(startsOf('app').length, before + 1);
    assert.equal(scheduler.status().skipped - skippedBefore, 59);
    assert.ok((starts.at(-1)?.lagMs ?? 0) > 58 * MINUTE);
    await run(5 * MINUTE);
    assert.equal(startsOf('app').length, before + 6);
  });

  it('starts a check that took longer than the interval again when it ends, once', async () => {
    const { scheduler, startsOf, run, end } = createScheduleScene();
    scheduler.setResources([scheduled('slow')]);
    await run(5 * MINUTE);
    assert.deepEqual(startsOf('slow'), [0]);
    await end('slow');
    assert.deepEqual(startsOf('slow'), [0, 5 * MINUTE]);
    assert.equal(scheduler.status().skipped, 3 + (5 * MINUTE - firstSlot('slow') >= 4 * MINUTE ? 1 : 0));
  });

  it('is not moved when the clock of the machine is set', async () => {
    const { scheduler, startsOf, run, clock } = createScheduleScene({ stateOf: available, startMs: START });
    scheduler.setResources([scheduled('app')]);
    await run(5 * MINUTE);
    clock.set(START - 30 * 24 * HOUR);
    await run(5 * MINUTE);
    clock.set(START + 365 * 24 * HOUR);
    await run(5 * MINUTE);
    assert.deepEqual(new Set(distances(startsOf('app').slice(1))), new Set([MINUTE]));
    assert.equal(scheduler.status().skipped, 0);
    const next = scheduler.nextCheckAtMs('app') ?? 0;
    assert.ok(next > clock.now() && next <= clock.now() + MINUTE);
  });

  describe('after an undetermined check', () => {
    for (const [intervalMs, retryMs] of [
      [10 * SECOND, 10 * SECOND],
      [MINUTE, 12 * SECOND],
      [5 * MINUTE, MINUTE],
      [HOUR, 12 * MINUTE],
    ] as const) {
      it(`checks again after ${retryMs / SECOND} s at an interval of ${intervalMs / SECOND} s`, async () => {
        const { scheduler, startsOf, run } = createScheduleScene({ stateOf: () => 'undetermined' });
        scheduler.setResources([scheduled('app', { intervalMs })]);
        await run(3 * retryMs);
        assert.deepEqual(startsOf('app'), [0, retryMs, 2 * retryMs, 3 * retryMs]);
      });
    }

    it('measures from the end of the check, and returns to its phase', async () => {
      const { scheduler, startsOf, run, end } = createScheduleScene();
      scheduler.setResources([scheduled('app', { intervalMs: 5 * MINUTE })]);
      await run(30 * SECOND);
      await end('app', 'undetermined');
      await run(MINUTE);
      assert.deepEqual(startsOf('app'), [0, 90 * SECOND]);
      await end('app', 'unavailable');
      await run(10 * MINUTE);
      assert.equal(((startsOf('app')[2] ?? 0) - firstSlot('app', 5 * MINUTE)) % (5 * MINUTE) < SECOND, true);
    });
  });

  describe('hosts', () => {
    it('a dead host delays no other', async () => {
      const { scheduler, starts, run } = createScheduleScene({
        stateOf: (id) => (id.startsWith('dead') ? undefined : 'available'),
      });
      const dead = Array.from({ length: 200 }, (_, index) => scheduled(`dead${index}`, { host: 'dead' }));
      const good = Array.from({ length: 20 }, (_, index) => scheduled(`good${index}`, { host: 'good' }));
      scheduler.setResources([...dead, ...good]);
      await run(10 * MINUTE);
      assert.equal(starts.filter(({ id }) => id.startsWith('dead')).length, 8);
      const ofGood = starts.filter(({ id }) => id.startsWith('good'));
      assert.ok(ofGood.length >= 20 * 10);
      assert.ok(ofGood.every(({ lagMs }) => lagMs < SECOND));
      assert.deepEqual([scheduler.status().running, scheduler.status().waiting], [8, 192]);
      assert.equal(scheduler.status().lagMs, 10 * MINUTE);
    });

    it('many hosts that do not respond leave half of the places', async () => {
      const { scheduler, starts, run, end } = createScheduleScene({
        limits: { total: 4, perHost: 2 },
        stateOf: (id) => (id.startsWith('dead') ? undefined : 'available'),
      });
      const dead = Array.from({ length: 8 }, (_, index) => scheduled(`dead${index}`));
      scheduler.setResources(dead);
      for (const { id } of dead) await end(id, 'undetermined', false);
      await run(30 * SECOND);
      assert.equal(scheduler.status().running, 2);
      scheduler.setResources([...dead, scheduled('good')]);
      assert.equal(starts.at(-1)?.id, 'good');
    });
  });

  describe('a manual check', () => {
    it('starts immediately, and the phase stays', async () => {
      const { scheduler, starts, startsOf, run } = createScheduleScene({ stateOf: available });
      scheduler.setResources([scheduled('app', { intervalMs: HOUR })]);
      await run(2 * HOUR);
      const phase = (startsOf('app').at(-1) ?? 0) % HOUR;
      await run(10 * MINUTE);
      assert.equal(scheduler.requestCheck('app'), 'accepted');
      assert.deepEqual(starts.at(-1), { id: 'app', atMs: 2 * HOUR + 10 * MINUTE, lagMs: 0, isManual: true });
      await run(2 * HOUR);
      assert.equal((startsOf('app').at(-1) ?? 0) % HOUR, phase);
      assert.equal(starts.at(-1)?.isManual, false);
    });

    it('is refused more than once a second', async () => {
      const { scheduler, startsOf, clock, run } = createScheduleScene({ stateOf: available });
      scheduler.setResources([scheduled('app'), scheduled('other')]);
      await run(0);
      assert.equal(scheduler.requestCheck('app'), 'accepted');
      assert.equal(scheduler.requestCheck('app'), 'too-often');
      assert.equal(scheduler.requestCheck('other'), 'accepted');
      await run(0);
      clock.pass(999);
      assert.equal(scheduler.requestCheck('app'), 'too-often');
      clock.pass(1);
      assert.equal(scheduler.requestCheck('app'), 'accepted');
      assert.deepEqual(startsOf('app'), [0, 0, SECOND]);
    });

    it('is refused for a resource that is unknown or paused', () => {
      const { scheduler } = createScheduleScene();
      scheduler.setResources([scheduled('app', { isPaused: true })]);
      assert.equal(scheduler.requestCheck('app'), 'paused');
      assert.equal(scheduler.requestCheck('other'), 'unknown');
    });

    it('follows the one that is running', async () => {
      const { scheduler, startsOf, run, end } = createScheduleScene();
      scheduler.setResources([scheduled('app')]);
      await run(3 * SECOND);
      assert.equal(scheduler.requestCheck('app'), 'accepted');
      assert.deepEqual(startsOf('app'), [0]);
      await end('app');
      assert.deepEqual(startsOf('app'), [0, 3 * SECOND]);
      await end('app');
      await run(SECOND);
      assert.equal(startsOf('app').length, 2);
    });

    it('comes before everything else that waits for the host', async () => {
      const { scheduler, starts, end } = createScheduleScene({ limits: { total: 1, perHost: 1 } });
      scheduler.setResources(['a', 'b', 'c'].map((id) => scheduled(id, { host: 'one' })));
      scheduler.requestCheck('c');
      await end('a');
      assert.deepEqual([starts.at(-1)?.id, starts.at(-1)?.isManual], ['c', true]);
    });
  });

  describe('a pause', () => {
    it('has no checks, and resumes', async () => {
      const { scheduler, startsOf, run } = createScheduleScene({ stateOf: available });
      scheduler.setResources([scheduled('app'), scheduled('other')]);
      await run(2 * MINUTE);
      const before = startsOf('app').length;
      scheduler.setPaused('app', true);
      assert.equal(scheduler.nextCheckAtMs('app'), null);
      await run(10 * MINUTE);
      assert.equal(startsOf('app').length, before);
      assert.ok(startsOf('other').length >= 12);
      scheduler.setPaused('app', false);
      assert.equal(startsOf('app').at(-1), 12 * MINUTE);
      await run(5 * MINUTE);
      assert.equal(startsOf('app').length, before + 6);
      assert.equal(scheduler.status().skipped, 0);
    });

    it('that is shorter than the interval changes no phase', async () => {
      const { scheduler, startsOf, run } = createScheduleScene({ stateOf: available });
      scheduler.setResources([scheduled('app', { intervalMs: HOUR })]);
      await run(2 * HOUR);
      scheduler.setPaused('app', true);
      await run(MINUTE);
      scheduler.setPaused('app', false);
      await run(2 * HOUR);
      assert.deepEqual(new Set(distances(startsOf('app').slice(1))), new Set([HOUR]));
    });

    it('lets a running check end, and starts no other', async () => {
      const { scheduler, startsOf, run, end } = createScheduleScene();
      scheduler.setResources([scheduled('app')]);
      scheduler.requestCheck('app');
      scheduler.setPaused('app', true);
      await end('app');
      await run(5 * MINUTE);
      assert.deepEqual(startsOf('app'), [0]);
      scheduler.setPaused('app', false);
      assert.deepEqual(startsOf('app'), [0, 5 * MINUTE]);
    });

    it('begins and ends with the configuration', async () => {
      const { scheduler, startsOf, run } = createScheduleScene({ stateOf: available });
      scheduler.setResources([scheduled('app', { isPaused: true })]);
      await run(2 * MINUTE);
      assert.deepEqual(startsOf('app'), []);
      scheduler.setResources([scheduled('app')]);
      assert.deepEqual(startsOf('app'), [2 * MINUTE]);
    });
  });

  describe('a reload', () => {
    it('changes nothing for resources that stay', async () => {
      const { scheduler, startsOf, run } = createScheduleScene({ stateOf: available });
      scheduler.setResources([scheduled('app')]);
      for (let minute = 0; minute < 10; minute += 1) {
        await run(MINUTE);
        scheduler.setResources([scheduled(`new${minute}`), scheduled('app', { lastCheckedAtMs: 0 })]);
      }
      assert.deepEqual(new Set(distances(startsOf('app').slice(1))), new Set([MINUTE]));
    });

    it('checks added resources immediately, and removed ones no more', async () => {
      const { scheduler, starts, startsOf, run } = createScheduleScene({ stateOf: available });
      scheduler.setResources([scheduled('old')]);
      await run(MINUTE + 30 * SECOND);
      const before = startsOf('old').length;
      scheduler.setResources([scheduled('new')]);
      assert.equal(starts.at(-1)?.id, 'new');
      await run(5 * MINUTE);
      assert.equal(startsOf('old').length, before);
      assert.equal(scheduler.nextCheckAtMs('old'), null);
      assert.equal(scheduler.requestCheck('old'), 'unknown');
    });

    it('does not schedule a removed resource again when its check ends', async () => {
      const { scheduler, startsOf, run, end } = createScheduleScene();
      scheduler.setResources([scheduled('app')]);
      scheduler.setResources([]);
      await end('app');
      await run(5 * MINUTE);
      assert.deepEqual(startsOf('app'), [0]);
      scheduler.setResources([scheduled('app')]);
      assert.deepEqual(startsOf('app'), [0, 5 * MINUTE]);
    });

    it('uses a shorter interval soon, and is not late with a longer one', async () => {
      const { scheduler, startsOf, run } = createScheduleScene({ stateOf: available });
      scheduler.setResources([scheduled('app', { intervalMs: HOUR })]);
      await run(2 * HOUR);
      scheduler.setResources([scheduled('app', { intervalMs: MINUTE })]);
      await run(10 * MINUTE);
      assert.ok(startsOf('app').filter((atMs) => atMs > 2 * HOUR).length >= 9);
      const due = (scheduler.nextCheckAtMs('app') ?? 0) - Date.UTC(2026, 0, 1);
      scheduler.setResources([scheduled('app', { intervalMs: HOUR })]);
      await run(2 * MINUTE);
      const last = startsOf('app').at(-1) ?? 0;
      assert.ok(last >= due && last < due + SECOND, 'at most two of the old intervals after the last check');
    });

    it('moves what waits for a host to its new host', async () => {
      const { scheduler, starts, end } = createScheduleScene({ limits: { total: 4, perHost: 1 } });
      scheduler.setResources([scheduled('a', { host: 'one' }), scheduled('b', { host: 'one' })]);
      assert.equal(starts.length, 1);
      scheduler.setResources([scheduled('a', { host: 'one' }), scheduled('b', { host: 'two' })]);
      assert.equal(starts.at(-1)?.id, 'b');
      await end('a');
      await end('b');
      assert.equal(scheduler.status().running, 0);
    });
  });

  describe('status', () => {
    it('says how late the schedule is, how many checks run and wait', async () => {
      const { scheduler, end, run } = createScheduleScene({ limits: { total: 1, perHost: 1 } });
      assert.deepEqual(scheduler.status(), { lagMs: 0, skipped: 0, running: 0, waiting: 0, idleMs: 0 });
      scheduler.setResources([scheduled('a'), scheduled('b')]);
      await run(7 * SECOND);
      assert.deepEqual(scheduler.status(), {
        lagMs: 7 * SECOND,
        skipped: 0,
        running: 1,
        waiting: 1,
        idleMs: 7 * SECOND,
      });
      await end('a');
      assert.deepEqual(scheduler.status(), { lagMs: 0, skipped: 0, running: 1, waiting: 0, idleMs: 0 });
    });

    it('shows that the loop is stuck', async () => {
      const { scheduler, clock, run } = createScheduleScene();
      await run(10 * MINUTE);
      assert.ok(scheduler.status().idleMs <= MINUTE);
      clock.set(0);
      assert.ok(scheduler.status().idleMs <= MINUTE);
    });
  });

  it('goes on after a bug in a check', async () => {
    const { scheduler, startsOf, errors, fail, run } = createScheduleScene();
    const bug = new Error('bug');
    scheduler.setResources([scheduled('app')]);
    await fail('app', bug);
    assert.deepEqual(errors, [bug]);
    await run(12 * SECOND);
    assert.deepEqual(startsOf('app'), [0, 12 * SECOND]);
  });

  it('keeps checks at most one and a half intervals apart, whatever is requested', async () => {
    const states = ['available', 'undetermined', 'unavailable', 'available'] as const;
    for (const random of [0, 0.5, 0.99]) {
      let count = 0;
      const stateOf = () => states[count++ % states.length];
      const { scheduler, startsOf, run } = createScheduleScene({ stateOf, jitter: 0.5, random: () => random });
      scheduler.setResources([scheduled('app', { intervalMs: 5 * MINUTE })]);
      for (let step = 0; step < 100; step += 1) {
        await run(((step * 37) % 500) * SECOND);
        scheduler.requestCheck('app');
      }
      for (const distance of distances(startsOf('app'))) assert.ok(distance <= 7.5 * MINUTE + SECOND, `${distance}`);
    }
  });

  describe('stop', () => {
    it('starts nothing more, and waits for what is running', async () => {
      const { scheduler, starts, end, run } = createScheduleScene();
      scheduler.setResources([scheduled('app')]);
      let isStopped = false;
      const stopped = scheduler.stop(10 * SECOND).then(() => {
        isStopped = true;
      });
      await run(5 * SECOND);
      assert.equal(isStopped, false);
      await end('app');
      await stopped;
      scheduler.setResources([scheduled('app'), scheduled('new')]);
      await run(5 * MINUTE);
      assert.equal(starts.length, 1);
    });

    it('aborts what is still running after the grace', async () => {
      const { scheduler, run } = createScheduleScene();
      scheduler.setResources([scheduled('app')]);
      const stopped = scheduler.stop(10 * SECOND);
      await run(10 * SECOND);
      await stopped;
    });
  });

  it('waits with a timer of a minute at most', async () => {
    const durations: number[] = [];
    const scene = createScheduleScene();
    const clock = {
      ...scene.clock,
      startTimer: (durationMs: number, onTime: () => void) => {
        durations.push(durationMs);
        return scene.clock.startTimer(durationMs, onTime);
      },
    };
    const { scheduler, run } = createScheduleScene({ clock, stateOf: available });
    scheduler.setResources([scheduled('app', { intervalMs: 60 * 24 * HOUR })]);
    await run(0);
    assert.ok(durations.length > 0 && durations.every((duration) => duration >= 0 && duration <= MINUTE));
  });
});

/** The first slot of a resource that was checked when the scene began. */
function firstSlot(id: string, intervalMs = MINUTE): number {
  return slotAfter(slotsOf(id, intervalMs, Date.UTC(2026, 0, 1)), 0);
}
