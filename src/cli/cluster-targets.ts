// The images of a cluster for `check --from kubernetes`: once each, or per namespace where its pull secrets are used.

import { createHash } from 'node:crypto';
import type { CheckerSettings } from '../check/checker-settings.ts';
import type { Settings } from '../config/setting-parsers.ts';
import type { Env } from '../core/env.ts';
import type { SourceProblem, Target } from '../core/target.ts';
import { UsageError } from '../core/usage-error.ts';
import type { Collection } from '../input/collect.ts';
import { createIgnore, type IgnoreRule } from '../input/ignore.ts';
import { createTargetSet } from '../input/target-set.ts';
import type { ClusterImage } from '../kubernetes/cluster-images.ts';

export interface ClusterTargets extends Pick<CheckerSettings, 'credentialsOf'> {
  readonly targets: readonly Target[];
  readonly problems: readonly SourceProblem[];
  /** The message where there is nothing to check. */
  readonly nothing: readonly [string, ...string[]];
}

export interface ClusterInputs {
  readonly ignore: readonly IgnoreRule[];
  readonly env: Env;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

const NONE: ClusterTargets = { targets: [], problems: [], nothing: ['no images found.'] };
/** In messages, where a file has its name. */
const SOURCE = 'kubernetes';

type ClusterSettings = Pick<Settings, 'from' | 'namespace' | 'selector' | 'context' | 'server' | 'usePullSecrets'>;

/** Throws a UsageError if the cluster cannot be read at all. */
export async function readClusterTargets(
  { from, namespace, selector, context, server, usePullSecrets }: ClusterSettings,
  { ignore, env, nowMs, signal }: ClusterInputs,
): Promise<ClusterTargets> {
  if (from === undefined || signal.aborted) return NONE;
  const secrets = usePullSecrets ? 'named' : 'none';
  const source = { namespaces: namespace, selector, context, server, secrets } as const;
  // Loaded on demand: most runs read no cluster.
  const { createClusterMemory, readCluster } = await import('../kubernetes/read-cluster.ts');
  const reading = await readCluster(source, createClusterMemory(), { env, signal }).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (reading === undefined) return NONE;
  const { images, problems, isFailed, cluster, namespaces } = reading;
  if (isFailed) throw new UsageError(`--from kubernetes: ${problems[0]}`);
  const ignored = createIgnore(ignore, nowMs);
  const own = new WeakMap<Target, NonNullable<ReturnType<NonNullable<CheckerSettings['credentialsOf']>>>>();
  const targets = images.map((image) => {
    const target = ignored(image.target);
    const { secrets: found } = image;
    if (found.length > 0) own.set(target, { pullSecrets: { found, version: versionOf(image) } });
    return target;
  });
  const where = namespaces.includes('*') ? 'any namespace' : `the namespace ${namespaces.join(', ')}`;
  return {
    targets,
    problems: problems.map((message) => ({ source: SOURCE, message })),
    credentialsOf: (target) => own.get(target),
    nothing: [
      `no images found in ${where} of ${cluster}.`,
      ...(namespaces.includes('*') ? [] : ["kairos-pull check --from kubernetes --namespace '*'"]),
    ],
  };
}

/** The same image of several namespaces is one, unless each has pull secrets. */
export function withTargets(collection: Collection, { targets, problems, credentialsOf }: ClusterTargets): Collection {
  if (targets.length + problems.length === 0) return collection;
  const set = createTargetSet();
  const known = [...collection.known, ...targets].flatMap((target) =>
    credentialsOf?.(target) === undefined ? (set.add(target) ?? []) : [target],
  );
  // The list that more come to with standard input.
  (collection.problems as SourceProblem[]).unshift(...problems);
  return { ...collection, known };
}

function versionOf({ namespace, secrets }: ClusterImage): string {
  return createHash('sha256')
    .update(JSON.stringify([namespace, secrets]))
    .digest('hex');
}
