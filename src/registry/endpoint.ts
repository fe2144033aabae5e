// Where a registry's API is: https://<registry>/v2/, with Docker Hub's alias and loopback's plain http.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { isLoopbackHost } from '../http/address.ts';

export interface Endpoint {
  /** Origin with a trailing slash. */
  readonly base: URL;
  /** Loopback registries may speak http although https was tried first: docker treats them so too. */
  readonly mayFallBack: boolean;
}

const DOCKER_HUB_API = 'registry-1.docker.io';

/** The error completes "the registry name …". */
export function endpointOf(registry: string, plainHttp: boolean): Outcome<Endpoint, string> {
  const host = registry === 'docker.io' ? DOCKER_HUB_API : registry;
  const text = `${plainHttp ? 'http' : 'https'}://${host}/`;
  if (!URL.canParse(text)) {
    const port = /:(\d+)$/.exec(host)?.[1];
    return failure(Number(port) > 65_535 ? `has a port above 65535` : 'is not the name of a host');
  }
  const base = new URL(text);
  if (base.href !== `${base.origin}/`) return failure('is not the name of a host');
  return success({ base, mayFallBack: !plainHttp && isLoopbackHost(base.hostname) });
}
