// What a response says, read once: the errors in it, who sent it, and which limit was met.

import { once } from '../core/once.ts';
import type { RegistryError } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { hasRegistryCode, parseErrors, quoteErrors } from './error.ts';
import { limitMet, type RateLimitKind } from './rate-limit.ts';
import { describePage } from './web-page.ts';

export interface Evidence {
  readonly response: HttpResponse;
  /** The body: to judge by, never to show. */
  readonly text: string;
  /** The errors in the server's own words: to judge by, never to show. */
  readonly rawErrors: readonly RegistryError[];
  /** The same as they may be shown. */
  readonly errors: readonly RegistryError[];
  /** A registry sent the response, not a proxy or another web server: it has an error code or the API version header. */
  readonly isFromRegistry: boolean;
  /** `a web page ("Sign in")`; undefined if the body is something else. */
  readonly page: string | undefined;
  readonly limit: RateLimitKind | undefined;
}

/** Each part is read when it is first used: a manifest is not searched for errors. */
export function evidenceOf(response: HttpResponse): Evidence {
  const { body, headers, quote } = response;
  const text = once(() => Buffer.from(body).toString());
  const page = once(() => describePage(body, headers.mediaType(), quote));
  const rawErrors = once(() => (page() === undefined ? parseErrors(text()) : []));
  const errors = once(() => quoteErrors(rawErrors(), quote));
  const limit = once(() => limitMet(response));
  return {
    response,
    get text() {
      return text();
    },
    get page() {
      return page();
    },
    get rawErrors() {
      return rawErrors();
    },
    get errors() {
      return errors();
    },
    get isFromRegistry() {
      return headers.get('docker-distribution-api-version') !== undefined || rawErrors().some(hasRegistryCode);
    },
    get limit() {
      return limit();
    },
  };
}

export const hasCode = ({ rawErrors }: Evidence, ...codes: readonly string[]): boolean =>
  rawErrors.some(({ code }) => code !== null && codes.includes(code));
