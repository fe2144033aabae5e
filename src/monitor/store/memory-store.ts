// The store that forgets at the end of the process: for the demo, for tests, and where nothing can open a file.

import { getOrCreate } from '../../core/once.ts';
import { failure, success } from '../../core/outcome.ts';
import type { RecordedOutage } from '../history/outage.ts';
import { type Changes, type DeliveryAttempt, namedResources, type Written } from './changes.ts';
import type { Stored } from './failure.ts';
import { createMemory, createMemoryResource, type MemoryResource } from './memory.ts';
import { createMemoryPruner } from './memory-prune.ts';
import { setHour, windowSince } from './memory-rollups.ts';
import type { Delivery, MonitorStore } from './store.ts';

/** Of a resource; beyond them the oldest go. Memory is for short histories. */
const MAX_CHECKS = 10_000;

export function createMemoryStore(): MonitorStore {
  const memory = createMemory();
  const { resources, events, deliveries, meta, keptFromMs } = memory;
  const prune = createMemoryPruner(memory);
  const lastId = { event: 0, outage: 0 };

  const entryOf = (id: string): MemoryResource => {
    const entry = resources.get(id);
    if (entry === undefined) throw new Error(`no such resource: ${id}`);
    return entry;
  };
  const entriesOf = (ids: readonly string[]): MemoryResource[] => ids.flatMap((id) => resources.get(id) ?? []);
  const byId = (): MemoryResource[] => [...resources.values()].sort((a, b) => (a.resource.id < b.resource.id ? -1 : 1));
  const outagesOf = (entries: Iterable<MemoryResource>): RecordedOutage[] =>
    [...entries].flatMap(({ outages }) => outages.slice()).sort((a, b) => b.id - a.id);
  const allDeliveries = (): DeliveryAttempt[] => [...deliveries.values()].flat();

  return {
    location: 'memory',
    resourcesAtOnce: 50,
    shared: null,
    failure: null,

    async saveResources(saved, atMs) {
      const archived = new Set(resources.keys());
      for (const { id, name, group, kind, target } of saved) {
        archived.delete(id);
        const resource = { id, name, group, kind, target, archivedAtMs: null };
        getOrCreate(resources, id, () => createMemoryResource(resource)).resource = resource;
      }
      for (const id of archived) {
        const entry = entryOf(id);
        entry.resource = { ...entry.resource, archivedAtMs: entry.resource.archivedAtMs ?? atMs };
      }
      return success(null);
    },

    async write(changes) {
      // All or nothing: a resource that does not exist is found before anything changes.
      for (const resource of namedResources(changes)) entryOf(resource);
      return success(apply(changes));
    },

    prune: async (cutoffs, maxRows) => success(prune(cutoffs, maxRows)),

    readOverview: async ({ sinceMs, untilMs, ids }) =>
      success(
        byId()
          .filter(({ resource }) => ids?.includes(resource.id) ?? resource.archivedAtMs === null)
          .map(({ resource, status, outages, rollups }) => ({
            resource,
            status,
            openOutage: outages.slice().findLast(({ endedAtMs }) => endedAtMs === null) ?? null,
            windows: sinceMs.map((atMs) => windowSince(rollups, keptFromMs, atMs, untilMs)),
          })),
      ),
    readArchived: async () =>
      success(byId().flatMap(({ resource }) => (resource.archivedAtMs === null ? [] : [resource]))),
    readResult: async (resource) => success(resources.get(resource)?.result ?? null),
    readChecks: async ({ resource, beforeMs = Number.POSITIVE_INFINITY, limit }) => {
      const checks = resources.get(resource)?.checks;
      const end = checks?.indexFrom(beforeMs) ?? 0;
      return success(checks?.slice(Math.max(0, end - limit), end).reverse() ?? []);
    },
    readCheckSpan: async ({ resources: ids, fromMs, toMs }) =>
      success(
        entriesOf(ids).flatMap(({ checks }) =>
          checks.slice(Math.max(0, checks.indexFrom(fromMs) - 1), checks.indexFrom(toMs)),
        ),
      ),
    readRollups: async ({ unit, resources: ids, fromMs, toMs }) =>
      success(
        entriesOf(ids).flatMap(({ rollups }) => {
          const series = rollups[unit];
          const firstMs = Math.max(fromMs, keptFromMs[unit]);
          return series.slice(series.indexFrom(firstMs), series.indexFrom(toMs));
        }),
      ),
    readPauses: async ({ resources: ids, fromMs, toMs }) =>
      success(
        entriesOf(ids).flatMap(({ pauses }) =>
          pauses.slice(0, pauses.indexFrom(toMs)).filter(({ endedAtMs }) => endedAtMs === null || endedAtMs > fromMs),
        ),
      ),
    readOutages: async ({ openOnly = false, resource, beforeId = Number.POSITIVE_INFINITY, limit }) =>
      success(
        outagesOf(resource === undefined ? resources.values() : entriesOf([resource]))
          .filter(({ id, endedAtMs }) => id < beforeId && !(openOnly && endedAtMs !== null))
          .slice(0, limit),
      ),
    readEvents: async ({ afterId, limit }) => {
      const from = events.indexFrom(afterId + 1);
      return success(events.slice(from, from + limit));
    },
    readLatestEvents: async ({ resource, limit }) =>
      success(
        events
          .slice()
          .reverse()
          .filter((event) => resource === undefined || event.resource === resource)
          .slice(0, limit),
      ),
    readDueDeliveries: async ({ nowMs, notifier, limit }) =>
      success(
        allDeliveries()
          .filter(({ nextAttemptAtMs }) => nextAttemptAtMs !== null && nextAttemptAtMs <= nowMs)
          .filter((delivery) => notifier === undefined || delivery.notifier === notifier)
          .slice(0, limit)
          .flatMap((delivery): Delivery[] => {
            const event = events.get(delivery.eventId);
            if (event === undefined) return [];
            const resource = event.resource === null ? null : (resources.get(event.resource)?.resource ?? null);
            return [{ ...delivery, event, resource }];
          }),
      ),
    async countPending() {
      const counts = new Map<string, number>();
      for (const { notifier, nextAttemptAtMs } of allDeliveries()) {
        if (nextAttemptAtMs !== null) counts.set(notifier, (counts.get(notifier) ?? 0) + 1);
      }
      return success(counts);
    },
    readMeta: async () => success(new Map(meta)),
    backupTo: async (): Stored<null> =>
      failure({
        kind: 'no-such-place',
        message: 'the running monitor keeps its history in memory; there is nothing to export',
      }),
    close: async () => undefined,
  };

  function apply(changes: Changes): Written {
    for (const check of changes.checks ?? []) {
      const { checks } = entryOf(check.resource);
      checks.set({ ...check, durationMs: Math.round(check.durationMs) });
      if (checks.length > MAX_CHECKS) checks.removeFirst(checks.length - MAX_CHECKS);
    }
    for (const hour of changes.hours ?? []) {
      if (hour.fromMs >= keptFromMs.hour) setHour(entryOf(hour.resource).rollups, hour);
    }
    for (const { resource, json } of changes.statuses ?? []) entryOf(resource).status = json;
    for (const { resource, json } of changes.results ?? []) entryOf(resource).result = json;
    for (const pause of changes.pauses ?? []) entryOf(pause.resource).pauses.set(pause);
    const outageIds = (changes.outages ?? []).map((outage) => {
      const { outages } = entryOf(outage.resource);
      const id = outages.get(outage.startedAtMs)?.id ?? ++lastId.outage;
      outages.set({ ...outage, id });
      return id;
    });
    const eventIds = (changes.events ?? []).map(({ event, notifiers }) => {
      const id = ++lastId.event;
      events.set({ ...event, id });
      const attempts = { attempts: 0, nextAttemptAtMs: event.atMs, deliveredAtMs: null, error: null };
      deliveries.set(
        id,
        [...new Set(notifiers)].sort().map((notifier) => ({ eventId: id, notifier, ...attempts })),
      );
      return id;
    });
    for (const attempt of changes.deliveries ?? []) {
      const list = deliveries.get(attempt.eventId) ?? [];
      const index = list.findIndex(({ notifier }) => notifier === attempt.notifier);
      if (list[index]?.deliveredAtMs !== null) continue;
      list[index] = { ...attempt, nextAttemptAtMs: attempt.deliveredAtMs === null ? attempt.nextAttemptAtMs : null };
    }
    for (const [key, value] of Object.entries(changes.meta ?? {})) meta.set(key, value);
    return { eventIds, outageIds };
  }
}
