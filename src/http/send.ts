// The seam of the HTTP layer: Send sends one request and returns one response; every middleware wraps it.

import type { Outcome } from '../core/outcome.ts';
import type { CredentialUse, Purpose } from '../core/result.ts';
import type { Attempts, HttpFailure } from './failure.ts';
import type { HttpHeaders } from './headers.ts';
import type { RequestTarget } from './request-target.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'OPTIONS';

export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  /** The path and query that are sent, if a server chose them; unset: those of `url`. */
  readonly target?: RequestTarget;
  /** Lowercase names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly purpose: Purpose;
  /** Maximum size of a successful body, after decoding. 0: the body is not needed, and a long one is not read. */
  readonly maxBytes: number;
  /** Aborts with a TimeoutError at the image's deadline, or with the caller's reason. */
  readonly signal: AbortSignal;
  /** Set if a registry named this address; unset: the user did. */
  readonly namedBy?: NamedByRegistry;
  /** A stored credential authorizes it: directly, or by a token that was issued for it. */
  readonly usesLogin?: boolean;
  /** That credential, for display. */
  readonly credential?: CredentialUse;
  /** 1-based; set by the retry middleware. */
  readonly attempt?: number;
  /**
   * How long the response, and each further piece of its body, may take: afterwards there is another attempt. Unset: until
   * the signal aborts.
   */
  readonly patienceMs?: number;
  /** If it fails, another request is sent that may succeed: it is not repeated, and leaves time for that one. */
  readonly hasAlternative?: boolean;
  /** How long its connection may take to open, likewise. */
  readonly connectPatienceMs?: number;
  /** The URL that was requested before a server redirected to this one. */
  readonly redirectedFrom?: URL;
}

/**
 * An address that a registry names (a token service, a redirect target) is trusted less than one that the user names:
 * it gets no client certificate, and it must not be in a network that the registry itself is not part of.
 */
export interface NamedByRegistry {
  /** Host name of the registry, without port. */
  readonly registry: string;
  readonly as: 'realm' | 'redirect';
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Milliseconds from the request to these headers, where they were measured. */
  readonly firstByteMs?: number;
  /** Decoded; empty for HEAD. */
  readonly body: Uint8Array;
  /** The body was longer than `maxBytes`. */
  readonly truncated: boolean;
  /** Where the response came from, after redirects. */
  readonly url: URL;
  /** Its `host[:port]`, safe to display: after a redirect, or for a token service, a server chose it. */
  readonly host: string;
  /** Makes text of the response safe to display: without our secrets, then cleaned. Show none of it otherwise. */
  readonly quote: Quote;
  /** A redirect led to another origin than the requested one. */
  readonly crossedOrigin: boolean;
  /** Unset: the first one was answered so. */
  readonly attempts?: Attempts;
}

/**
 * Masks known secrets in text from a server, then cleans it (`cleanText`); '' if only spaces and punctuation remain. Pass
 * the text exactly as received. `beside`: the other text of the response that is shown, in every order in which a reader
 * may join it; a secret may be split between them.
 */
export type Quote = (text: string, maxLength?: number, beside?: readonly Beside[]) => string;

/** What comes before a text and after it. */
export type Beside = readonly [before: string, after: string];

/** For the text at `index`: the others, in their order. */
export const besideOf = (texts: readonly string[], index: number): Beside => [
  texts.slice(0, index).join(''),
  texts.slice(index + 1).join(''),
];

export type Send = (request: HttpRequest) => Promise<Outcome<HttpResponse, HttpFailure>>;

export type Middleware = (next: Send) => Send;

/** `stack([a, b], send)` is `a(b(send))`: the first is outermost. */
export function stack(middlewares: readonly Middleware[], send: Send): Send {
  return middlewares.reduceRight((next, middleware) => middleware(next), send);
}
