// What the page, the API and the metrics read from a running monitor, and the one thing they may ask of it: a check.
// Everything here is hidden-secret safe: it was cleaned where it was recorded. Times are milliseconds since 1970.

import type { FoundAt } from '../../core/target.ts';
import type { CheckRecord } from '../history/check-record.ts';
import type { Drift } from '../history/drift.ts';
import type { Uptime } from '../history/duration.ts';
import type { MonitorEvent } from '../history/event.ts';
import type { RecordedOutage } from '../history/outage.ts';
import type { Bucket } from '../history/timeline.ts';
import type { ResourceKind, SkippedImage } from '../resource/monitor-resource.ts';
import type { ManualRequest } from '../schedule/scheduler.ts';

export const RESOURCE_STATES = ['unavailable', 'undetermined', 'available', 'pending', 'paused'] as const;
/** Worst first. */
export type ResourceState = (typeof RESOURCE_STATES)[number];

export const WINDOW_NAMES = ['24h', '7d', '30d', '90d'] as const;
export type WindowName = (typeof WINDOW_NAMES)[number];

export interface ResourceView {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly kind: ResourceKind;
  readonly target: string;
  readonly foundAt: readonly FoundAt[];
  /** The registry of an image; `host:port` of http and tcp. */
  readonly registry: string;
  readonly state: ResourceState;
  /** Of the last check; null before the first, and while available. */
  readonly reason: string | null;
  readonly cause: string | null;
  readonly message: string | null;
  readonly hint: string | null;
  readonly hintCode: string | null;
  /** Since when the state is what it is; null while pending. */
  readonly sinceMs: number | null;
  readonly lastCheckedAtMs: number | null;
  readonly lastDefiniteAtMs: number | null;
  /** What the last definite check found; null if there was none. */
  readonly lastDefiniteState: 'available' | 'unavailable' | null;
  /** Not before `heldUntilMs`. */
  readonly nextCheckAtMs: number | null;
  /** Of an image: until when its registry accepts no requests; null if it accepts them. */
  readonly heldUntilMs: number | null;
  readonly intervalMs: number;
  readonly digest: string | null;
  readonly digestMoves: number;
  /** Of an image of a cluster: what runs and the tag does not serve, and since when; null: not comparable. */
  readonly drift: Drift | null;
  /** Of the last check. */
  readonly durationMs: number | null;
  readonly outage: { readonly id: number; readonly startedAtMs: number } | null;
  /** Why it is paused: the name of a maintenance, or null. */
  readonly maintenance: string | null;
  readonly uptime: Readonly<Record<WindowName, Uptime>>;
}

export interface Counts {
  readonly available: number;
  readonly unavailable: number;
  readonly undetermined: number;
  readonly pending: number;
  readonly paused: number;
  /** Images in files that are deliberately not checked. */
  readonly skipped: number;
}

export interface SummaryView {
  readonly version: string;
  readonly startedAtMs: number;
  readonly counts: Counts;
  /** How many outages are open. */
  readonly outages: number;
}

export interface CheckView extends CheckRecord {
  readonly connectMs: number | null;
}

/** What subscribers get, after the store has kept it. `isForeign`: another process has found it, and logs it. */
export type MonitorUpdate =
  | { readonly kind: 'event'; readonly event: MonitorEvent; readonly isForeign?: boolean }
  | { readonly kind: 'check'; readonly resource: ResourceView; readonly check: CheckRecord };

export interface RegistryStatus {
  readonly registry: string;
  readonly quotaLimit: number | null;
  readonly quotaRemaining: number | null;
  /** Until when a 429 or a `Retry-After` holds its checks back; null if nothing does. */
  readonly pausedUntilMs: number | null;
}

export interface CertificateStatus {
  readonly host: string;
  readonly expiresAtMs: number;
}

/** Of processes that share the store. */
export interface ClusterHealth {
  readonly clock: string | null;
  readonly workers: string | null;
  /** How many are alive; null if it is not known yet. */
  readonly workerCount: number | null;
  /** How much the clock of this machine is ahead of that of the database. */
  readonly clockDifferenceMs: number;
}

/** Trouble of the monitor itself, each with its sentence; null or empty if all is well. */
export interface MonitorHealth {
  /** Why this process, which shares the store, checks nothing: its clock is not that of the database. */
  readonly clock: string | null;
  /** Why nothing is checked, by any process: no worker is alive. */
  readonly workers: string | null;
  /** null: this process has the store alone. */
  readonly cluster: Pick<ClusterHealth, 'workerCount' | 'clockDifferenceMs'> | null;
  /** The loop looked for due checks within the last two minutes. */
  readonly isAlive: boolean;
  /** Store open and writable, schedule filled, a worker alive, and the clock right. */
  readonly isReady: boolean;
  /** Why the store does not keep what is written now. */
  readonly store: string | null;
  /** Where the history is kept: `memory` or a path. */
  readonly storeLocation: string;
  /** Why the latest reload was refused. */
  readonly reload: string | null;
  readonly lastReloadAtMs: number;
  /** What it has changed; null since the start. */
  readonly lastReloadChanges: string | null;
  /** Every host fails to connect: probably the network of this machine. */
  readonly isNetworkDown: boolean;
  /** Sources that could not be read: their last known images are still checked. */
  readonly sources: readonly string[];
}

/** Running totals since the start, for counters and histograms. */
export interface CheckCount {
  readonly kind: ResourceKind;
  readonly registry: string;
  readonly verdict: string;
  readonly reason: string | null;
  readonly count: number;
}

export interface DurationHistogram {
  readonly kind: ResourceKind;
  readonly registry: string;
  /** How many checks took at most so many seconds, in the order of `DURATION_BUCKETS`. */
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** Upper bounds in seconds. */
export const DURATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

export interface MonitorCounters {
  readonly checks: readonly CheckCount[];
  readonly durations: readonly DurationHistogram[];
  readonly lagSeconds: number;
  readonly skipped: number;
  readonly notifications: readonly { readonly notifier: string; readonly failed: number; readonly pending: number }[];
}

/** The bar of one resource over a window. */
export interface BarView {
  readonly resource: string;
  readonly buckets: readonly Bucket[];
}

export type CheckRequest = ManualRequest | 'unavailable' | 'no-worker';

/** Answers from memory are values; those from the store are promises, and reject only for a bug. null: no such resource. */
export interface MonitorView {
  readonly timeZone: string;
  now(): number;
  summary(): SummaryView;
  health(): MonitorHealth;
  counters(): MonitorCounters;
  registries(): readonly RegistryStatus[];
  certificates(): readonly CertificateStatus[];
  skipped(): readonly SkippedImage[];
  /** In the order of the configuration. */
  resources(): readonly ResourceView[];
  resource(id: string): ResourceView | null;
  /** 90 buckets by default; a bar for each listed resource, or for all. */
  bars(query: {
    readonly window: WindowName;
    readonly buckets?: number;
    readonly ids?: readonly string[];
  }): Promise<readonly BarView[]>;
  timeline(
    id: string,
    query: { readonly window: WindowName; readonly buckets: number },
  ): Promise<readonly Bucket[] | null>;
  /** Newest first, ended before that time. */
  checks(
    id: string,
    query: { readonly limit: number; readonly beforeMs?: number },
  ): Promise<readonly CheckView[] | null>;
  /** The JSON of `check` for the last check. */
  result(id: string): Promise<object | null>;
  /** Newest first. */
  outages(query: {
    readonly resource?: string;
    readonly openOnly?: boolean;
    readonly limit: number;
  }): Promise<readonly RecordedOutage[]>;
  /** Oldest first, with greater ids. */
  eventsAfter(id: number, limit: number): Promise<readonly MonitorEvent[]>;
  /** Newest first. */
  latestEvents(query: { readonly resource?: string; readonly limit: number }): Promise<readonly MonitorEvent[]>;
  /** `unavailable`: the store is away, which would tell the process that checks it; `no-worker`: there is no such process. */
  requestCheck(id: string): CheckRequest | Promise<CheckRequest>;
  /** Until the returned function is called. */
  subscribe(listener: (update: MonitorUpdate) => void): () => void;
}
