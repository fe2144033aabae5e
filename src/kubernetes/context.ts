// The cluster of a context in a kubeconfig: its server, and what its user proves itself with.

import type { Env } from '../core/env.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';
import { isLoopbackHost } from '../http/address.ts';
import type { TlsChoice } from '../http/tls-store.ts';
import type { Cluster } from './cluster.ts';
import { type Kubeconfig, type KubeconfigEntry, textOf } from './kubeconfig.ts';
import { readPem } from './pem.ts';
import { identifyUser } from './user.ts';

const NOTHING: KubeconfigEntry = { value: {}, directory: '.' };

/** The error is a sentence. */
export function clusterOf(config: Kubeconfig, name: string, env: Env): Outcome<Cluster, string> {
  const where = config.files.join(', ');
  const context = config.contexts.get(name);
  if (context === undefined) {
    const known = [...config.contexts.keys()];
    const advice = suggest(name, known) || (known.length === 0 ? '' : ` Use one of: ${listed(known)}.`);
    return failure(`${where} has no context "${shown(name)}".${advice}`);
  }
  const clusterName = textOf(context.value, 'cluster');
  const cluster = config.clusters.get(clusterName);
  if (cluster === undefined) {
    return failure(
      `The context ${shown(name)} in ${where} names the cluster "${shown(clusterName)}", which is missing.`,
    );
  }
  const userName = textOf(context.value, 'user');
  const user = userName === '' ? NOTHING : config.users.get(userName);
  if (user === undefined) {
    return failure(`The context ${shown(name)} in ${where} names the user "${shown(userName)}", which is missing.`);
  }
  const server = serverOf(textOf(cluster.value, 'server'));
  if (!server.ok) return failure(`The cluster ${shown(clusterName)} in ${where}: ${server.error}`);
  const proxy = textOf(cluster.value, 'proxy-url');
  if (proxy !== '' && !/^https?:\/\//i.test(proxy)) {
    return failure(`The cluster ${shown(clusterName)} in ${where}: proxy-url must be an http or https URL.`);
  }
  return success({
    name: `the context ${shown(name)}`,
    server: server.value,
    namespace: textOf(context.value, 'namespace') || 'default',
    ...(proxy !== '' && { proxy }),
    async identify(signal) {
      // As kubectl: what identifies the user is sent over TLS alone.
      if (server.value.protocol === 'http:') return success({ tls: {}, secrets: [] });
      const tls = await tlsOf(cluster, signal);
      if (!tls.ok) return tls;
      const identity = await identifyUser(user, { name: shown(userName), cluster, env, signal });
      if (!identity.ok) return identity;
      return success({ ...identity.value, tls: { ...tls.value, ...identity.value.tls } });
    },
  });
}

/** Without a slash at the end of its path. */
export function serverOf(text: string): Outcome<URL, string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    return failure('its server is not an http or https URL.');
  }
  if (url.username !== '' || url.password !== '') return failure('its server must not contain credentials.');
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    return failure('its server is not encrypted; use https, or kubectl proxy on this machine.');
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  url.search = '';
  url.hash = '';
  return success(url);
}

async function tlsOf(cluster: KubeconfigEntry, signal: AbortSignal): Promise<Outcome<TlsChoice, string>> {
  const ca = await readPem(cluster, 'certificate-authority', signal);
  if (!ca.ok) return ca;
  const serverName = textOf(cluster.value, 'tls-server-name');
  return success({
    ...(ca.value !== undefined && { ca: ca.value, caOnly: true }),
    ...(serverName !== '' && { serverName }),
    insecure: cluster.value['insecure-skip-tls-verify'] === true,
  });
}

const shown = (text: string): string => cleanText(text, 100);
const MAX_LISTED = 10;
const listed = (names: readonly string[]): string => names.slice(0, MAX_LISTED).map(shown).join(', ');
