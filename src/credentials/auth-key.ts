// The keys of `auths` and `credHelpers`: which registry, or which part of one, a credential was stored for.
//
//   key = [ scheme "://" ] host [ ":" port ] [ "/" path ]
//
// - Host and port must equal those of the registry exactly: `r.io:443` is not `r.io` (docker, podman).
// - Without a scheme the path is a namespace and applies to everything below it (containers-auth.json(5)). docker ignores
//   it and would send the credential of quay.io/other to quay.io/org; we do not.
// - After a scheme, and when it is /v1 or /v2, the path is an API address: the key applies to the whole registry (docker,
//   podman).
// - `*` matches any characters within one label of the host (Kubernetes pull secrets).

import { DOCKER_HUB, registryOfHost } from '../core/docker-hub.ts';
import { matchesGlob } from '../core/glob.ts';

/** The key that docker login writes, and sends to a helper, for Docker Hub. */
const HUB_ADDRESS = 'https://index.docker.io/v1/';

export interface KeyMatch {
  /** Higher is more specific: exact host before glob, then the longer path, then docker's own spelling. */
  readonly rank: number;
  /** The key without user info or query, safe to display. */
  readonly shown: string;
  /** The key means exactly the registry: no glob, no namespace. */
  readonly isWholeRegistry: boolean;
  /** The server addresses under which a helper may store this credential, most likely first. */
  readonly servers: readonly string[];
}

/** The key under which docker itself stores a credential for this registry. */
export const keyOfRegistry = (registry: string): string =>
  registryOfHost(registry) === DOCKER_HUB ? HUB_ADDRESS : registry;

const RANK_OF_EXACT_HOST = 2 ** 20;

/** How `key` applies to the repository; undefined when its credential was stored for something else. */
export function matchAuthKey(key: string, registry: string, repository = ''): KeyMatch | undefined {
  const scheme = /^https?:\/\//i.exec(key)?.[0] ?? '';
  const address = key.slice(scheme.length).replace(/[?#].*$/s, '');
  const [authority = '', ...segments] = address.split('/');
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const path = segments.filter((segment) => segment !== '').join('/');
  const namespace = scheme !== '' || path === 'v1' || path === 'v2' ? '' : path;

  const isGlob = host.includes('*');
  const registryHost = registryOfHost(registry);
  if (isGlob ? !matchesHostGlob(host, registryHost) : registryOfHost(host) !== registryHost) return undefined;
  if (namespace !== '' && !`${repository}/`.startsWith(`${namespace}/`)) return undefined;

  const dockerKey = keyOfRegistry(registry);
  const isWholeRegistry = !isGlob && namespace === '';
  const hubServers = registryHost === DOCKER_HUB && isWholeRegistry ? [dockerKey] : [];
  return {
    rank: (isGlob ? 0 : RANK_OF_EXACT_HOST) + 2 * namespace.length + (key === dockerKey ? 1 : 0),
    shown: `${scheme}${host}${address.slice(authority.length)}`,
    isWholeRegistry,
    servers: isGlob ? [dockerKey] : [...new Set([...hubServers, key])],
  };
}

/** Label by label; the port is a label that matches only itself. */
function matchesHostGlob(glob: string, host: string): boolean {
  const [globs, labels] = [splitHost(glob), splitHost(host)];
  const matches = (label: string, pattern = ''): boolean =>
    label.startsWith(':') ? pattern === label : matchesGlob(pattern, label);
  return globs.length === labels.length && labels.every((label, index) => matches(label, globs[index]));
}

const splitHost = (host: string): string[] => host.replace(':', '.:').split('.');
