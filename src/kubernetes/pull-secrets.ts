// Reads the pull secrets that workloads name, each by its name: no list of secrets is ever requested.

import type { PlainObject } from '../credentials/go-document.ts';
import type { ClusterApi } from './api.ts';
import { textOf } from './kubeconfig.ts';
import { listAt, type Workload } from './workload.ts';

/** By `namespace/name`. A text: why there is none, such as `it does not exist`. */
export type ReadSecrets = Map<string, PlainObject | string>;
/** By `namespace/name` of the service account: names of secrets. */
export type ReadAccounts = Map<string, readonly string[]>;

const NO_PULL_SECRET = 'it is not a pull secret (type kubernetes.io/dockerconfigjson)';
const TYPES = new Set(['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg']);

export interface SecretReader {
  /** Names of the secrets that a pull for this workload tries, in order. */
  namesOf(workload: Workload): readonly string[];
  /** A text: why there is none. undefined: it was never read. */
  secretOf(namespace: string, name: string): PlainObject | string | undefined;
  readonly problems: readonly string[];
}

/** What cannot be read now is as it was before. Both maps are updated. */
export async function readPullSecrets(
  api: ClusterApi,
  workloads: readonly Workload[],
  secrets: ReadSecrets,
  accounts: ReadAccounts,
): Promise<SecretReader> {
  const problems: string[] = [];
  const accountOf = ({ namespace, serviceAccount }: Workload): string => `${namespace}/${serviceAccount}`;
  const withoutOwn = workloads.filter(({ pullSecrets }) => pullSecrets.length === 0);
  await Promise.all(
    [...new Set(withoutOwn.map(accountOf))].map(async (key) => {
      const read = await api.get(pathOf(key, 'serviceaccounts'));
      if (read.ok) {
        const names = listAt(read.value, 'imagePullSecrets').map((one) => textOf(one, 'name'));
        accounts.set(
          key,
          names.filter((name) => name !== ''),
        );
      } else if (read.error.kind === 'not-found') accounts.set(key, []);
      else
        problems.push(
          `Cannot read the service account ${key}, so its pull secrets are not known: ${read.error.problem}.`,
        );
    }),
  );
  const namesOf = (workload: Workload): readonly string[] =>
    workload.pullSecrets.length > 0 ? workload.pullSecrets : (accounts.get(accountOf(workload)) ?? []);
  const wanted = new Set(workloads.flatMap((one) => namesOf(one).map((name) => `${one.namespace}/${name}`)));
  for (const key of secrets.keys()) if (!wanted.has(key)) secrets.delete(key);
  await Promise.all(
    [...wanted].map(async (key) => {
      const read = await api.get(pathOf(key, 'secrets'));
      // kubelet, too, goes on without a secret that does not exist.
      if (read.ok) secrets.set(key, TYPES.has(textOf(read.value, 'type')) ? asSecret(read.value) : NO_PULL_SECRET);
      else if (read.error.kind === 'not-found') secrets.set(key, 'it does not exist');
      else {
        problems.push(`Cannot read the pull secret ${key}: ${read.error.problem}.`);
        if (typeof secrets.get(key) !== 'object') secrets.set(key, `it could not be read: ${read.error.problem}`);
      }
    }),
  );
  return { namesOf, secretOf: (namespace, name) => secrets.get(`${namespace}/${name}`), problems: problems.sort() };
}

function pathOf(key: string, plural: string): string {
  const [namespace = '', name = ''] = key.split('/').map(encodeURIComponent);
  return `/api/v1/namespaces/${namespace}/${plural}/${name}`;
}

/** As the readers of files expect it: an object of a list has no kind. */
const asSecret = (object: PlainObject): PlainObject => ({ kind: 'Secret', ...object });
