// Reads the images of a cluster once: finds its API, lists its workloads, reads the secrets they name.

import type { Clock } from '../core/clock.ts';
import type { Env } from '../core/env.ts';
import { openApi } from './api.ts';
import { type ClusterImage, clusterImages } from './cluster-images.ts';
import { type ClusterChoice, findCluster } from './find-cluster.ts';
import { type KnownWorkloads, listWorkloads } from './list-workloads.ts';
import { type ReadAccounts, type ReadSecrets, readPullSecrets, type SecretReader } from './pull-secrets.ts';

export interface ClusterSource extends ClusterChoice {
  /** `*`: all. Empty: that of the context or of the pod. */
  readonly namespaces: readonly string[];
  readonly selector?: string | undefined;
  /** Which secrets may be read. */
  readonly secrets: 'none' | 'named';
}

/** What was read before. It outlives readings, and each changes it. */
export interface ClusterMemory {
  workloads: KnownWorkloads;
  readonly secrets: ReadSecrets;
  readonly accounts: ReadAccounts;
}

export const createClusterMemory = (workloads: KnownWorkloads = {}): ClusterMemory => ({
  workloads,
  secrets: new Map(),
  accounts: new Map(),
});

export interface ClusterReading {
  readonly images: readonly ClusterImage[];
  /** What could not be read, each a sentence. */
  readonly problems: readonly string[];
  /** Whether every list was read; then `images` is what the cluster has now. */
  readonly isComplete: boolean;
  /** Whether no list was read. */
  readonly isFailed: boolean;
  /** As in messages: `the context prod`. */
  readonly cluster: string;
  readonly namespaces: readonly string[];
}

export interface ReadClusterOptions {
  readonly env: Env;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly pageSize?: number;
  readonly serviceAccount?: string | undefined;
  /** false: what is known is not listed again; only the secrets of its workloads are read. Default true. */
  readonly lists?: boolean;
}

/** Rejects with the reason of the signal. */
export async function readCluster(
  source: ClusterSource,
  memory: ClusterMemory,
  options: ReadClusterOptions,
): Promise<ClusterReading> {
  const { signal } = options;
  const failed = (problem: string, cluster = 'the cluster', namespaces = source.namespaces): ClusterReading => ({
    images: knownImages(source, memory),
    ...{ problems: [problem], isComplete: false, isFailed: true, cluster, namespaces },
  });
  const found = await findCluster(source, options);
  signal.throwIfAborted();
  if (!found.ok) return failed(found.error);
  const { name, namespace } = found.value;
  const namespaces = source.namespaces.length > 0 ? source.namespaces : [namespace];
  const api = await openApi(found.value, options);
  if (!api.ok) return failed(api.error, name, namespaces);
  try {
    const scope = {
      namespaces: namespaces.includes('*') ? ['*'] : [...new Set(namespaces)],
      selector: source.selector,
    };
    const { workloads, problems, succeeded } =
      options.lists === false
        ? { workloads: memory.workloads, problems: [], succeeded: 1 }
        : await listWorkloads(api.value, scope, memory.workloads);
    memory.workloads = workloads;
    const { secrets, accounts } = memory;
    const reader =
      source.secrets === 'named'
        ? await readPullSecrets(api.value, Object.values(workloads).flat(), secrets, accounts)
        : undefined;
    return {
      images: clusterImages(workloads, reader),
      problems: [...problems, ...(reader?.problems ?? [])],
      isComplete: problems.length === 0,
      isFailed: succeeded === 0,
      cluster: name,
      namespaces: scope.namespaces,
    };
  } finally {
    await api.value.close();
  }
}

/** As they were read last. */
export const knownImages = (source: Pick<ClusterSource, 'secrets'>, memory: ClusterMemory): readonly ClusterImage[] =>
  clusterImages(memory.workloads, knownSecrets(source, memory));

const knownSecrets = (
  { secrets }: Pick<ClusterSource, 'secrets'>,
  { secrets: known, accounts }: ClusterMemory,
): SecretReader | undefined =>
  secrets === 'none'
    ? undefined
    : {
        namesOf: ({ namespace, pullSecrets, serviceAccount }) =>
          pullSecrets.length > 0 ? pullSecrets : (accounts.get(`${namespace}/${serviceAccount}`) ?? []),
        secretOf: (namespace, name) => known.get(`${namespace}/${name}`),
        problems: [],
      };
