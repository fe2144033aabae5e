// Which cluster is read: a server that was named, a context of the kubeconfig, or the cluster of this pod; as for kubectl.

import type { Env } from '../core/env.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { Cluster } from './cluster.ts';
import { clusterOf } from './context.ts';
import { inCluster } from './in-cluster.ts';
import { kubeconfigPaths, readKubeconfig } from './kubeconfig.ts';

export interface ClusterChoice {
  /** The address of kubectl proxy. Nothing is sent to it that identifies the user. */
  readonly server?: string | undefined;
  /** Of the kubeconfig; unset: its current one. */
  readonly context?: string | undefined;
}

export interface FindOptions {
  readonly env: Env;
  readonly signal: AbortSignal;
  /** Of the service account of a pod; unset: where kubelet mounts it. */
  readonly serviceAccount?: string | undefined;
}

/** The error is a sentence without secrets. */
export async function findCluster(
  { server, context }: ClusterChoice,
  { env, signal, serviceAccount }: FindOptions,
): Promise<Outcome<Cluster, string>> {
  if (server !== undefined) return success(proxied(server));
  const config = await readKubeconfig(env, signal);
  if (!config.ok) return config;
  const name = context ?? config.value.currentContext;
  if (name !== '' && config.value.files.length > 0) return clusterOf(config.value, name, env);
  if (context !== undefined) {
    return failure(`There is no kubeconfig for the context ${context}: ${kubeconfigPaths(env).join(', ')} is missing.`);
  }
  const own = await inCluster({ env, signal, directory: serviceAccount });
  if (own !== undefined) return success(own);
  if (config.value.files.length > 0) {
    const names = [...config.value.contexts.keys()];
    return failure(`${config.value.files.join(', ')} has no current-context; choose one of: ${names.join(', ')}.`);
  }
  return failure(
    'No cluster found: there is no kubeconfig (KUBECONFIG, ~/.kube/config) and no pod service account. Alternatively, run `kubectl proxy` and pass its address with --server (in the config file, `server`).',
  );
}

const proxied = (server: string): Cluster => ({
  name: server,
  server: new URL(server),
  namespace: 'default',
  identify: async () => success({ tls: {}, secrets: [] }),
});
