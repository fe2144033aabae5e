// The names of Docker Hub: references, credentials, mirrors and the API each use another one.

/** As in image references. */
export const DOCKER_HUB = 'docker.io';
/** Host of the distribution API. */
export const DOCKER_HUB_API = 'registry-1.docker.io';

/** Its old name in references, which means the same. */
export const OLD_DOCKER_HUB = 'index.docker.io';

const HOSTS = new Set([DOCKER_HUB, OLD_DOCKER_HUB, DOCKER_HUB_API]);

/** The registry that a host belongs to: `docker.io` for each of Docker Hub's hosts, any other host unchanged. */
export const registryOfHost = (host: string): string => (HOSTS.has(host) ? DOCKER_HUB : host);
