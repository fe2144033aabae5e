// What every store does with outages, pauses, events and deliveries.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoredPause } from '../../../src/monitor/store/changes.ts';
import { type Adapter, DAY, event, mustSucceed, openFilled, outage, resource, T0 } from './store-scene.ts';

export function describeEvents(adapter: Adapter): void {
  describe(`the ${adapter.name} store: outages and pauses`, { skip: adapter.skip ?? false }, () => {
    it('an outage keeps its id from start to end; ids count up', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const { outageIds } = mustSucceed(await store.write({ outages: [outage('a', T0), outage('b', T0 + 1)] }));
      const [first = 0, second = 0] = outageIds;
      assert.ok(first < second);
      const ended = { ...outage('a', T0, T0 + 50), message: 'It is back.' };
      assert.deepEqual(mustSucceed(await store.write({ outages: [ended] })).outageIds, [first]);
      const { outageIds: later } = mustSucceed(await store.write({ outages: [outage('a', T0 + 100)] }));
      const read = async (query: object) => mustSucceed(await store.readOutages({ limit: 10, ...query }));
      assert.deepEqual(await read({ resource: 'a' }), [
        { id: later[0], ...outage('a', T0 + 100) },
        { id: first, ...ended },
      ]);
      const idsOfOutages = async (query: object) => (await read(query)).map(({ id }) => id);
      assert.deepEqual(await idsOfOutages({}), [later[0], second, first]);
      assert.deepEqual(await idsOfOutages({ openOnly: true }), [later[0], second]);
      assert.deepEqual(await idsOfOutages({ beforeId: second }), [first]);
      assert.deepEqual(await idsOfOutages({ limit: 1 }), [later[0]]);
      const overview = mustSucceed(await store.readOverview({ sinceMs: [] }));
      assert.deepEqual(
        overview.map(({ openOutage }) => openOutage?.id),
        [later[0], second],
      );
    });

    it('pauses are those that overlap the range; a start identifies one', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const pause = (startedAtMs: number, endedAtMs: number | null): StoredPause => ({
        ...{ resource: 'a', startedAtMs, endedAtMs, maintenance: 'upgrade' },
      });
      mustSucceed(await store.write({ pauses: [pause(T0, null), pause(T0 + 100, T0 + 200)] }));
      mustSucceed(await store.write({ pauses: [pause(T0, T0 + 10), { ...pause(T0 + 300, null), maintenance: null }] }));
      const read = async (fromMs: number, toMs: number) =>
        mustSucceed(await store.readPauses({ resources: ['a', 'b'], fromMs, toMs }));
      assert.deepEqual(await read(T0, T0 + 100), [pause(T0, T0 + 10)]);
      assert.deepEqual(await read(T0 + 10, T0 + 101), [pause(T0 + 100, T0 + 200)]);
      assert.deepEqual(await read(T0 + 200, T0 + 900), [{ ...pause(T0 + 300, null), maintenance: null }]);
    });
  });

  describe(`the ${adapter.name} store: events and deliveries`, { skip: adapter.skip ?? false }, () => {
    it('events get rising ids and are read after one', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const full = event(T0, {
        ...{ resource: 'a', from: 'available', to: 'unavailable', reason: 'not-found', cause: 'tag', message: 'gone' },
        ...{ digest: 'sha256:1', previousDigest: 'sha256:0' },
      });
      const first = mustSucceed(await store.write({ events: [{ event: full, notifiers: [] }] })).eventIds;
      const more = [event(T0 + 1, { resource: 'b' }), event(T0 + 2)].map((one) => ({ event: one, notifiers: [] }));
      const second = mustSucceed(await store.write({ events: more })).eventIds;
      const [a = 0, b = 0, c = 0] = [...first, ...second];
      assert.ok(a < b && b < c);
      const all = mustSucceed(await store.readEvents({ afterId: 0, limit: 10 }));
      assert.deepEqual(all[0], { id: a, ...full });
      assert.deepEqual(all[2], { id: c, ...event(T0 + 2) });
      const ids = (list: readonly { readonly id: number }[]) => list.map(({ id }) => id);
      assert.deepEqual(ids(mustSucceed(await store.readEvents({ afterId: a, limit: 1 }))), [b]);
      assert.deepEqual(ids(mustSucceed(await store.readLatestEvents({ limit: 2 }))), [c, b]);
      assert.deepEqual(ids(mustSucceed(await store.readLatestEvents({ resource: 'a', limit: 2 }))), [a]);
    });

    it('an event is due for each of its notifiers once', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const events = [{ event: event(T0, { resource: 'a' }), notifiers: ['slack', 'hook', 'hook'] }];
      const [eventId = 0] = mustSucceed(await store.write({ events })).eventIds;
      assert.deepEqual(mustSucceed(await store.readDueDeliveries({ nowMs: T0 - 1, limit: 10 })), []);
      const due = mustSucceed(await store.readDueDeliveries({ nowMs: T0, limit: 10 }));
      const delivery = {
        ...{ eventId, attempts: 0, nextAttemptAtMs: T0, deliveredAtMs: null, error: null },
        event: { id: eventId, ...event(T0, { resource: 'a' }) },
        resource: { ...resource('a'), archivedAtMs: null },
      };
      assert.deepEqual(due, [
        { ...delivery, notifier: 'hook' },
        { ...delivery, notifier: 'slack' },
      ]);
      assert.equal(mustSucceed(await store.readDueDeliveries({ nowMs: T0, limit: 1 })).length, 1);
      assert.deepEqual(
        mustSucceed(await store.countPending()),
        new Map([
          ['hook', 1],
          ['slack', 1],
        ]),
      );
    });

    it('a failed delivery is due later, one that was given up never', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const events = [{ event: event(T0), notifiers: ['hook', 'slack'] }];
      const [eventId = 0] = mustSucceed(await store.write({ events })).eventIds;
      const failed = { eventId, attempts: 1, deliveredAtMs: null, error: 'HTTP 503' };
      const deliveries = [
        { ...failed, notifier: 'hook', nextAttemptAtMs: T0 + 60_000 },
        { ...failed, notifier: 'slack', nextAttemptAtMs: null },
      ];
      mustSucceed(await store.write({ deliveries }));
      assert.deepEqual(mustSucceed(await store.readDueDeliveries({ nowMs: T0 + 59_999, limit: 10 })), []);
      const [again] = mustSucceed(await store.readDueDeliveries({ nowMs: T0 + 60_000, limit: 10 }));
      assert.deepEqual([again?.notifier, again?.attempts, again?.error], ['hook', 1, 'HTTP 503']);
      assert.equal(again?.resource, null);
      assert.deepEqual(mustSucceed(await store.countPending()), new Map([['hook', 1]]));
    });

    it('one that was delivered is never due again, whatever is written later', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const [eventId = 0] = mustSucceed(
        await store.write({ events: [{ event: event(T0), notifiers: ['hook'] }] }),
      ).eventIds;
      const attempt = { eventId, notifier: 'hook', attempts: 1, error: null };
      mustSucceed(await store.write({ deliveries: [{ ...attempt, nextAttemptAtMs: T0 + 5, deliveredAtMs: T0 + 1 }] }));
      mustSucceed(await store.write({ deliveries: [{ ...attempt, nextAttemptAtMs: T0 + 5, deliveredAtMs: null }] }));
      assert.deepEqual(mustSucceed(await store.readDueDeliveries({ nowMs: T0 + DAY, limit: 10 })), []);
      assert.deepEqual(mustSucceed(await store.countPending()), new Map());
    });

    it('meta values are kept by key', async () => {
      await using opened = await openFilled(adapter);
      mustSucceed(await opened.store().write({ meta: { startedAt: '1', stoppedAt: '2' } }));
      mustSucceed(await opened.store().write({ meta: { startedAt: '3' } }));
      const meta = mustSucceed(await opened.store().readMeta());
      assert.deepEqual(
        meta,
        new Map([
          ['startedAt', '3'],
          ['stoppedAt', '2'],
        ]),
      );
    });
  });
}
