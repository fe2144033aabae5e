// Follows redirects (RFC 9110 section 15.4). Credentials never cross an origin, and never come back.

import { failure, success } from '../core/outcome.ts';
import { bareHost } from './address.ts';
import { type FailureKind, finalFailure } from './failure.ts';
import { parseLocation } from './location.ts';
import { isServersAddress } from './quote.ts';
import type { HttpRequest, HttpResponse, Middleware } from './send.ts';

/** Go stops at the tenth redirect. */
const MAX_HOPS = 9;
/** The statuses that are followed. */
export const REDIRECTS = new Set([301, 302, 303, 307, 308]);

// Everything that identifies the client, to the server or to a proxy.
const IDENTIFYING = new Set(['authorization', 'cookie', 'proxy-authorization']);

export interface RedirectOptions {
  readonly maxHops?: number;
  /** Every header of the request may identify the client: another origin gets none of them. */
  readonly dropsAllHeaders?: boolean;
}

/** `onInsecure`: called when a request without credentials follows a redirect from https to http. */
export function withRedirect(
  onInsecure: (from: string, to: string) => void = () => {},
  { maxHops = MAX_HOPS, dropsAllHeaders = false }: RedirectOptions = {},
): Middleware {
  return (send) => async (request) => {
    let hop: HttpRequest = request;
    let crossedOrigin = false;
    const seen = new Set<string>();
    for (let hops = 0; ; hops += 1) {
      seen.add(hop.url.href);
      const outcome = await send(hop);
      if (!outcome.ok) return outcome;
      const target = targetOf(outcome.value, hop);
      // The body of a POST contains credentials.
      if (target === undefined || hop.method === 'POST') {
        return success({ ...outcome.value, crossedOrigin });
      }
      const { host, quote } = outcome.value;
      const stop = (kind: FailureKind, detail: string) => failure(finalFailure(kind, host, detail));
      const to = quote(target.host) || target.host;
      const isDowngrade = hop.url.protocol === 'https:' && target.protocol !== 'https:';
      if (isDowngrade && !isPublicContent(request)) {
        return stop('insecure-redirect', `it redirects from https to ${target.protocol}//${to}`);
      }
      if (seen.has(target.href)) return stop('redirect-loop', describeLoop(hop, outcome.value, target, to));
      if (hops === maxHops) return stop('redirect-loop', `${hops + 1} redirects in a row, the last to ${to}`);
      if (isDowngrade) onInsecure(host, to);
      if (target.origin !== hop.url.origin) crossedOrigin = true;
      const next = crossedOrigin
        ? crossOriginRequest(dropsAllHeaders ? { ...hop, headers: {} } : hop, target, request)
        : { ...hop, url: target };
      hop = { ...next, redirectedFrom: request.url };
    }
  };
}

/** The path is shown where the user knows it: one that a server wrote may contain a token. */
function describeLoop(hop: HttpRequest, { status, headers, quote }: HttpResponse, target: URL, to: string): string {
  const server = quote(headers.get('server') ?? '', 40);
  const sender = `(${status}${server === '' ? '' : `, server ${server}`})`;
  if (target.href !== hop.url.href) return `the last redirect ${sender} leads back to ${to}`;
  return isServersAddress(hop)
    ? `it redirects to itself ${sender}`
    : `${hop.url.pathname} redirects to itself ${sender}`;
}

/** Its content can be read by anyone, and its digest proves it. */
const isPublicContent = ({ purpose, usesLogin = false }: HttpRequest): boolean => purpose !== 'token' && !usesLogin;

function targetOf({ status, headers }: HttpResponse, hop: HttpRequest): URL | undefined {
  const location = headers.get('location');
  return REDIRECTS.has(status) && location !== undefined ? parseLocation(location, hop.url) : undefined;
}

function crossOriginRequest(hop: HttpRequest, url: URL, first: HttpRequest): HttpRequest {
  const headers = Object.fromEntries(Object.entries(hop.headers).filter(([name]) => !IDENTIFYING.has(name)));
  const registry = first.namedBy?.registry ?? bareHost(first.url);
  return { ...hop, url, headers, namedBy: { registry, as: 'redirect' } };
}
