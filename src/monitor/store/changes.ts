// What is written to a store: each change is kept whole or not at all.

import type { CheckedState, CheckRecord } from '../history/check-record.ts';
import type { EventDraft } from '../history/event.ts';
import type { Outage } from '../history/outage.ts';
import type { Lease } from './lease.ts';

export type TimedState = CheckedState | 'paused';

/**
 * The resource and the hour identify it: written again, it is changed. One that is older than retention is ignored. The
 * store keeps the sums of each day.
 */
export interface HourRollup {
  readonly resource: string;
  /** The beginning of an hour in UTC. */
  readonly fromMs: number;
  readonly durations: Readonly<Record<TimedState, number>>;
  readonly checks: Readonly<Record<CheckedState, number>>;
  readonly responseSumMs: number;
  readonly responseMaxMs: number;
}

/** The resource and the start identify it: written again, it is changed. */
export interface StoredPause {
  readonly resource: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** The maintenance; null if the configuration pauses the resource. */
  readonly maintenance: string | null;
}

/** An attempt to deliver an event to a notifier. One that was delivered never changes again. */
export interface DeliveryAttempt {
  readonly eventId: number;
  readonly notifier: string;
  /** With this one. */
  readonly attempts: number;
  /** null: there will be none, because it was delivered or given up. */
  readonly nextAttemptAtMs: number | null;
  readonly deliveredAtMs: number | null;
  readonly error: string | null;
}

export interface Changes {
  /** Written only if this process holds all of them. Only a store that processes share looks at it. */
  readonly leases?: readonly Lease[];
  /** The resource and the time identify a check: written again, it replaces the first. */
  readonly checks?: readonly CheckRecord[];
  readonly hours?: readonly HourRollup[];
  /** What the history must know of a resource after a restart, as JSON; kept as it is. */
  readonly statuses?: readonly { readonly resource: string; readonly json: string }[];
  /** The last full result, as the JSON of `check`. */
  readonly results?: readonly { readonly resource: string; readonly json: string }[];
  /** The resource and the start identify an outage: written again, it is changed. */
  readonly outages?: readonly Outage[];
  readonly pauses?: readonly StoredPause[];
  /** Each with the notifiers it is to be delivered to. */
  readonly events?: readonly { readonly event: EventDraft; readonly notifiers: readonly string[] }[];
  readonly deliveries?: readonly DeliveryAttempt[];
  /** Times of start and stop, and the like. */
  readonly meta?: Readonly<Record<string, string>>;
}

export interface Written {
  /** In the order of the events. Later events have greater ids. */
  readonly eventIds: readonly number[];
  /** In the order of the outages. */
  readonly outageIds: readonly number[];
}

/** The ids of the resources that they name, some of them twice. */
export function namedResources(changes: Changes): string[] {
  const { checks = [], hours = [], statuses = [], results = [], pauses = [], outages = [], events = [] } = changes;
  const named = [checks, hours, statuses, results, pauses, outages].flatMap((list) =>
    list.map(({ resource }) => resource),
  );
  return [...named, ...events.flatMap(({ event }) => event.resource ?? [])];
}

/** The key of `meta` with the end of the rollups. */
export const ROLLED_UP_KEY = 'rolled-up-to';

/** The key of `meta` with the images of clusters, as they were listed last. */
export const CLUSTERS_KEY = 'kubernetes';
