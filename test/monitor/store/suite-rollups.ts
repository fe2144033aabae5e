// What every store does with rollups and retention.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HourRollup } from '../../../src/monitor/store/changes.ts';
import {
  type Adapter,
  check,
  DAY,
  event,
  HOUR,
  hour,
  mustSucceed,
  openFilled,
  outage,
  pruneAll,
  resource,
  T0,
} from './store-scene.ts';

export function describeRollups(adapter: Adapter): void {
  describe(`the ${adapter.name} store: rollups`, { skip: adapter.skip ?? false }, () => {
    it('of hours come back with the gap, and are summed by day', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const first = hour('a', T0 + 22 * HOUR, { available: HOUR });
      const second = {
        ...hour('a', T0 + 23 * HOUR, { available: 1_000, unavailable: 2_000, paused: 3 }),
        responseMaxMs: 9,
      };
      const third = hour('a', T0 + 25 * HOUR, { undetermined: 60_000 });
      for (const one of [first, second, third]) mustSucceed(await store.write({ hours: [one] }));
      const read = async (unit: 'hour' | 'day', resources = ['b', 'a']) =>
        mustSucceed(await store.readRollups({ unit, resources, fromMs: T0, toMs: T0 + 2 * DAY }));
      const withGap = (one: HourRollup, gap: number, fields = {}) => ({
        ...one,
        toMs: one.fromMs + HOUR,
        ...fields,
        durations: { ...one.durations, gap },
      });
      assert.deepEqual(await read('hour'), [
        withGap(first, 0),
        withGap(second, HOUR - 3_003),
        withGap(third, HOUR - 60_000),
      ]);
      assert.deepEqual(await read('hour', ['b']), []);
      const days = await read('day');
      assert.deepEqual(
        days.map(({ fromMs, toMs, durations }) => ({ fromMs, toMs, durations })),
        [
          {
            fromMs: T0,
            toMs: T0 + DAY,
            durations: {
              available: HOUR + 1_000,
              unavailable: 2_000,
              undetermined: 0,
              paused: 3,
              gap: DAY - HOUR - 3_003,
            },
          },
          {
            fromMs: T0 + DAY,
            toMs: T0 + 2 * DAY,
            durations: { available: 0, unavailable: 0, undetermined: 60_000, paused: 0, gap: DAY - 60_000 },
          },
        ],
      );
      assert.deepEqual(days[0]?.checks, { available: 20, unavailable: 4, undetermined: 2 });
      assert.deepEqual([days[0]?.responseSumMs, days[0]?.responseMaxMs], [2_000, 300]);
    });

    it('a range has the units that begin in it', async () => {
      await using opened = await openFilled(adapter);
      const hours = [0, 1, 2, 3].map((n) => hour('a', T0 + n * HOUR, { available: n + 1 }));
      mustSucceed(await opened.store().write({ hours }));
      const query = { unit: 'hour', resources: ['a'], fromMs: T0 + 1, toMs: T0 + 2 * HOUR + 1 } as const;
      const found = mustSucceed(await opened.store().readRollups(query));
      assert.deepEqual(
        found.map(({ fromMs, durations }) => [(fromMs - T0) / HOUR, durations.available]),
        [
          [1, 2],
          [2, 3],
        ],
      );
    });

    it('an hour that is written again, or late, changes its day and leaves the other hours', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const write = async (n: number, durations: Partial<HourRollup['durations']>) =>
        mustSucceed(await store.write({ hours: [hour('a', T0 + n * HOUR, durations)] }));
      await write(1, { available: 100 });
      await write(3, { available: 300 });
      await write(2, { unavailable: 200 });
      await write(1, { available: 50, paused: 7 });
      const read = async (unit: 'hour' | 'day') =>
        mustSucceed(await store.readRollups({ unit, resources: ['a'], fromMs: T0, toMs: T0 + DAY })).map(
          ({ durations: { available, unavailable, paused }, checks }) => [
            available,
            unavailable,
            paused,
            checks.available,
          ],
        );
      assert.deepEqual(await read('hour'), [
        [50, 0, 7, 10],
        [0, 200, 0, 10],
        [300, 0, 0, 10],
      ]);
      assert.deepEqual(await read('day'), [[350, 200, 7, 30]]);
    });

    it('a window has the hour it begins in, and the sums of everything later', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      // Three days of hours; the hour 5 of the first day is missing.
      const hours = Array.from({ length: 72 }, (_, n) => hour('a', T0 + n * HOUR, { available: 1_000 + n, paused: 1 }));
      mustSucceed(await store.write({ hours: hours.filter((_, n) => n !== 5) }));
      const sinceMs = [T0 + 24 * HOUR, T0 + 30.5 * HOUR, T0 + 5.5 * HOUR, T0 - DAY, T0 + 80 * HOUR];
      const overview = mustSucceed(await store.readOverview({ sinceMs }));
      const sumFrom = (first: number) => ({
        available: hours.slice(first).reduce((sum, { durations }) => sum + durations.available, 0),
        paused: hours.length - first,
        unavailable: 0,
        undetermined: 0,
      });
      const edge = (n: number) => ({
        fromMs: T0 + n * HOUR,
        toMs: T0 + (n + 1) * HOUR,
        durations: { available: 1_000 + n, unavailable: 0, undetermined: 0, paused: 1, gap: HOUR - 1_001 - n },
      });
      const whole = sumFrom(0);
      assert.deepEqual(overview[0]?.windows, [
        { edge: edge(24), rest: sumFrom(25) },
        { edge: edge(30), rest: sumFrom(31) },
        { edge: null, rest: sumFrom(6) },
        { edge: null, rest: { ...whole, available: whole.available - 1_005, paused: 71 } },
        { edge: null, rest: { available: 0, unavailable: 0, undetermined: 0, paused: 0 } },
      ]);
      assert.equal(overview[1]?.windows[0]?.rest.available, 0);
      // What lies after a clock that was set back belongs to no window.
      for (const last of [30, 48, 53, 72]) {
        const [until] = mustSucceed(await store.readOverview({ sinceMs: [T0 + 24 * HOUR], untilMs: T0 + last * HOUR }));
        const available = sumFrom(25).available - sumFrom(last).available;
        assert.deepEqual(until?.windows[0]?.rest, { ...sumFrom(25), available, paused: last - 25 }, `${last}`);
      }
      // And again after more was written, and for a resource that is new.
      mustSucceed(await store.write({ hours: [hour('b', T0 + 72 * HOUR, { available: 7 })] }));
      mustSucceed(await store.saveResources([resource('a'), resource('b'), resource('c')], T0));
      const later = mustSucceed(await store.readOverview({ sinceMs }));
      assert.deepEqual(
        later.map(({ windows }) => windows[0]?.rest.available),
        [sumFrom(25).available, 7, 0],
      );
      assert.deepEqual(later[0], overview[0]);
    });
  });

  describe(`the ${adapter.name} store: retention`, { skip: adapter.skip ?? false }, () => {
    const cutoffs = { checksMs: T0 + 2 * DAY, hoursMs: T0 + 1.5 * DAY + 1, daysMs: T0 + DAY };

    it('removes what is older, step by step, and leaves the rest as it was', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      for (const id of ['a', 'b']) {
        const hours = Array.from({ length: 72 }, (_, n) => hour(id, T0 + n * HOUR, { available: 1_000 + n }));
        const checks = hours.map(({ fromMs }) => check(id, fromMs, { message: `at ${Math.floor(fromMs / DAY)}` }));
        mustSucceed(await store.write({ hours, checks }));
      }
      const steps = await pruneAll(store, cutoffs, 20);
      assert.ok(steps.length > 8);
      for (const { removed } of steps) assert.ok(removed <= 20);
      const query = { resources: ['a'], fromMs: T0, toMs: T0 + 5 * DAY };
      const checks = mustSucceed(await store.readCheckSpan(query));
      assert.deepEqual(
        checks.map(({ atMs, message }) => [atMs, message]),
        Array.from({ length: 24 }, (_, n) => [T0 + (48 + n) * HOUR, `at ${T0 / DAY + 2}`]),
      );
      const hours = mustSucceed(await store.readRollups({ unit: 'hour', ...query }));
      assert.deepEqual(
        hours.map(({ fromMs, durations }) => [(fromMs - T0) / HOUR, durations.available]),
        Array.from({ length: 36 }, (_, n) => [36 + n, 1_036 + n]),
      );
      const days = mustSucceed(await store.readRollups({ unit: 'day', ...query }));
      assert.deepEqual(
        days.map(({ fromMs }) => (fromMs - T0) / DAY),
        [1, 2],
      );
      assert.equal(
        days[0]?.durations.available,
        Array.from({ length: 24 }, (_, n) => 1_024 + n).reduce((a, b) => a + b),
      );
      assert.deepEqual(await pruneAll(store, cutoffs, 1_000), [{ removed: 0, done: true }]);
    });

    it('a window that begins before the kept hours has the day it begins in', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const hours = Array.from({ length: 72 }, (_, n) => hour('a', T0 + n * HOUR, { available: 1_000 }));
      mustSucceed(await store.write({ hours }));
      await pruneAll(store, cutoffs, 1_000);
      const sinceMs = [T0 + 36 * HOUR, T0 + 30 * HOUR];
      const [a] = mustSucceed(await store.readOverview({ sinceMs }));
      const [kept, before] = a?.windows ?? [];
      assert.deepEqual([kept?.edge?.fromMs, kept?.edge?.durations.available], [T0 + 36 * HOUR, 1_000]);
      assert.equal(kept?.rest.available, 35_000);
      assert.deepEqual([before?.edge?.fromMs, before?.edge?.toMs], [T0 + DAY, T0 + 2 * DAY]);
      assert.deepEqual([before?.edge?.durations.available, before?.rest.available], [24_000, 24_000]);
    });

    it('keeps open outages and pauses, and removes old events with their deliveries', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const pause = { resource: 'a', maintenance: null };
      const { eventIds } = mustSucceed(
        await store.write({
          outages: [outage('a', T0, T0 + 1), outage('b', T0 + 5), outage('a', T0 + 9, T0 + 3 * DAY)],
          pauses: [
            { ...pause, startedAtMs: T0, endedAtMs: T0 + 1 },
            { ...pause, startedAtMs: T0 + 2, endedAtMs: null },
          ],
          events: [T0, T0 + 2 * DAY].map((atMs) => ({ event: event(atMs), notifiers: ['hook'] })),
        }),
      );
      await pruneAll(store, cutoffs, 1_000);
      const outages = mustSucceed(await store.readOutages({ limit: 10 }));
      assert.deepEqual(
        outages.map(({ startedAtMs }) => startedAtMs - T0),
        [9, 5],
      );
      const pauses = mustSucceed(await store.readPauses({ resources: ['a'], fromMs: 0, toMs: T0 + 9 * DAY }));
      assert.deepEqual(
        pauses.map(({ startedAtMs }) => startedAtMs - T0),
        [2],
      );
      const events = mustSucceed(await store.readEvents({ afterId: 0, limit: 10 }));
      assert.deepEqual(
        events.map(({ id }) => id),
        [eventIds[1]],
      );
      const due = mustSucceed(await store.readDueDeliveries({ nowMs: T0 + 9 * DAY, limit: 10 }));
      assert.deepEqual(
        due.map(({ eventId }) => eventId),
        [eventIds[1]],
      );
      const later = mustSucceed(await store.write({ events: [{ event: event(T0), notifiers: [] }] })).eventIds;
      assert.ok((later[0] ?? 0) > (eventIds[1] ?? 0));
    });

    it('removes an archived resource with everything when it is old enough', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const later = T0 + 3 * DAY;
      mustSucceed(
        await store.write({
          checks: [check('b', later)],
          hours: [hour('b', T0, { available: 1 }), hour('b', later, { available: 1 })],
          outages: [outage('b', T0)],
          statuses: [{ resource: 'b', json: '1' }],
          results: [{ resource: 'b', json: '1' }],
          events: [{ event: event(later, { resource: 'b' }), notifiers: ['hook'] }],
        }),
      );
      mustSucceed(await store.saveResources([resource('a')], T0 + DAY - 1));
      await pruneAll(store, cutoffs, 3);
      assert.deepEqual(mustSucceed(await store.readArchived()), []);
      assert.deepEqual(mustSucceed(await store.readOutages({ limit: 10 })), []);
      mustSucceed(await store.saveResources([resource('a'), resource('b')], later));
      assert.deepEqual(mustSucceed(await store.readChecks({ resource: 'b', limit: 10 })), []);
      const [b] = mustSucceed(await store.readOverview({ sinceMs: [T0], ids: ['b'] }));
      assert.deepEqual([b?.status, b?.windows[0]?.rest.available], [null, 0]);
    });
  });
}
