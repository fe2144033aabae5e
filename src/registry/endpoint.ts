// Where a registry's API is: https://<host>/v2/, or elsewhere for a mirror or a loopback registry.

import { remembered } from '../core/bounded-map.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { isLoopbackHost } from '../http/address.ts';
import { knownRegistry } from './well-known.ts';

export interface Endpoint {
  /** Origin with a trailing slash. */
  readonly base: URL;
  /** `/v2`, or what a mirror has instead: `/api/docker/hub/v2`. */
  readonly apiPath: string;
  /** The registry whose images a mirror should serve, sent as `?ns=docker.io`. */
  readonly namespace: string | undefined;
  /** A loopback registry may use http although https is tried first, as in docker. */
  readonly mayFallBack: boolean;
  /** It may use http whatever fails over https: the user allowed both. */
  readonly allowsPlainHttp: boolean;
  /** It must not use http, also on loopback: how to allow it, a sentence. */
  readonly httpsOnly?: string | undefined;
}

export interface EndpointOptions {
  readonly plainHttp?: boolean | undefined;
  readonly allowsPlainHttp?: boolean | undefined;
  readonly httpsOnly?: string | undefined;
  readonly apiPath?: string | undefined;
  readonly namespace?: string | undefined;
}

/** `registry` as in a reference. The error completes "the registry name …". */
export function endpointOf(
  registry: string,
  { plainHttp = false, allowsPlainHttp = false, httpsOnly, apiPath = '/v2', namespace }: EndpointOptions = {},
): Outcome<Endpoint, string> {
  const { apiHost = registry } = knownRegistry(registry);
  const located = baseOf(`${plainHttp ? 'http' : 'https'}://${apiHost}/`);
  if (!located.ok) return located;
  const base = located.value;
  const mayFallBack = !plainHttp && httpsOnly === undefined && (allowsPlainHttp || isLoopbackHost(base.hostname));
  return success({ base, apiPath, namespace, mayFallBack, allowsPlainHttp, ...(httpsOnly && { httpsOnly }) });
}

/** Of an origin with a trailing slash; the error as in `endpointOf`. */
const baseOf = remembered((text): Outcome<URL, string> => {
  if (!URL.canParse(text)) {
    const port = /:(\d+)\/$/.exec(text)?.[1];
    return failure(Number(port) > 65_535 ? `has a port above 65535` : 'is not a host name');
  }
  const base = new URL(text);
  return base.href === `${base.origin}/` ? success(base) : failure('is not a host name');
});

/** `host[:port]` of the API, without the default port of https. */
export const apiHostOf = remembered((registry): string => {
  const endpoint = endpointOf(registry);
  return endpoint.ok ? endpoint.value.base.host : registry;
});

export const withPlainHttp = (endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  base: new URL(`http://${endpoint.base.host}/`),
});

/** `path` is below the API's own path: `team/app/manifests/1`, or empty. */
export function urlOf({ base, apiPath, namespace }: Endpoint, path: string): URL {
  const url = new URL(base);
  url.pathname = `${apiPath}/${path}`;
  if (namespace !== undefined) url.searchParams.set('ns', namespace);
  return url;
}
