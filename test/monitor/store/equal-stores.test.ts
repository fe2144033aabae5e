import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { Changes } from '../../../src/monitor/store/changes.ts';
import { createMemoryStore } from '../../../src/monitor/store/memory-store.ts';
import { loadDriver } from '../../../src/monitor/store/sqlite-driver.ts';
import type { MonitorStore } from '../../../src/monitor/store/store.ts';
import { withoutPostgres } from '../../support/postgres-server.ts';
import { startPostgresStores } from './postgres-stores.ts';
import {
  check,
  DAY,
  event,
  everythingIn,
  HOUR,
  hour,
  mustSucceed,
  outage,
  pruneAll,
  resource,
  T0,
} from './store-scene.ts';
import { openTemporaryStore } from './temporary-store.ts';

const id = fc.constantFrom('a', 'b');
const time = fc.integer({ min: 0, max: 5 * DAY }).map((ms) => T0 + ms);
const text = fc.option(fc.constantFrom('tag', 'nö', ''), { nil: null });
const state = fc.constantFrom('available', 'unavailable', 'undetermined' as const);
const few = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 6 });

/** Hours as the history writes them, in any order, some of them twice. */
const hours = few(
  fc
    .tuple(
      id,
      fc.integer({ min: 0, max: 5 * 24 }),
      fc.integer({ min: 0, max: HOUR / 2 }),
      fc.integer({ min: 0, max: 9 }),
    )
    .map(([resourceId, n, available, paused]) => hour(resourceId, T0 + n * HOUR, { available, paused })),
);

const changes: fc.Arbitrary<Changes> = fc.record(
  {
    hours,
    checks: few(
      fc
        .tuple(id, time, state, text, text)
        .map(([resourceId, atMs, checked, reason, message]) =>
          check(resourceId, atMs, { state: checked, reason, message }),
        ),
    ),
    statuses: few(fc.record({ resource: id, json: fc.json() })),
    outages: few(
      fc
        .tuple(id, time, fc.option(fc.integer({ min: 1, max: DAY }), { nil: null }))
        .map(([resourceId, atMs, length]) => outage(resourceId, atMs, length === null ? null : atMs + length)),
    ),
    pauses: few(
      fc.tuple(id, time, text).map(([resourceId, atMs, maintenance]) => ({
        ...{ resource: resourceId, startedAtMs: atMs, endedAtMs: atMs + HOUR, maintenance },
      })),
    ),
    events: few(
      fc.tuple(fc.option(id, { nil: null }), text).map(([resourceId, message]) => ({
        ...{ event: event(T0, { resource: resourceId, message }), notifiers: ['hook', 'slack'] },
      })),
    ),
    deliveries: few(
      fc.record({
        eventId: fc.integer({ min: 1, max: 9 }),
        notifier: fc.constantFrom('hook', 'slack'),
        attempts: fc.nat(9),
        nextAttemptAtMs: fc.option(time, { nil: null }),
        deliveredAtMs: fc.option(time, { nil: null }),
        error: text,
      }),
    ),
  },
  { requiredKeys: [] },
);

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: changes.map((written) => (store: MonitorStore) => store.write(written)) },
    time.map((atMs) => (store: MonitorStore) => {
      return pruneAll(store, { checksMs: atMs, hoursMs: atMs - HOUR, daysMs: atMs - 2 * DAY }, 1_000);
    }),
    fc.tuple(fc.subarray(['a', 'b']), time).map(
      ([ids, atMs]) =>
        (store: MonitorStore) =>
          store.saveResources(ids.map(resource), atMs),
    ),
  ),
  { maxLength: 8 },
);

/** Windows too, which begin anywhere. The ids of outages rise in each store, but need not be the same. */
async function readAll(store: MonitorStore): Promise<unknown> {
  const sinceMs = [0, 17.5 * HOUR, 36 * HOUR, 3 * DAY + 1, 9 * DAY].map((ms) => T0 + ms);
  const overview = mustSucceed(await store.readOverview({ sinceMs, ids: ['a', 'b'] }));
  const outages = mustSucceed(await store.readOutages({ limit: 1_000 })).map(({ id: outageId }) => outageId);
  const everything = { overview, all: await everythingIn(store) };
  return JSON.parse(JSON.stringify(everything), (_, value) =>
    value?.startedAtMs !== undefined && value.id !== undefined ? { ...value, id: outages.indexOf(value.id) } : value,
  );
}

type Opened = AsyncDisposable & { store(): MonitorStore };

async function assertEqual(open: () => Promise<Opened>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      await using opened = await open();
      const memory = createMemoryStore();
      for (const store of [memory, opened.store()]) {
        mustSucceed(await store.saveResources([resource('a'), resource('b')], T0));
        // A resource that retention removed returns.
        for (const step of run) {
          await step(store);
          const missing = mustSucceed(await store.readOverview({ sinceMs: [], ids: ['a', 'b'] })).length < 2;
          if (missing) mustSucceed(await store.saveResources([resource('a'), resource('b')], T0));
        }
      }
      assert.deepEqual(await readAll(opened.store()), await readAll(memory));
    }),
    { numRuns },
  );
}

it('an SQLite store gives what a memory store gives, whatever was written', async () => {
  const found = (await loadDriver()) ?? assert.fail('no driver');
  // Without a disk to wait for.
  const driver = { ...found, open: () => found.open(':memory:') };
  await assertEqual(() => openTemporaryStore(driver), 100);
});

it('a PostgreSQL store gives what a memory store gives, whatever was written', { skip: withoutPostgres }, async () => {
  await using stores = await startPostgresStores();
  await assertEqual(() => stores.open(), 25);
});
