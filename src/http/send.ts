// The one seam of the HTTP layer: Send asks one question and gets one answer; everything else wraps it.

import type { Outcome } from '../core/outcome.ts';
import type { Purpose } from '../core/result.ts';
import type { HttpFailure } from './failure.ts';
import type { HttpHeaders } from './headers.ts';

export type Method = 'GET' | 'HEAD' | 'POST';

export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly purpose: Purpose;
  /** Most bytes of a successful body, after decoding. 0: none of it is wanted, and a long one is left unread. */
  readonly maxBytes: number;
  /** Aborts with a TimeoutError at the image's deadline, or with the caller's reason. */
  readonly signal: AbortSignal;
  /** Whose word this address is; unset: the person's own. */
  readonly namedBy?: NamedBy;
  /** 1-based; set by the retry. */
  readonly attempt?: number;
  /** What was asked for before a server redirected the request here; unset: this is what we asked for. */
  readonly redirectedFrom?: URL;
}

/**
 * An address that a registry names (a token service, a redirect target) is not trusted as one that a person names:
 * it gets no client certificate, and it must not lead into a network the registry itself is not part of.
 */
export interface NamedBy {
  /** Host name of the registry, without port. */
  readonly registry: string;
  readonly as: 'realm' | 'redirect';
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Decoded; empty for HEAD. */
  readonly body: Uint8Array;
  /** The body went on past the cap. */
  readonly truncated: boolean;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** Its `host[:port]` as it may be shown: a server chose it, where it redirected the request or named its realm. */
  readonly host: string;
  /** Makes words of the answer fit to be shown: without our secrets, then cleaned. Nothing of it is shown otherwise. */
  readonly quote: Quote;
  /** A redirect left the origin that was asked. */
  readonly crossedOrigin: boolean;
}

/** Words from elsewhere, as they may be shown: see `cleanText`. Give it the words as they came. */
export type Quote = (text: string, maxLength?: number) => string;

export type Send = (request: HttpRequest) => Promise<Outcome<HttpResponse, HttpFailure>>;

export type Middleware = (next: Send) => Send;

/** `stack([a, b], send)` is `a(b(send))`: the first is outermost. */
export function stack(middlewares: readonly Middleware[], send: Send): Send {
  return middlewares.reduceRight((next, middleware) => middleware(next), send);
}
