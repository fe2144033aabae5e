// Where a registry's API is: https://<registry>/v2/, with Docker Hub's alias and loopback's plain http.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { isLoopbackHost } from '../http/address.ts';

export interface Endpoint {
  /** Origin with a trailing slash. */
  readonly base: URL;
  /** Loopback registries may speak http although https was tried first: docker treats them so too. */
  readonly mayFallBack: boolean;
}

/** The error completes "the registry name …". */
export function endpointOf(registry: string, plainHttp: boolean): Outcome<Endpoint, string> {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const text = `${plainHttp ? 'http' : 'https'}://${host}/`;
  if (!URL.canParse(text)) return failure('cannot be part of a URL');
  const base = new URL(text);
  if (base.pathname !== '/' || base.username !== '' || base.search !== '') return failure('cannot be part of a URL');
  return success({ base, mayFallBack: !plainHttp && isLoopbackHost(base.hostname) });
}
