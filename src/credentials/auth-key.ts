// The keys of `auths` and `credHelpers`: which registry, or which part of one, a login was stored for.
//
//   key = [ scheme "://" ] host [ ":" port ] [ "/" path ]
//
// - Host and port must be those of the registry, letter by letter: `r.io:443` is not `r.io` (docker, podman).
// - Without a scheme the path is a namespace: it answers for itself and what lies below it (containers-auth.json(5)).
//   docker ignores it and would send the login of quay.io/other to quay.io/org; we do not.
// - Behind a scheme, and when it is /v1 or /v2, the path is an API address: the key means the whole registry (docker,
//   podman).
// - `*` stands for characters within one label of the host (Kubernetes pull secrets).

const HUB = 'docker.io';
const HUB_HOSTS = new Set([HUB, 'index.docker.io', 'registry-1.docker.io']);
/** What docker login writes, and asks a helper, for Docker Hub. */
const HUB_ADDRESS = 'https://index.docker.io/v1/';

export interface KeyMatch {
  /** Higher is more specific: exact host before glob, then the longer path, then docker's own spelling. */
  readonly rank: number;
  /** The key as it may be shown: without user info or query. */
  readonly shown: string;
  /** Whether the key means the registry, no more and no less. */
  readonly isWholeRegistry: boolean;
  /** The server addresses under which a helper may know this login, likeliest first. */
  readonly servers: readonly string[];
}

const canonicalHost = (host: string): string => (HUB_HOSTS.has(host) ? HUB : host);

/** The key docker itself would store a login for this registry under. */
export const keyOfRegistry = (registry: string): string => (canonicalHost(registry) === HUB ? HUB_ADDRESS : registry);

const RANK_OF_EXACT_HOST = 2 ** 20;

/** How `key` answers for the repository; undefined when the login was stored for something else. */
export function matchAuthKey(key: string, registry: string, repository = ''): KeyMatch | undefined {
  const scheme = /^https?:\/\//i.exec(key)?.[0] ?? '';
  const address = key.slice(scheme.length).replace(/[?#].*$/s, '');
  const [authority = '', ...segments] = address.split('/');
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const path = segments.filter((segment) => segment !== '').join('/');
  const namespace = scheme !== '' || path === 'v1' || path === 'v2' ? '' : path;

  const isGlob = host.includes('*');
  const wanted = canonicalHost(registry);
  if (isGlob ? !matchesGlob(host, wanted) : canonicalHost(host) !== wanted) return undefined;
  if (namespace !== '' && !`${repository}/`.startsWith(`${namespace}/`)) return undefined;

  const usual = keyOfRegistry(registry);
  const isWholeRegistry = !isGlob && namespace === '';
  const hubServers = wanted === HUB && isWholeRegistry ? [usual] : [];
  return {
    rank: (isGlob ? 0 : RANK_OF_EXACT_HOST) + 2 * namespace.length + (key === usual ? 1 : 0),
    shown: `${scheme}${host}${address.slice(authority.length)}`,
    isWholeRegistry,
    servers: isGlob ? [usual] : [...new Set([...hubServers, key])],
  };
}

/** Label by label, the port being one of them; no regular expression, so nothing blows up on `*a*a*a`. */
function matchesGlob(glob: string, host: string): boolean {
  const [globs, labels] = [splitHost(glob), splitHost(host)];
  return globs.length === labels.length && labels.every((label, index) => matchesLabel(globs[index] ?? '', label));
}

const splitHost = (host: string): string[] => host.replace(':', '.:').split('.');

/** `*` stands for any characters; a port matches only itself. */
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
