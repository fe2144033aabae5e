// What the tests of stores have in common. Times are of a hand-made calendar in UTC.

import assert from 'node:assert/strict';
import type { Outcome } from '../../../src/core/outcome.ts';
import type { CheckRecord } from '../../../src/monitor/history/check-record.ts';
import { draftEvent, type EventDraft } from '../../../src/monitor/history/event.ts';
import type { Outage } from '../../../src/monitor/history/outage.ts';
import type { HourRollup } from '../../../src/monitor/store/changes.ts';
import type { MonitorStore } from '../../../src/monitor/store/store.ts';

export interface Adapter {
  readonly name: string;
  /** It has everything when it is opened again. */
  readonly persists: boolean;
  /** Why it cannot be tested here. */
  readonly skip?: false | string;
  /** An empty store for one test; disposing closes and removes it. */
  open(): Promise<AdapterStore>;
}

export interface AdapterStore extends AsyncDisposable {
  store(): MonitorStore;
  /** Closes it and opens it again. */
  reopen(): Promise<void>;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A Tuesday. */
export const T0 = Date.UTC(2026, 2, 3);

export function mustSucceed<T>(outcome: Outcome<T, { readonly message: string }>): T {
  return outcome.ok ? outcome.value : assert.fail(outcome.error.message);
}

export const resource = (id: string) => ({ id, name: `The ${id}`, group: 'shop', kind: 'image', target: `${id}:1` });

export function check(id: string, atMs: number, fields: Partial<CheckRecord> = {}): CheckRecord {
  const nothing = { reason: null, cause: null, message: null, digest: null };
  return { resource: id, atMs, state: 'available', ...nothing, durationMs: 120, intervalMs: 60_000, ...fields };
}

export function hour(id: string, fromMs: number, durations: Partial<HourRollup['durations']>): HourRollup {
  return {
    resource: id,
    fromMs,
    durations: { available: 0, unavailable: 0, undetermined: 0, paused: 0, ...durations },
    checks: { available: 10, unavailable: 2, undetermined: 1 },
    responseSumMs: 1_000,
    responseMaxMs: 300,
  };
}

export const event = (atMs: number, fields: Partial<EventDraft> = {}): EventDraft =>
  draftEvent(fields.event ?? 'outage', atMs, fields);

export function outage(id: string, startedAtMs: number, endedAtMs: number | null = null): Outage {
  return { resource: id, startedAtMs, endedAtMs, reason: 'not-found', cause: 'tag', message: 'The tag is gone.' };
}

/** A store with the resources a and b. */
export async function openFilled({ open }: Adapter): Promise<AdapterStore> {
  const opened = await open();
  mustSucceed(await opened.store().saveResources([resource('a'), resource('b')], T0));
  return opened;
}

export async function pruneAll(store: MonitorStore, cutoffs: Parameters<MonitorStore['prune']>[0], maxRows: number) {
  const steps = [];
  do steps.push(mustSucceed(await store.prune(cutoffs, maxRows)));
  while (!steps.at(-1)?.done && steps.length < 10_000);
  return steps;
}

export async function everythingIn(store: MonitorStore, resources: readonly string[] = ['a', 'b']): Promise<unknown> {
  const range = { resources, fromMs: T0, toMs: T0 + DAY };
  const reads = [
    store.readOverview({ sinceMs: [T0, T0 + HOUR] }),
    store.readArchived(),
    store.readResult('a'),
    store.readCheckSpan(range),
    store.readRollups({ unit: 'hour', ...range }),
    store.readRollups({ unit: 'day', ...range }),
    store.readPauses(range),
    store.readOutages({ limit: 100 }),
    store.readEvents({ afterId: 0, limit: 100 }),
    store.readDueDeliveries({ nowMs: T0 + DAY, limit: 100 }),
    store.readMeta(),
  ];
  return (await Promise.all<Outcome<unknown, { readonly message: string }>>(reads)).map(mustSucceed);
}
