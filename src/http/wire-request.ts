// A request as it is sent on a connection.

import { targetOf } from './location.ts';
import type { HttpRequest } from './send.ts';
import { proxyAuthorization } from './tunnel.ts';
import type { WireRequest } from './wire.ts';

/** Some registries refuse a request without one. */
export const USER_AGENT = 'kairos-pull';

/** `proxy`: receives an http URL in absolute form (RFC 9112 section 3.2.2). */
export function wireRequest(request: HttpRequest, proxy: URL | undefined, userAgent: string): WireRequest {
  const { url, target: path = targetOf(url), method, headers, body, signal, patienceMs } = request;
  return {
    origin: url.origin,
    path: proxy === undefined ? path : `${url.origin}${path}`,
    method,
    headers: { 'user-agent': userAgent, ...headers, ...(proxy === undefined ? {} : proxyAuthorization(proxy)) },
    ...(body === undefined ? {} : { body }),
    signal,
    patienceMs,
  };
}
