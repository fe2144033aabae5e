// The objects that are listed, and where their pod specs are.

export interface ListedKind {
  readonly kind: string;
  /** As in URLs and in the rules of a Role. */
  readonly plural: string;
  /** The prefix of its URLs. */
  readonly group: string;
  /** Where its PodSpec is. */
  readonly podSpec: readonly string[];
}

const TEMPLATE = ['spec', 'template', 'spec'];

/** Workloads first: pods are then named after them. */
export const LISTED_KINDS: readonly ListedKind[] = [
  { kind: 'Deployment', plural: 'deployments', group: '/apis/apps/v1', podSpec: TEMPLATE },
  { kind: 'StatefulSet', plural: 'statefulsets', group: '/apis/apps/v1', podSpec: TEMPLATE },
  { kind: 'DaemonSet', plural: 'daemonsets', group: '/apis/apps/v1', podSpec: TEMPLATE },
  { kind: 'ReplicaSet', plural: 'replicasets', group: '/apis/apps/v1', podSpec: TEMPLATE },
  {
    kind: 'CronJob',
    plural: 'cronjobs',
    group: '/apis/batch/v1',
    podSpec: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  },
  { kind: 'Job', plural: 'jobs', group: '/apis/batch/v1', podSpec: TEMPLATE },
  { kind: 'Pod', plural: 'pods', group: '/api/v1', podSpec: ['spec'] },
];

/** null: of all namespaces. */
export const listPath = ({ group, plural }: ListedKind, namespace: string | null): string =>
  namespace === null ? `${group}/${plural}` : `${group}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
