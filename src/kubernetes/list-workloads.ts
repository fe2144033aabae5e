// Lists the pods and workloads of namespaces. A list that fails leaves what was known from it before.

import { formatCount } from '../core/quantity.ts';
import type { PlainObject } from '../credentials/go-document.ts';
import type { ApiFailure, ClusterApi } from './api.ts';
import { LISTED_KINDS, type ListedKind, listPath } from './kinds.ts';
import { jobOwners, readWorkload, type Workload } from './workload.ts';

/** By `namespace/plural`; the namespace is `*` for all. Plain data. */
export type KnownWorkloads = Readonly<Record<string, readonly Workload[]>>;

export interface ListedWorkloads {
  readonly workloads: KnownWorkloads;
  /** Of lists that failed, each a sentence without secrets. */
  readonly problems: readonly string[];
  /** How many lists were read. */
  readonly succeeded: number;
}

export const ALL_NAMESPACES = '*';

export interface ListScope {
  /** `*`: all. */
  readonly namespaces: readonly string[];
  /** Of labels. */
  readonly selector?: string | undefined;
}

/** Rejects with the reason of the signal of the API. */
export async function listWorkloads(
  api: ClusterApi,
  { namespaces, selector }: ListScope,
  known: KnownWorkloads,
): Promise<ListedWorkloads> {
  const lists = namespaces.flatMap((namespace) => LISTED_KINDS.map((kind) => ({ namespace, kind })));
  const read = await Promise.all(
    lists.map(async ({ namespace, kind }) => {
      const path = listPath(kind, namespace === ALL_NAMESPACES ? null : namespace);
      return { namespace, kind, outcome: await api.list(path, selector) };
    }),
  );
  const owners = jobOwners(
    read.flatMap(({ kind, outcome }) => (kind.plural === 'jobs' && outcome.ok ? outcome.value : [])),
  );
  const workloads: Record<string, readonly Workload[]> = {};
  const failures: { readonly namespace: string; readonly kind: ListedKind; readonly failure: ApiFailure }[] = [];
  for (const { namespace, kind, outcome } of read) {
    const key = `${namespace}/${kind.plural}`;
    if (outcome.ok) workloads[key] = joined(outcome.value, kind, owners);
    else {
      workloads[key] = known[key] ?? [];
      failures.push({ namespace, kind, failure: outcome.error });
    }
  }
  return { workloads, problems: describe(failures), succeeded: lists.length - failures.length };
}

/** Pods of one workload with the same images are one. */
function joined(
  objects: readonly PlainObject[],
  kind: ListedKind,
  owners: ReadonlyMap<string, string>,
): readonly Workload[] {
  const all = new Map<string, Workload>();
  for (const object of objects) {
    const read = readWorkload(object, kind, owners);
    if (read === undefined || read.images.length === 0) continue;
    const { running, ...rest } = read;
    const key = JSON.stringify(rest);
    const before = all.get(key);
    all.set(key, before === undefined ? read : { ...before, running: union(before.running, running) });
  }
  return [...all.values()];
}

const union = (a: Workload['running'], b: Workload['running']): Workload['running'] => [
  ...new Map([...a, ...b].map((one) => [one.join(' '), one])).values(),
];

/** One sentence for all lists that failed for the same reason: an API that is away is not seven problems. */
function describe(
  failures: readonly { readonly namespace: string; readonly kind: ListedKind; readonly failure: ApiFailure }[],
): readonly string[] {
  const groups = new Map<string, typeof failures>();
  for (const one of failures) {
    const { kind, problem } = one.failure;
    // What is forbidden names its resource.
    const key = kind === 'forbidden' || kind === 'not-found' ? `${one.namespace} ${kind}` : problem;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const plurals = [...new Set(group.map(({ kind }) => kind.plural))].join(', ');
    const scopes = [...new Set(group.map(({ namespace }) => namespace))];
    const where =
      scopes[0] === ALL_NAMESPACES
        ? 'all namespaces'
        : scopes.length === 1
          ? `the namespace ${scopes[0]}`
          : formatCount(scopes.length, 'namespace');
    const { kind, problem } = first.failure;
    return [`Cannot list ${plurals} in ${where}: ${problem.replace(/\.$/, '')}.${cureOf(kind, scopes)}`];
  });
}

function cureOf(kind: ApiFailure['kind'], scopes: readonly string[]): string {
  if (kind === 'unauthorized') return ' Log in to the cluster again, or renew the token.';
  if (kind !== 'forbidden') return '';
  const allow = ' Allow list with a Role';
  return scopes.includes(ALL_NAMESPACES)
    ? `${allow} in each namespace and name the namespaces, or with a ClusterRole.`
    : `${allow}.`;
}
