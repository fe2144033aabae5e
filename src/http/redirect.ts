// Follows redirects (RFC 9110 section 15.4). Credentials never cross an origin, and never come back.

import { failure, success } from '../core/outcome.ts';
import { bareHost } from './address.ts';
import { type FailureKind, finalFailure } from './failure.ts';
import { parseLocation, type RedirectTarget, targetOf } from './location.ts';
import { isServersAddress } from './quote.ts';
import type { HttpRequest, HttpResponse, Middleware } from './send.ts';

/** Go stops at the tenth redirect. */
const MAX_HOPS = 9;
/** The statuses that are followed. */
export const REDIRECTS = new Set([301, 302, 303, 307, 308]);

// Everything that identifies the client, to the server or to a proxy.
const IDENTIFYING = new Set(['authorization', 'cookie', 'proxy-authorization']);

export type RedirectHop = readonly [hop: HttpRequest, response: HttpResponse, to: URL];

export interface RedirectOptions {
  readonly maxHops?: number;
  /** Every header of the request may identify the client: another origin gets none of them. */
  readonly dropsAllHeaders?: boolean;
  /** Called for every redirect that could be read, followed or not. */
  readonly onRedirect?: ((...hop: RedirectHop) => void) | undefined;
}

/** `onInsecure`: called when a request without credentials follows a redirect from https to http. */
export function withRedirect(
  onInsecure: (from: string, to: string) => void = () => {},
  { maxHops = MAX_HOPS, dropsAllHeaders = false, onRedirect }: RedirectOptions = {},
): Middleware {
  return (send) => async (request) => {
    let hop: HttpRequest = request;
    let crossedOrigin = false;
    const seen = new Set<string>();
    for (let hops = 0; ; hops += 1) {
      seen.add(addressOf(hop));
      const outcome = await send(hop);
      if (!outcome.ok) return outcome;
      const next = nextOf(outcome.value, hop);
      if (next !== undefined) onRedirect?.(hop, outcome.value, next.url);
      // The body of a POST contains credentials.
      if (next === undefined || hop.method === 'POST') {
        return success({ ...outcome.value, crossedOrigin });
      }
      const { url: target } = next;
      const { host, quote } = outcome.value;
      const stop = (kind: FailureKind, detail: string) => failure(finalFailure(kind, host, detail));
      const to = quote(target.host) || target.host;
      const isDowngrade = hop.url.protocol === 'https:' && target.protocol !== 'https:';
      if (isDowngrade && !isPublicContent(request)) {
        return stop('insecure-redirect', `it redirects from https to ${target.protocol}//${to}`);
      }
      if (seen.has(addressOf(next))) return stop('redirect-loop', describeLoop(hop, outcome.value, next, to));
      if (hops === maxHops)
        return stop('redirect-loop', `redirects ${hops + 1} times in a row, the last time to ${to}`);
      if (isDowngrade) onInsecure(host, to);
      if (target.origin !== hop.url.origin) crossedOrigin = true;
      const headers = crossedOrigin ? anonymous(dropsAllHeaders ? {} : hop.headers) : hop.headers;
      hop = {
        ...hop,
        ...next,
        headers: dropsAllHeaders ? headers : withReferer(headers, hop, isDowngrade),
        ...(crossedOrigin && {
          namedBy: { registry: request.namedBy?.registry ?? bareHost(request.url), as: 'redirect' },
        }),
        redirectedFrom: request.url,
      };
    }
  };
}

/** The path is shown where the user knows it: one that a server wrote may contain a token. */
function describeLoop(
  hop: HttpRequest,
  { status, headers, quote }: HttpResponse,
  target: RedirectTarget,
  to: string,
): string {
  const server = quote(headers.get('server') ?? '', 40);
  const sender = `(${status}${server === '' ? '' : `, server ${server}`})`;
  if (addressOf(target) !== addressOf(hop))
    return `redirects in a loop: the last redirect ${sender} leads back to ${to}`;
  return `redirects ${isServersAddress(hop) ? '' : `${hop.url.pathname} `}to itself ${sender}`;
}

const addressOf = ({ url, target = targetOf(url) }: Pick<HttpRequest, 'url' | 'target'>): string =>
  `${url.origin}${target}`;

/** Its content can be read by anyone, and its digest proves it. */
const isPublicContent = ({ purpose, usesLogin = false }: HttpRequest): boolean => purpose !== 'token' && !usesLogin;

function nextOf({ status, headers }: HttpResponse, { url, target }: HttpRequest): RedirectTarget | undefined {
  const location = headers.get('location');
  return REDIRECTS.has(status) && location !== undefined ? parseLocation(location, url, target) : undefined;
}

const anonymous = (headers: HttpRequest['headers']): HttpRequest['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !IDENTIFYING.has(name)));

/**
 * As clients written in Go, because some storage serves only what a page or registry of its own refers to. Without the
 * query, and without the path where a server chose it: either may be a signature. Never from https to http.
 */
function withReferer(
  { referer: _, ...headers }: HttpRequest['headers'],
  { url, redirectedFrom }: HttpRequest,
  isDowngrade: boolean,
): HttpRequest['headers'] {
  if (isDowngrade) return headers;
  return { ...headers, referer: `${url.origin}${redirectedFrom === undefined ? url.pathname : '/'}` };
}
