// Lists the clusters of a running monitor again and again; what was listed last outlives a restart in the store.

import {
  formatClusters,
  type KnownClusters,
  refreshCluster,
  restoreClusters,
  type WatchedCluster,
} from '../config/known-clusters.ts';
import type { Clock } from '../core/clock.ts';
import type { Env } from '../core/env.ts';
import type { MonitorStore } from '../monitor/store/store.ts';
import type { WriteQueue } from '../monitor/store/write-queue.ts';

export interface ClusterPollerOptions {
  readonly clock: Clock;
  readonly env: Env;
  readonly known: KnownClusters;
  readonly signal: AbortSignal;
  /** A bug. */
  readonly onError: (error: unknown) => void;
}

export interface ClusterPoller {
  /** Lists these from now on, each on its interval. Resolves when those that are new were listed once. */
  watch(clusters: readonly WatchedCluster[]): Promise<void>;
  /** Lists all of them now. */
  refresh(): void;
  /** Keeps what is known in the store, now and after each change. */
  keepIn(writes: Pick<WriteQueue, 'add'>): void;
  stop(): Promise<void>;
}

const META_KEY = 'kubernetes';
/** A start does not wait longer for an API that does not respond. */
const FIRST_LISTING_MS = 10_000;

/** Reads what an earlier run knew. */
export async function readKnownClusters(
  store: Pick<MonitorStore, 'readMeta'>,
  clusters: readonly WatchedCluster[],
  known: KnownClusters,
): Promise<void> {
  if (clusters.length === 0) return;
  const meta = await store.readMeta();
  const json = meta.ok ? meta.value.get(META_KEY) : undefined;
  if (json !== undefined) await restoreClusters(json, known);
}

export function createClusterPoller({ clock, env, known, signal, onError }: ClusterPollerOptions): ClusterPoller {
  const end = new AbortController();
  const onAbort = (): void => end.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const running = new Map<string, Promise<void>>();
  const timers = new Map<string, () => void>();
  let watched = new Map<string, WatchedCluster>();
  let writes: Pick<WriteQueue, 'add'> | undefined;
  let written = '';

  const keep = (): void => {
    if (writes === undefined || watched.size === 0) return;
    const json = formatClusters(known);
    if (json === written) return;
    written = json;
    writes.add({ meta: { [META_KEY]: json } }).catch(onError);
  };

  const list = (cluster: WatchedCluster): Promise<void> => {
    const { key } = cluster;
    const listing = refreshCluster(cluster, known, { env, now: () => clock.now(), signal: end.signal })
      .then(keep)
      .catch((error: unknown) => {
        if (!end.signal.aborted) onError(error);
      })
      .finally(() => {
        running.delete(key);
        const next = watched.get(key);
        if (next === undefined || end.signal.aborted) return;
        timers.set(
          key,
          clock.startTimer(next.refreshMs, () => void list(next)),
        );
      });
    running.set(key, listing);
    return listing;
  };

  return {
    async watch(clusters) {
      watched = new Map(clusters.map((one) => [one.key, one]));
      for (const [key, cancel] of timers) if (!watched.has(key)) cancel();
      for (const key of known.clusters.keys()) if (!watched.has(key)) known.clusters.delete(key);
      const added = clusters.filter(({ key }) => !timers.has(key) && !running.has(key));
      for (const key of timers.keys()) if (!watched.has(key)) timers.delete(key);
      if (added.length === 0) return;
      const over = new AbortController();
      const late = clock.sleep(FIRST_LISTING_MS, over.signal).catch(() => undefined);
      await Promise.race([Promise.all(added.map(list)), late]);
      over.abort();
    },
    refresh() {
      for (const [key, cluster] of watched) {
        if (running.has(key)) continue;
        timers.get(key)?.();
        void list(cluster);
      }
    },
    keepIn(queue) {
      writes = queue;
      keep();
    },
    async stop() {
      end.abort(new Error('the monitor stops'));
      signal.removeEventListener('abort', onAbort);
      for (const cancel of timers.values()) cancel();
      await Promise.all(running.values());
    },
  };
}
