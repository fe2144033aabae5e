// The clusters that resources come from: what was listed last, and since when a listing fails. A failed one keeps the rest.

import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.ts';
import type { Env } from '../core/env.ts';
import { repeatIfFrozen } from '../core/freeze.ts';
import { formatInstant } from '../core/quantity.ts';
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
  /** Of this process, where another one lists. */
  readonly secretProblems: readonly string[];
  /** Milliseconds since 1970; null while every list is read. */
  readonly failingSinceMs: number | null;
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
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Lists a cluster; whether what is known of it changed. Rejects with the reason of the signal. */
export async function refreshCluster(
  { key, source }: WatchedCluster,
  known: KnownClusters,
  { env, clock, signal }: RefreshInputs,
): Promise<boolean> {
  // Loaded on demand: most monitors have no cluster.
  const { createClusterMemory, readCluster } = await import('../kubernetes/read-cluster.ts');
  const before = known.clusters.get(key);
  const memory = before?.memory ?? createClusterMemory();
  const { images, problems, isComplete } = await repeatIfFrozen(
    clock,
    () => readCluster(source, memory, { env, signal }),
    (reading) => reading.isComplete,
  );
  const failingSinceMs = isComplete ? null : (before?.failingSinceMs ?? clock.now());
  return keepCluster(key, known, { memory, images, problems, secretProblems: [], failingSinceMs });
}

/**
 * Reads the pull secrets of what another process lists: they are never recorded. Whether what is known changed. Rejects
 * with the reason of the signal.
 */
export async function refreshSecrets(
  { key, source }: WatchedCluster,
  known: KnownClusters,
  { env, clock, signal }: RefreshInputs,
): Promise<boolean> {
  const before = known.clusters.get(key);
  if (source.secrets === 'none' || before === undefined) return false;
  const { readCluster } = await import('../kubernetes/read-cluster.ts');
  const { images, problems } = await repeatIfFrozen(
    clock,
    () => readCluster(source, before.memory, { env, signal, lists: false }),
    (reading) => reading.problems.length === 0,
  );
  const latest = known.clusters.get(key) ?? before;
  // What was recorded meanwhile is newer.
  return latest === before && keepCluster(key, known, { ...before, images, secretProblems: problems });
}

function keepCluster(key: string, known: KnownClusters, after: KnownCluster): boolean {
  const before = known.clusters.get(key);
  known.clusters.set(key, after);
  const hasChanged = before === undefined || !isDeepStrictEqual(shownOf(before), shownOf(after));
  if (hasChanged) known.version += 1;
  return hasChanged;
}

const shownOf = ({ memory: _, ...shown }: KnownCluster): Omit<KnownCluster, 'memory'> => shown;

/** What the history of problems says: `listing failed since …: …`. Without secrets. */
export function clusterProblems({ problems, secretProblems, failingSinceMs }: KnownCluster): readonly string[] {
  const lead = failingSinceMs === null ? '' : `listing failed since ${formatInstant(failingSinceMs)}. `;
  return [
    ...problems.map((problem) => `Kubernetes: ${lead}${problem}`),
    ...secretProblems.map((problem) => `Kubernetes: ${problem}`),
  ];
}

interface KeptCluster {
  readonly workloads: KnownWorkloads;
  /** Unset: written by an earlier version. */
  readonly problems?: readonly string[];
  readonly failingSinceMs: number | null;
}

/** For the store: no secret is in it. A monitor that starts while the API is away continues with it. */
export const formatClusters = ({ clusters }: KnownClusters): string =>
  JSON.stringify(
    Object.fromEntries(
      [...clusters].map(([key, { memory, problems, failingSinceMs }]): [string, KeptCluster] => [
        key,
        { workloads: memory.workloads, problems, failingSinceMs },
      ]),
    ),
  );

/** What an earlier run or another process wrote of these. Whether what is known changed. */
export async function restoreClusters(
  json: string,
  clusters: readonly WatchedCluster[],
  known: KnownClusters,
): Promise<boolean> {
  const { createClusterMemory, knownImages } = await import('../kubernetes/read-cluster.ts');
  const kept = JSON.parse(json) as Readonly<Record<string, KeptCluster>>;
  let hasChanged = false;
  for (const { key, source } of clusters) {
    const one = kept[key];
    if (one === undefined) continue;
    const { workloads, problems = [], failingSinceMs } = one;
    const before = known.clusters.get(key);
    const memory = { ...(before?.memory ?? createClusterMemory()), workloads };
    const images = knownImages(source, memory);
    const { secretProblems = [] } = before ?? {};
    hasChanged = keepCluster(key, known, { memory, images, problems, secretProblems, failingSinceMs }) || hasChanged;
  }
  return hasChanged;
}
