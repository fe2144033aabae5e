// Where the monitor keeps its history: the interface of every store.
// All times are milliseconds since 1970, UTC. A resource that a change or a query names must have been saved.

import type { CheckRecord } from '../history/check-record.ts';
import type { MonitorEvent } from '../history/event.ts';
import type { RecordedOutage } from '../history/outage.ts';
import type { Changes, DeliveryAttempt, HourRollup, StoredPause, TimedState, Written } from './changes.ts';
import type { Stored, StoreFailure } from './failure.ts';
import type { SharedStore } from './shared-store.ts';

export interface StoredResource {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly kind: string;
  readonly target: string;
  /** When it left the configuration; null while it is in it. */
  readonly archivedAtMs: number | null;
}

/** An hour or a day, in UTC. */
export interface StoredRollup extends HourRollup {
  readonly toMs: number;
  readonly durations: Readonly<Record<TimedState | 'gap', number>>;
}

/** What the rollups say about the time since the beginning of a window. */
export interface StoredWindow {
  /** The hour that contains the beginning, or the day where retention has removed the hour; null if it has no rollup. */
  readonly edge: Pick<StoredRollup, 'fromMs' | 'toMs' | 'durations'> | null;
  /** The sums of all later rollups. */
  readonly rest: Readonly<Record<TimedState, number>>;
}

export interface Overview {
  readonly resource: StoredResource;
  /** As written. */
  readonly status: string | null;
  readonly openOutage: RecordedOutage | null;
  /** One for each time of the query. */
  readonly windows: readonly StoredWindow[];
}

export interface Delivery extends DeliveryAttempt {
  readonly event: MonitorEvent;
  /** null for an event of the monitor itself. */
  readonly resource: StoredResource | null;
}

/** Everything before these times may go; outages, pauses, events and archived resources go with the days. */
export interface Cutoffs {
  readonly checksMs: number;
  readonly hoursMs: number;
  readonly daysMs: number;
}

export interface MonitorStore {
  /** For the log and the page: `memory`, or where the data is; without a password. */
  readonly location: string;
  /** One query is for so many resources at most: a longer one would hold up the checks of this process. */
  readonly resourcesAtOnce: number;
  /** null: one process has the store. */
  readonly shared: SharedStore | null;
  /** Why the latest write failed; null after one that succeeded. */
  readonly failure: StoreFailure | null;

  /** Keeps these resources, and archives the others as of `atMs`. One that returns continues its history. */
  saveResources(resources: readonly Omit<StoredResource, 'archivedAtMs'>[], atMs: number): Stored<null>;
  /** Once it resolves with success, the changes survive a `kill -9`, events and deliveries a power failure as well. */
  write(changes: Changes): Stored<Written>;
  /** Removes about `maxRows` rows at most, so that a call is short. Call it until it is done. */
  prune(cutoffs: Cutoffs, maxRows: number): Stored<{ readonly removed: number; readonly done: boolean }>;

  /**
   * All resources that are not archived, or the listed ones, by id. `sinceMs`: the beginnings of windows; `untilMs`, a
   * whole hour: their end, for rollups of a time that is still to come; unset, they have every later one.
   */
  readOverview(query: {
    readonly sinceMs: readonly number[];
    readonly untilMs?: number;
    readonly ids?: readonly string[];
  }): Stored<Overview[]>;
  readArchived(): Stored<StoredResource[]>;
  readResult(resource: string): Stored<string | null>;
  /** Newest first, ended before that time. */
  readChecks(query: {
    readonly resource: string;
    readonly beforeMs?: number;
    readonly limit: number;
  }): Stored<CheckRecord[]>;
  /** Of each resource, oldest first: those from `fromMs` to before `toMs`, and the last one before. */
  readCheckSpan(query: {
    readonly resources: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
  }): Stored<CheckRecord[]>;
  /** Of each resource, oldest first: those that begin from `fromMs` to before `toMs`. None without recorded time. */
  readRollups(query: {
    readonly unit: 'hour' | 'day';
    readonly resources: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
  }): Stored<StoredRollup[]>;
  /** Those that overlap this time, oldest first. */
  readPauses(query: {
    readonly resources: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
  }): Stored<StoredPause[]>;
  /** Newest first. */
  readOutages(query: {
    readonly openOnly?: boolean;
    readonly resource?: string;
    readonly beforeId?: number;
    readonly limit: number;
  }): Stored<RecordedOutage[]>;
  /** Oldest first, with greater ids. */
  readEvents(query: { readonly afterId: number; readonly limit: number }): Stored<MonitorEvent[]>;
  /** Newest first. */
  readLatestEvents(query: { readonly resource?: string; readonly limit: number }): Stored<MonitorEvent[]>;
  /** What is to be delivered by that time, by all notifiers or by one, in the order of the events. */
  readDueDeliveries(query: {
    readonly nowMs: number;
    readonly notifier?: string;
    readonly limit: number;
  }): Stored<Delivery[]>;
  /** How many deliveries of each notifier are still to be made. */
  countPending(): Stored<ReadonlyMap<string, number>>;
  readMeta(): Stored<ReadonlyMap<string, string>>;

  /** Writes a copy of the whole to a new file, which a monitor can open as its store. */
  backupTo(path: string): Stored<null>;
  /** No call may follow. */
  close(): Promise<void>;
}
