// What the monitor needs of a pod or a workload: its images, and what a pull of them uses.

import { formatReference, parseReference } from '../core/reference.ts';
import { isPlainObject, type PlainObject } from '../credentials/go-document.ts';
import type { Found } from '../input/extractor.ts';
import { podImages } from '../input/pod-spec.ts';
import type { YamlNode } from '../input/yaml-node.ts';
import type { ListedKind } from './kinds.ts';
import { runningDigest } from './running-digest.ts';

/** Plain data: it is kept between runs. */
export interface Workload {
  readonly namespace: string;
  /** `Deployment/web`: of a pod the workload it belongs to. */
  readonly owner: string;
  readonly images: readonly Found[];
  /** Names of secrets, in the order in which they are tried. */
  readonly pullSecrets: readonly string[];
  /** Its pull secrets count if the pod has none. */
  readonly serviceAccount: string;
  /** Digests that containers of a pod run, by canonical reference. */
  readonly running: readonly (readonly [reference: string, digest: string])[];
}

/** undefined: it pulls no image, or another object lists its images. `owners`: of jobs, by namespace and name. */
export function readWorkload(
  object: PlainObject,
  { kind, podSpec }: ListedKind,
  owners: ReadonlyMap<string, string>,
): Workload | undefined {
  const metadata = objectAt(object, 'metadata');
  const name = textAt(metadata, 'name');
  const namespace = textAt(metadata, 'namespace');
  const owner = controllerOf(metadata);
  const isPod = kind === 'Pod';
  if (name === '' || namespace === '') return undefined;
  // The workload itself is listed; a replica set of another controller is one of many revisions.
  if (!isPod && owner !== undefined && (kind === 'ReplicaSet' || MANAGED.has(owner.kind))) return undefined;
  const status = objectAt(object, 'status');
  if (isPod ? FINISHED.has(textAt(status, 'phase')) : kind === 'Job' && isFinishedJob(status)) return undefined;
  const spec = objectAt(object, ...podSpec);
  const own = isPod ? ownerOfPod(metadata, namespace, name, owners) : `${kind}/${name}`;
  const images = [...podImages(toNode(spec), own)].map(({ line: _, ...found }) => found);
  const secrets = listAt(spec, 'imagePullSecrets').map((one) => textAt(one, 'name'));
  return {
    namespace,
    owner: own,
    images,
    pullSecrets: [...new Set(secrets.filter((one) => one !== ''))],
    serviceAccount: textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount') || 'default',
    running: isPod ? runningDigests(spec, status) : [],
  };
}

/** Their own objects are listed. */
const MANAGED = new Set(['Deployment', 'CronJob', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);
/** Such a pod is never started again. */
const FINISHED = new Set(['Succeeded', 'Failed']);

const isFinishedJob = (status: PlainObject): boolean =>
  listAt(status, 'conditions').some(
    (one) => ['Complete', 'Failed'].includes(textAt(one, 'type')) && textAt(one, 'status') === 'True',
  );

interface Controller {
  readonly kind: string;
  readonly name: string;
}

function controllerOf(metadata: PlainObject): Controller | undefined {
  const owner = listAt(metadata, 'ownerReferences').find(({ controller }) => controller === true);
  return owner && { kind: textAt(owner, 'kind'), name: textAt(owner, 'name') };
}

export const ownerKey = (namespace: string, name: string): string => `${namespace}/${name}`;

/** The cron job of each job. */
export function jobOwners(jobs: readonly PlainObject[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const job of jobs) {
    const metadata = objectAt(job, 'metadata');
    const owner = controllerOf(metadata);
    if (owner?.kind !== 'CronJob') continue;
    owners.set(ownerKey(textAt(metadata, 'namespace'), textAt(metadata, 'name')), `CronJob/${owner.name}`);
  }
  return owners;
}

/** A replica set of a deployment has its name and the hash of its template. */
function ownerOfPod(
  metadata: PlainObject,
  namespace: string,
  name: string,
  owners: ReadonlyMap<string, string>,
): string {
  const owner = controllerOf(metadata);
  // The kubelet is the owner of a static pod.
  if (owner === undefined || owner.kind === 'Node') return `Pod/${name}`;
  if (owner.kind === 'Job') return owners.get(ownerKey(namespace, owner.name)) ?? `Job/${owner.name}`;
  const labels = objectAt(metadata, 'labels');
  for (const [label, kind] of [
    ['pod-template-hash', 'Deployment'],
    ['rollouts-pod-template-hash', 'Rollout'],
  ] as const) {
    const ending = `-${textAt(labels, label)}`;
    if (owner.kind === 'ReplicaSet' && ending !== '-' && owner.name.endsWith(ending)) {
      return `${kind}/${owner.name.slice(0, -ending.length)}`;
    }
  }
  return `${owner.kind}/${owner.name}`;
}

const STATUSES = [
  ['containers', 'containerStatuses'],
  ['initContainers', 'initContainerStatuses'],
  ['ephemeralContainers', 'ephemeralContainerStatuses'],
] as const;

function runningDigests(spec: PlainObject, status: PlainObject): (readonly [string, string])[] {
  const found = STATUSES.flatMap(([list, statuses]) => {
    const images = new Map(listAt(spec, list).map((one) => [textAt(one, 'name'), textAt(one, 'image')]));
    return listAt(status, statuses).flatMap((one): (readonly [string, string])[] => {
      const image = images.get(textAt(one, 'name')) ?? '';
      const isOver = isPlainObject(objectAt(one, 'state').terminated);
      const digest = isOver ? undefined : runningDigest(image, textAt(one, 'image'), textAt(one, 'imageID'));
      const reference = parseReference(image);
      return digest === undefined || !reference.ok ? [] : [[formatReference(reference.value), digest]];
    });
  });
  return [...new Map(found.map((one) => [one.join(' '), one])).values()];
}

export function objectAt(object: PlainObject, ...keys: readonly string[]): PlainObject {
  let current: unknown = object;
  for (const key of keys) current = isPlainObject(current) ? current[key] : undefined;
  return isPlainObject(current) ? current : {};
}

export function textAt(object: PlainObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

export function listAt(object: PlainObject, key: string): readonly PlainObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isPlainObject) : [];
}

/** No pod spec is deeper. */
const MAX_DEPTH = 30;

/** As the extractors of files read it. */
function toNode(value: unknown, depth = 0): YamlNode {
  const place = { line: 0 };
  if (depth > MAX_DEPTH) return { ...place, kind: 'scalar', value: null, text: '' };
  if (Array.isArray(value)) return { ...place, kind: 'list', items: value.map((item) => toNode(item, depth + 1)) };
  if (isPlainObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [key, toNode(item, depth + 1)] as const);
    return { ...place, kind: 'map', entries: new Map(entries) };
  }
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return { ...place, kind: 'scalar', value: scalar, text: scalar === null ? '' : String(scalar) };
}
