// The clusters that resources come from: what was listed last, and since when a listing fails. A failed one keeps the rest.

import { isDeepStrictEqual } from 'node:util';
import type { Env } from '../core/env.ts';
import type { ClusterImage } from '../kubernetes/cluster-images.ts';
import type { KnownWorkloads } from '../kubernetes/list-workloads.ts';
import type { ClusterMemory, ClusterSource } from '../kubernetes/read-cluster.ts';
import type { MonitorValues } from './monitor-schema.ts';

export interface WatchedCluster {
  /** Equal for the same source. */
  readonly key: string;
  readonly source: ClusterSource;
  readonly refreshMs: number;
}

interface KnownCluster {
  readonly memory: ClusterMemory;
  readonly images: readonly ClusterImage[];
  /** Each a sentence. */
  readonly problems: readonly string[];
  /** Milliseconds since 1970; null while every list is read. */
  readonly failingSinceMs: number | null;
  readonly isFailed: boolean;
}

/** It outlives reloads. */
export interface KnownClusters {
  readonly clusters: Map<string, KnownCluster>;
  /** Changes with what is known. */
  version: number;
}

export const createKnownClusters = (): KnownClusters => ({ clusters: new Map(), version: 0 });

const DEFAULT_REFRESH_MS = 2 * 60_000;

/** Those of the configuration, each once. */
export function watchedClusters({ resources = [] }: Pick<MonitorValues, 'resources'>): readonly WatchedCluster[] {
  const watched = resources.flatMap((entry): WatchedCluster[] => {
    if (!('kubernetes' in entry)) return [];
    const { namespaces = [], selector, context, server, secrets = 'none', refresh } = entry.kubernetes;
    const source = { namespaces, selector, context, server, secrets };
    return [{ key: JSON.stringify(source), source, refreshMs: refresh ?? DEFAULT_REFRESH_MS }];
  });
  return [...new Map(watched.map((one) => [one.key, one])).values()];
}

export interface RefreshInputs {
  readonly env: Env;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Lists a cluster; whether what is known of it changed. Rejects with the reason of the signal. */
export async function refreshCluster(
  { key, source }: WatchedCluster,
  known: KnownClusters,
  { env, now, signal }: RefreshInputs,
): Promise<boolean> {
  // Loaded on demand: most monitors have no cluster.
  const { createClusterMemory, readCluster } = await import('../kubernetes/read-cluster.ts');
  const before = known.clusters.get(key);
  const memory = before?.memory ?? createClusterMemory();
  const { images, problems, isComplete, isFailed } = await readCluster(source, memory, { env, signal });
  const failingSinceMs = isComplete ? null : (before?.failingSinceMs ?? now());
  const after: KnownCluster = { memory, images, problems, failingSinceMs, isFailed };
  known.clusters.set(key, after);
  const hasChanged =
    before === undefined ||
    before.failingSinceMs !== failingSinceMs ||
    !isDeepStrictEqual([before.images, before.problems], [images, problems]);
  if (hasChanged) known.version += 1;
  return hasChanged;
}

/** What the history of problems says: `listing failed since …: …`. Without secrets. */
export function clusterProblems({ problems, failingSinceMs }: KnownCluster): readonly string[] {
  if (failingSinceMs === null) return problems.map((problem) => `Kubernetes: ${problem}`);
  const since = new Date(failingSinceMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return problems.map((problem) => `Kubernetes: listing failed since ${since}. ${problem}`);
}

interface KeptCluster {
  readonly workloads: KnownWorkloads;
  readonly failingSinceMs: number | null;
}

/** For the store: no secret is in it. A monitor that starts while the API is away continues with it. */
export const formatClusters = ({ clusters }: KnownClusters): string =>
  JSON.stringify(
    Object.fromEntries(
      [...clusters].map(([key, { memory, failingSinceMs }]): [string, KeptCluster] => [
        key,
        { workloads: memory.workloads, failingSinceMs },
      ]),
    ),
  );

/** What an earlier run wrote. */
export async function restoreClusters(json: string, known: KnownClusters): Promise<void> {
  const { createClusterMemory } = await import('../kubernetes/read-cluster.ts');
  const { clusterImages } = await import('../kubernetes/cluster-images.ts');
  const kept = JSON.parse(json) as Readonly<Record<string, KeptCluster>>;
  for (const [key, { workloads, failingSinceMs }] of Object.entries(kept)) {
    if (known.clusters.has(key)) continue;
    const images = clusterImages(workloads, undefined);
    const memory = createClusterMemory(workloads);
    known.clusters.set(key, { memory, images, problems: [], failingSinceMs, isFailed: false });
  }
}
