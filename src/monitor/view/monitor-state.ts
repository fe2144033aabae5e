// What a running monitor shows: only what its store has kept. The engine writes it, the view reads it.

import type { ResourceStatus } from '../history/resource-status.ts';
import type { MonitorResource, SkippedImage } from '../resource/monitor-resource.ts';
import type { MonitorStore, StoredWindow } from '../store/store.ts';
import type { CheckCounters } from './check-counters.ts';
import type { CertificateStatus, MonitorCounters, MonitorUpdate, RegistryStatus } from './monitor-view.ts';
import type { RecentHistory } from './recent-history.ts';

export interface ShownResource {
  resource: MonitorResource;
  /** null before the first check. */
  status: ResourceStatus | null;
  hint: string | null;
  hintCode: string | null;
  /** Of the outage in `status`. */
  outageId: number | null;
  pause: { readonly sinceMs: number; readonly maintenance: string | null } | null;
  /** One for each of WINDOW_NAMES, without the time since `rolledUpMs`. */
  windows: readonly StoredWindow[];
  readonly recent: RecentHistory;
}

export interface MonitorState {
  readonly version: string;
  readonly startedAtMs: number;
  readonly store: MonitorStore;
  /** In the order of the configuration. */
  resources: ReadonlyMap<string, ShownResource>;
  skipped: readonly SkippedImage[];
  sources: readonly string[];
  timeZone: string;
  /** The end of the rollups. */
  rolledUpMs: number;
  /** Before this time the store has days only. */
  hoursFromMs: number;
  isNetworkDown: boolean;
  isScheduled: boolean;
  reloadProblem: string | null;
  lastReloadAtMs: number;
  lastReloadChanges: string | null;
  readonly quotas: Map<string, Pick<RegistryStatus, 'quotaLimit' | 'quotaRemaining'>>;
  /** Milliseconds since 1970, by `host[:port]`. */
  readonly pauses: Map<string, number>;
  readonly certificates: Map<string, CertificateStatus & { readonly seenAtMs: number }>;
  readonly counters: CheckCounters;
  notifications: () => MonitorCounters['notifications'];
  readonly listeners: Set<(update: MonitorUpdate) => void>;
}
