// Lists the clusters of a running monitor again and again; what was listed last outlives a restart in the store. Where
// processes share the store, the one that leads lists, and the others read what it recorded.

import {
  formatClusters,
  type KnownClusters,
  refreshCluster,
  refreshSecrets,
  restoreClusters,
  type WatchedCluster,
} from '../config/known-clusters.ts';
import type { Clock } from '../core/clock.ts';
import type { Env } from '../core/env.ts';
import { CLUSTERS_KEY } from '../monitor/store/changes.ts';
import type { MonitorStore } from '../monitor/store/store.ts';
import type { WriteQueue } from '../monitor/store/write-queue.ts';

/**
 * `all`: it lists. `checks`: it lists once it leads; until then it reads only the pull secrets, which are not recorded.
 * `shows`: it contacts no cluster.
 */
export type ClusterPart = 'all' | 'checks' | 'shows';

export interface ClusterPollerOptions {
  readonly clock: Clock;
  readonly env: Env;
  readonly known: KnownClusters;
  readonly part: ClusterPart;
  readonly signal: AbortSignal;
  /** A bug. */
  readonly onError: (error: unknown) => void;
}

export interface ClusterPoller {
  /** Lists these from now on, each on its interval. Resolves when those that are new were listed once. */
  watch(clusters: readonly WatchedCluster[]): Promise<void>;
  /** Lists all of them now. */
  refresh(): void;
  /** This process lists for all, or does so no longer. */
  lead(isLeader: boolean): void;
  /** Reads what is recorded: by an earlier run, or by another process. */
  readRecord(store: Pick<MonitorStore, 'readMeta'>, clusters?: readonly WatchedCluster[]): Promise<void>;
  /** Keeps what is known in the store, now and after each change. */
  keepIn(writes: Pick<WriteQueue, 'add'>): void;
  stop(): Promise<void>;
}

/** A start does not wait longer for an API that does not respond. */
const FIRST_LISTING_MS = 10_000;

export function createClusterPoller(options: ClusterPollerOptions): ClusterPoller {
  const { clock, env, known, part, signal, onError } = options;
  const end = new AbortController();
  const onAbort = (): void => end.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const running = new Map<string, Promise<void>>();
  const timers = new Map<string, () => void>();
  let watched = new Map<string, WatchedCluster>();
  let writes: Pick<WriteQueue, 'add'> | undefined;
  let isLister = part === 'all';
  let written = '';

  const keep = (): void => {
    if (writes === undefined || watched.size === 0 || !isLister) return;
    const json = formatClusters(known);
    if (json === written) return;
    written = json;
    writes.add({ meta: { [CLUSTERS_KEY]: json } }).catch(onError);
  };

  const read = (cluster: WatchedCluster): Promise<unknown> => {
    const inputs = { env, clock, signal: end.signal };
    return isLister ? refreshCluster(cluster, known, inputs) : refreshSecrets(cluster, known, inputs);
  };

  const list = (cluster: WatchedCluster): Promise<void> => {
    const { key } = cluster;
    timers.get(key)?.();
    const listing = read(cluster)
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

  const refresh = (): void => {
    if (part === 'shows') return;
    for (const [key, cluster] of watched) if (!running.has(key)) void list(cluster);
  };

  return {
    async watch(clusters) {
      watched = new Map(clusters.map((one) => [one.key, one]));
      for (const [key, cancel] of timers) if (!watched.has(key)) cancel();
      for (const key of known.clusters.keys()) if (!watched.has(key)) known.clusters.delete(key);
      const added = clusters.filter(({ key }) => !timers.has(key) && !running.has(key));
      for (const key of timers.keys()) if (!watched.has(key)) timers.delete(key);
      if (added.length === 0 || part === 'shows') return;
      const over = new AbortController();
      const late = clock.sleep(FIRST_LISTING_MS, over.signal).catch(() => undefined);
      await Promise.race([Promise.all(added.map(list)), late]);
      over.abort();
    },
    refresh,
    lead(isLeader) {
      if (isLister === isLeader) return;
      isLister = isLeader;
      // Another process may have recorded something else.
      written = '';
      if (!isLister) return;
      for (const [key, cluster] of watched) void (running.get(key) ?? Promise.resolve()).then(() => list(cluster));
    },
    async readRecord(store, clusters = [...watched.values()]) {
      // Of a running monitor, the one that lists knows best.
      if (clusters.length === 0 || (isLister && writes !== undefined)) return;
      const meta = await store.readMeta();
      const json = meta.ok ? meta.value.get(CLUSTERS_KEY) : undefined;
      if (json === undefined || end.signal.aborted) return;
      if ((await restoreClusters(json, clusters, known)) && !isLister) refresh();
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
