// The images of a cluster: each once per namespace, with the workloads that use it and the secrets that pull it.

import { formatReference, parseReference } from '../core/reference.ts';
import type { Target } from '../core/target.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import type { FoundSecret } from '../credentials/pull-secret.ts';
import { createTargetSet } from '../input/target-set.ts';
import type { KnownWorkloads } from './list-workloads.ts';
import type { SecretReader } from './pull-secrets.ts';
import type { Workload } from './workload.ts';

export interface ClusterImage {
  readonly namespace: string;
  /** A place is `namespace/workload`, its path `Kind/workload/container`. */
  readonly target: Target;
  /** What its containers run, where it can be compared with what its tag serves. */
  readonly running: readonly string[];
  /** They contain credentials: never show them. */
  readonly secrets: readonly FoundSecret[];
}

/** `secrets`: undefined if none may be read. */
export function clusterImages(known: KnownWorkloads, secrets: SecretReader | undefined): readonly ClusterImage[] {
  const workloads = Object.values(known).flat();
  const sets = new Map<string, ReturnType<typeof createTargetSet>>();
  const images: { readonly namespace: string; readonly key: string; readonly target: Target }[] = [];
  const running = new Map<string, Set<string>>();
  const pulls = new Map<string, Map<string, FoundSecret>>();
  for (const workload of workloads) {
    const { namespace, images: found } = workload;
    const set = sets.get(namespace) ?? createTargetSet();
    sets.set(namespace, set);
    for (const { text, path, platform, skip } of found) {
      const shown = hideUserinfo(text);
      const key = keyOf(namespace, shown);
      const foundAt = [{ source: placeOf(workload), ...(path !== undefined && { path }) }];
      const target = set.add({ text: shown, foundAt, ...(platform && { platform }), ...(skip && { skip }) });
      if (target !== undefined) images.push({ namespace, key, target });
      const own = pulls.get(key) ?? new Map<string, FoundSecret>();
      pulls.set(key, own);
      for (const name of secrets?.namesOf(workload) ?? []) {
        const read = secrets?.secretOf(namespace, name);
        if (read === undefined) continue;
        const file = `namespace ${namespace}`;
        const named = { kind: 'Secret', metadata: { name } };
        own.set(name, typeof read === 'string' ? { secret: named, file, problem: read } : { secret: read, file });
      }
    }
    for (const [reference, digest] of workload.running) {
      const key = keyOf(namespace, reference);
      running.set(key, (running.get(key) ?? new Set()).add(digest));
    }
  }
  return images.map(({ namespace, key, target }) => ({
    namespace,
    target,
    running: [...(running.get(key) ?? [])].sort(),
    secrets: [...(pulls.get(key)?.values() ?? [])],
  }));
}

/** `shop/web` of `Deployment/web` in the namespace shop. */
const placeOf = ({ namespace, owner }: Workload): string => `${namespace}/${owner.slice(owner.indexOf('/') + 1)}`;

function keyOf(namespace: string, text: string): string {
  const parsed = parseReference(text);
  return `${namespace} ${parsed.ok ? formatReference(parsed.value) : text}`;
}
