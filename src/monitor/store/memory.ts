// What the memory store consists of.

import type { CheckRecord } from '../history/check-record.ts';
import type { MonitorEvent } from '../history/event.ts';
import type { RecordedOutage } from '../history/outage.ts';
import type { DeliveryAttempt, StoredPause } from './changes.ts';
import { createMemoryRollups, type MemoryRollups } from './memory-rollups.ts';
import { createSeries, type Series } from './memory-series.ts';
import type { StoredResource } from './store.ts';

/** A resource and everything about it. */
export interface MemoryResource {
  resource: StoredResource;
  status: string | null;
  result: string | null;
  readonly checks: Series<CheckRecord>;
  readonly rollups: MemoryRollups;
  readonly outages: Series<RecordedOutage>;
  readonly pauses: Series<StoredPause>;
}

/** By id; events and their deliveries by the id of the event. */
export interface Memory {
  readonly resources: Map<string, MemoryResource>;
  readonly events: Series<MonitorEvent>;
  readonly deliveries: Map<number, DeliveryAttempt[]>;
  readonly meta: Map<string, string>;
  readonly keptFromMs: { hour: number; day: number };
}

export function createMemory(): Memory {
  return {
    resources: new Map(),
    events: createSeries(({ id }) => id),
    deliveries: new Map(),
    meta: new Map(),
    keptFromMs: { hour: 0, day: 0 },
  };
}

export function createMemoryResource(resource: StoredResource): MemoryResource {
  return {
    resource,
    status: null,
    result: null,
    checks: createSeries(({ atMs }) => atMs),
    rollups: createMemoryRollups(),
    outages: createSeries(({ startedAtMs }) => startedAtMs),
    pauses: createSeries(({ startedAtMs }) => startedAtMs),
  };
}
