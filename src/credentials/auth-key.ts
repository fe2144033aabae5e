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

const HUB = 'docker.io';
const HUB_HOSTS = new Set([HUB, 'index.docker.io', 'registry-1.docker.io']);
/** The key that docker login writes, and sends to a helper, for Docker Hub. */
const HUB_ADDRESS = 'https://index.docker.io/v1/';

export interface KeyMatch {
  /** Higher is more specific: exact host before glob, then the longer path, then docker's own spelling. */
  readonly rank: number;
  /** The key without user info or query, fit to be shown. */
  readonly shown: string;
  /** The key means exactly the registry: no glob, no namespace. */
  readonly isWholeRegistry: boolean;
  /** The server addresses under which a helper may store this credential, most likely first. */
  readonly servers: readonly string[];
}

const canonicalHost = (host: string): string => (HUB_HOSTS.has(host) ? HUB : host);

/** The key under which docker itself stores a credential for this registry. */
export const keyOfRegistry = (registry: string): string => (canonicalHost(registry) === HUB ? HUB_ADDRESS : registry);

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
  const registryHost = canonicalHost(registry);
  if (isGlob ? !matchesGlob(host, registryHost) : canonicalHost(host) !== registryHost) return undefined;
  if (namespace !== '' && !`${repository}/`.startsWith(`${namespace}/`)) return undefined;

  const dockerKey = keyOfRegistry(registry);
  const isWholeRegistry = !isGlob && namespace === '';
  const hubServers = registryHost === HUB && isWholeRegistry ? [dockerKey] : [];
  return {
    rank: (isGlob ? 0 : RANK_OF_EXACT_HOST) + 2 * namespace.length + (key === dockerKey ? 1 : 0),
    shown: `${scheme}${host}${address.slice(authority.length)}`,
    isWholeRegistry,
    servers: isGlob ? [dockerKey] : [...new Set([...hubServers, key])],
  };
}

/** Label by label, the port being one of them. No regular expression, which would take too long on `*a*a*a`. */
function matchesGlob(glob: string, host: string): boolean {
  const [globs, labels] = [splitHost(glob), splitHost(host)];
  return globs.length === labels.length && labels.every((label, index) => matchesLabel(globs[index] ?? '', label));
}

const splitHost = (host: string): string[] => host.replace(':', '.:').split('.');

/** `*` matches any characters; a port matches only itself. */
function matchesLabel(glob: string, label: string): boolean {
  const [head = '', ...parts] = glob.split('*');
  const tail = parts.pop();
  if (tail === undefined || label.startsWith(':')) return glob === label;
  if (!label.startsWith(head) || !label.endsWith(tail)) return false;
  let at = head.length;
  for (const part of parts) {
    const found = label.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at + tail.length <= label.length;
}
