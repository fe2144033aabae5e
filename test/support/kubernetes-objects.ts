// Objects of a cluster as its API serves them, with the fields that matter here and some that do not.

import type { KubernetesObject } from './kubernetes-api.ts';

export interface ContainerFields {
  readonly name?: string;
  readonly image: string;
  /** `imageID` of its status. */
  readonly imageId?: string;
  /** `image` of its status; default that of the spec. */
  readonly reported?: string;
  readonly [field: string]: unknown;
}

export interface PodFields {
  readonly containers?: readonly ContainerFields[];
  readonly init?: readonly ContainerFields[];
  readonly ephemeral?: readonly ContainerFields[];
  readonly phase?: string;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly labels?: Readonly<Record<string, string>>;
  readonly pullSecrets?: readonly string[];
  readonly serviceAccount?: string;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const metadata = (namespace: string, name: string, { labels, owner }: Pick<PodFields, 'labels' | 'owner'> = {}) => ({
  ...{ name, namespace, uid: `uid-${namespace}-${name}`, resourceVersion: '42' },
  creationTimestamp: '2026-11-01T00:00:00Z',
  ...(labels && { labels }),
  ...(owner && {
    ownerReferences: [{ apiVersion: 'apps/v1', ...owner, uid: `uid-${owner.name}`, controller: true }],
  }),
  managedFields: [{ manager: 'kube-controller-manager', operation: 'Update', fieldsV1: { 'f:spec': {} } }],
});

const containersOf = (list: readonly ContainerFields[], prefix: string) =>
  list.map(({ name, imageId: _, reported: __, ...fields }, index) => ({
    ...{ name: name ?? (index === 0 ? prefix : `${prefix}${index}`), imagePullPolicy: 'IfNotPresent', resources: {} },
    ...fields,
  }));

function podSpec({ containers = [], init = [], ephemeral = [], pullSecrets, serviceAccount, spec }: PodFields) {
  return {
    ...{ containers: containersOf(containers, 'app'), restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' },
    ...(init.length > 0 && { initContainers: containersOf(init, 'init') }),
    ...(ephemeral.length > 0 && { ephemeralContainers: containersOf(ephemeral, 'debug') }),
    ...(serviceAccount && { serviceAccountName: serviceAccount }),
    ...(pullSecrets && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    ...spec,
  };
}

const statusesOf = (list: readonly ContainerFields[], prefix: string, state: object) =>
  list.map(({ name, image, imageId = '', reported = image }, index) => ({
    ...{ name: name ?? (index === 0 ? prefix : `${prefix}${index}`), image: reported, imageID: imageId },
    ...{ containerID: 'containerd://0123', ready: true, restartCount: 0, state },
  }));

const RUNNING = { running: { startedAt: '2026-11-01T00:00:00Z' } };
const TERMINATED = { terminated: { exitCode: 0, reason: 'Completed', startedAt: null, finishedAt: null } };

export function pod(namespace: string, name: string, fields: PodFields): KubernetesObject {
  const { containers = [], init = [], ephemeral = [], phase = 'Running' } = fields;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: metadata(namespace, name, fields) },
    spec: { nodeName: 'node-1', ...podSpec({ serviceAccount: 'default', ...fields }) },
    status: {
      phase,
      containerStatuses: statusesOf(containers, 'app', phase === 'Running' ? RUNNING : TERMINATED),
      ...(init.length > 0 && { initContainerStatuses: statusesOf(init, 'init', TERMINATED) }),
      ...(ephemeral.length > 0 && { ephemeralContainerStatuses: statusesOf(ephemeral, 'debug', RUNNING) }),
    },
  };
}

type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Job';

export interface WorkloadFields extends PodFields {
  readonly replicas?: number;
  readonly status?: Readonly<Record<string, unknown>>;
}

export function workload(
  kind: WorkloadKind,
  namespace: string,
  name: string,
  { replicas = 1, status = {}, ...fields }: WorkloadFields,
): KubernetesObject {
  const spec = {
    ...(kind === 'DaemonSet' || kind === 'Job' ? {} : { replicas }),
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec(fields) },
  };
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1';
  return { apiVersion, kind, metadata: metadata(namespace, name, fields), spec, status };
}

export const cronJob = (namespace: string, name: string, fields: PodFields): KubernetesObject => ({
  ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: metadata(namespace, name, fields) },
  spec: {
    ...{ schedule: '0 3 * * *', suspend: false, concurrencyPolicy: 'Allow' },
    jobTemplate: { metadata: {}, spec: { template: { metadata: {}, spec: podSpec(fields) } } },
  },
});

/** With a login for each registry. */
export const pullSecret = (
  namespace: string,
  name: string,
  logins: Readonly<Record<string, string>>,
  type = 'kubernetes.io/dockerconfigjson',
): KubernetesObject => {
  const auths = Object.fromEntries(
    Object.entries(logins).map(([registry, login]) => [registry, { auth: Buffer.from(login).toString('base64') }]),
  );
  const isOld = type === 'kubernetes.io/dockercfg';
  const text = JSON.stringify(isOld ? auths : { auths });
  return {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: metadata(namespace, name), type },
    data: { [isOld ? '.dockercfg' : '.dockerconfigjson']: Buffer.from(text).toString('base64') },
  };
};

export const serviceAccount = (namespace: string, name: string, pullSecrets: readonly string[]): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(namespace, name) },
  imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })),
});

export interface KubeconfigFields {
  readonly server: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly namespace?: string;
  readonly context?: string;
}

/** A kubeconfig with one context, which is the current one. */
export const kubeconfig = ({ server, cluster, user = {}, namespace, context = 'test' }: KubeconfigFields) => ({
  ...{ apiVersion: 'v1', kind: 'Config', preferences: {}, 'current-context': context },
  clusters: [{ name: `${context}-cluster`, cluster: { server, ...cluster } }],
  users: [{ name: `${context}-user`, user }],
  contexts: [
    {
      name: context,
      context: { cluster: `${context}-cluster`, user: `${context}-user`, ...(namespace && { namespace }) },
    },
  ],
});
