// The cluster of the pod that this program runs in: its service account.
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/

import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Env } from '../core/env.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { readFileText, USUAL_DEADLINE_MS } from '../file/read-file.ts';
import { bearer, type Cluster, isToken } from './cluster.ts';

export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const MAX_BYTES = 1024 * 1024;

export interface InClusterOptions {
  readonly env: Env;
  readonly signal: AbortSignal;
  /** Unset: where kubelet mounts it. */
  readonly directory?: string | undefined;
}

/** undefined: this is no pod, or it has no service account. */
export async function inCluster({
  env,
  signal,
  directory = SERVICE_ACCOUNT,
}: InClusterOptions): Promise<Cluster | undefined> {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = env;
  const address = `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  if (host === '' || !URL.canParse(address)) return undefined;
  const read = async (name: string, end: AbortSignal): Promise<Outcome<string, string>> => {
    const path = join(directory, name);
    const text = await readFileText(path, { maxBytes: MAX_BYTES, deadlineMs: USUAL_DEADLINE_MS, signal: end });
    return text.ok ? text : failure(`Cannot read ${path}: ${text.error.problem}.`);
  };
  if (!(await read('token', signal)).ok) return undefined;
  const namespace = await read('namespace', signal);
  return {
    name: 'the cluster of this pod',
    server: new URL(address),
    namespace: (namespace.ok && namespace.value.trim()) || 'default',
    async identify(end) {
      const [token, ca] = await Promise.all([read('token', end), read('ca.crt', end)]);
      if (!token.ok) return token;
      if (!ca.ok) return ca;
      const text = token.value.trim();
      if (!isToken(text)) return failure(`${join(directory, 'token')} contains no token.`);
      return success({ tls: { ca: ca.value, caOnly: true }, ...bearer(text) });
    },
  };
}
