// Resources of the images of a cluster: one for each namespace and reference, with the secrets of the namespace.

import { createHash } from 'node:crypto';
import { Secret } from '../credentials/secret.ts';
import type { ClusterImage } from '../kubernetes/cluster-images.ts';
import type { ResourceCredentials } from '../monitor/resource/monitor-resource.ts';
import { canonicalOf, type Defaults, type ImageDraft, imageDraft, type KubernetesEntry } from './resource-draft.ts';

export function clusterDraft(
  entry: KubernetesEntry,
  { namespace, target, running, secrets }: ClusterImage,
  defaults: Defaults,
): ImageDraft {
  const { kubernetes, ...rest } = entry;
  const draft = imageDraft(rest, target, defaults);
  const { context } = kubernetes;
  return {
    ...draft,
    name: `${target.text} (${namespace})`,
    group: entry.group ?? namespace,
    // However a workload writes the reference, its history stays the same.
    identity: [context, namespace, shortName(target.text)].filter((part) => part !== undefined).join(' '),
    running,
    credentials: draft.credentials ?? pullSecretsOf(namespace, secrets),
  };
}

/** As users write it. */
const shortName = (text: string): string => canonicalOf(text).replace(/^docker\.io\/(?:library\/)?/, '');

function pullSecretsOf(namespace: string, secrets: ClusterImage['secrets']): ResourceCredentials | null {
  if (secrets.length === 0) return null;
  const text = JSON.stringify(secrets);
  const version = createHash('sha256').update(`${namespace} ${text}`).digest('hex');
  return { kind: 'pull-secrets', documents: new Secret(text), version };
}
