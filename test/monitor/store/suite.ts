// What every store does, run over each adapter.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MonitorStore } from '../../../src/monitor/store/store.ts';
import {
  type Adapter,
  check,
  event,
  everythingIn,
  HOUR,
  hour,
  mustSucceed,
  openFilled,
  outage,
  resource,
  T0,
} from './store-scene.ts';
import { describeEvents } from './suite-events.ts';
import { describeRollups } from './suite-rollups.ts';

export function describeStore(adapter: Adapter): void {
  describe(`the ${adapter.name} store: resources`, { skip: adapter.skip ?? false }, () => {
    it('are listed by id, without status, outage or rollups at first', async () => {
      await using opened = await adapter.open();
      mustSucceed(await opened.store().saveResources([resource('b'), { ...resource('a'), group: null }], T0));
      const overview = mustSucceed(await opened.store().readOverview({ sinceMs: [T0] }));
      const rest = { available: 0, unavailable: 0, undetermined: 0, paused: 0 };
      assert.deepEqual(overview, [
        {
          resource: { ...resource('a'), group: null, archivedAtMs: null },
          status: null,
          openOutage: null,
          windows: [{ edge: null, rest }],
        },
        {
          resource: { ...resource('b'), archivedAtMs: null },
          status: null,
          openOutage: null,
          windows: [{ edge: null, rest }],
        },
      ]);
    });

    it('are archived with their history when they leave, and continue it when they return', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      mustSucceed(await store.write({ checks: [check('b', T0 + 1)], statuses: [{ resource: 'b', json: '{"n":1}' }] }));
      mustSucceed(await store.saveResources([resource('a')], T0 + 10));
      mustSucceed(await store.saveResources([resource('a')], T0 + 20));
      assert.deepEqual(mustSucceed(await store.readArchived()), [{ ...resource('b'), archivedAtMs: T0 + 10 }]);
      assert.deepEqual(await idsOf(store), ['a']);
      mustSucceed(await store.saveResources([resource('a'), { ...resource('b'), name: 'renamed' }], T0 + 30));
      assert.deepEqual(mustSucceed(await store.readArchived()), []);
      const [b] = mustSucceed(await store.readOverview({ sinceMs: [], ids: ['b'] }));
      assert.deepEqual([b?.resource.name, b?.resource.archivedAtMs, b?.status], ['renamed', null, '{"n":1}']);
      assert.equal(mustSucceed(await store.readChecks({ resource: 'b', limit: 10 })).length, 1);
    });

    it('that were archived can be read by id', async () => {
      await using opened = await openFilled(adapter);
      mustSucceed(await opened.store().saveResources([], T0 + 10));
      const found = mustSucceed(await opened.store().readOverview({ sinceMs: [], ids: ['b', 'unknown'] }));
      assert.deepEqual(
        found.map(({ resource: { id, archivedAtMs } }) => [id, archivedAtMs]),
        [['b', T0 + 10]],
      );
    });

    it('a change that names one that was never saved is a bug, and nothing of it is kept', async () => {
      await using opened = await openFilled(adapter);
      const changes = { checks: [check('a', T0), check('unknown', T0)] };
      await assert.rejects(opened.store().write(changes), /no such resource: unknown/);
      assert.deepEqual(mustSucceed(await opened.store().readChecks({ resource: 'a', limit: 10 })), []);
    });
  });

  describe(`the ${adapter.name} store: checks`, { skip: adapter.skip ?? false }, () => {
    it('come back as they were written, newest first, before a time', async () => {
      await using opened = await openFilled(adapter);
      const full = {
        reason: 'not-found',
        cause: 'tag',
        message: 'O\'Brien said "nö" \u{1f433}\n',
        digest: 'sha256:00ff',
      };
      const checks = [
        check('a', T0),
        check('a', T0 + 60_000, { state: 'unavailable', ...full }),
        check('a', T0 + 120_000, { state: 'undetermined', ...full, cause: null, durationMs: 29_999.6 }),
      ];
      mustSucceed(await opened.store().write({ checks: [...checks, check('b', T0 + 5)] }));
      const read = async (query: object) =>
        mustSucceed(await opened.store().readChecks({ resource: 'a', limit: 100, ...query }));
      const rounded = checks.map((one) => ({ ...one, durationMs: Math.round(one.durationMs) }));
      assert.deepEqual(await read({}), rounded.toReversed());
      assert.deepEqual(await read({ limit: 1 }), [rounded[2]]);
      assert.deepEqual(await read({ beforeMs: T0 + 60_000 }), [rounded[0]]);
      assert.deepEqual(await read({ resource: 'unknown' }), []);
    });

    it('of one resource and time are one: the later replaces the earlier', async () => {
      await using opened = await openFilled(adapter);
      mustSucceed(await opened.store().write({ checks: [check('a', T0)] }));
      mustSucceed(await opened.store().write({ checks: [check('a', T0, { state: 'unavailable' })] }));
      const checks = mustSucceed(await opened.store().readChecks({ resource: 'a', limit: 10 }));
      assert.deepEqual(
        checks.map(({ state }) => state),
        ['unavailable'],
      );
    });

    it('of a span come resource by resource, oldest first, each with the last one before', async () => {
      await using opened = await openFilled(adapter);
      const times = [0, 10, 20, 30].map((ms) => T0 + ms);
      mustSucceed(await opened.store().write({ checks: times.toReversed().map((atMs) => check('a', atMs)) }));
      mustSucceed(await opened.store().write({ checks: [check('b', T0 + 25)] }));
      const span = { resources: ['b', 'a', 'unknown'], fromMs: T0 + 20, toMs: T0 + 30 };
      const found = mustSucceed(await opened.store().readCheckSpan(span));
      assert.deepEqual(
        found.map(({ resource: id, atMs }) => [id, atMs - T0]),
        [
          ['b', 25],
          ['a', 10],
          ['a', 20],
        ],
      );
    });

    it('the last result and status of a resource are kept as text', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      const json = (text: string) => [{ resource: 'a', json: text }];
      mustSucceed(await store.write({ results: json('{"old":1}'), statuses: json('1') }));
      mustSucceed(await store.write({ results: json('{"message":"<b>nö</b>"}'), statuses: json('2') }));
      assert.equal(mustSucceed(await store.readResult('a')), '{"message":"<b>nö</b>"}');
      assert.equal(mustSucceed(await store.readResult('b')), null);
      assert.deepEqual(
        mustSucceed(await store.readOverview({ sinceMs: [] })).map(({ status }) => status),
        ['2', null],
      );
    });
  });

  describeRollups(adapter);
  describeEvents(adapter);
  if (!adapter.persists) return;
  describe(`the ${adapter.name} store: opened again`, { skip: adapter.skip ?? false }, () => {
    it('has everything it had', async () => {
      await using opened = await openFilled(adapter);
      const store = opened.store();
      await store.write({
        checks: [check('a', T0, { message: 'first' })],
        hours: [hour('a', T0, { available: HOUR })],
        statuses: [{ resource: 'a', json: '{"since":1}' }],
        results: [{ resource: 'a', json: '{"verdict":"pullable"}' }],
        outages: [outage('a', T0)],
        pauses: [{ resource: 'a', startedAtMs: T0, endedAtMs: null, maintenance: 'm' }],
        events: [{ event: event(T0, { resource: 'a' }), notifiers: ['hook'] }],
        meta: { startedAt: '7' },
      });
      const before = await everythingIn(store);
      await opened.reopen();
      assert.deepEqual(await everythingIn(opened.store()), before);
      // The texts of checks are known by content, also to the next process.
      mustSucceed(await opened.store().write({ checks: [check('a', T0 + 1, { message: 'first' })] }));
      const checks = mustSucceed(await opened.store().readChecks({ resource: 'a', limit: 10 }));
      assert.deepEqual(
        checks.map(({ message }) => message),
        ['first', 'first'],
      );
    });
  });
}

async function idsOf(store: MonitorStore): Promise<string[]> {
  return mustSucceed(await store.readOverview({ sinceMs: [] })).map(({ resource: { id } }) => id);
}
