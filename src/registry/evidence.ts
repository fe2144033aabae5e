// What a response says, read once: the errors in it, who sent it, and which limit was met.

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

export const evidenceOf = (response: HttpResponse): Evidence => new LazyEvidence(response);

/** Each part is read when it is first used: a manifest is not searched for errors. */
class LazyEvidence implements Evidence {
  readonly response: HttpResponse;
  #text: string | undefined;
  #page: { readonly found: string | undefined } | undefined;
  #rawErrors: readonly RegistryError[] | undefined;
  #errors: readonly RegistryError[] | undefined;

  constructor(response: HttpResponse) {
    this.response = response;
  }

  get text(): string {
    this.#text ??= Buffer.from(this.response.body).toString();
    return this.#text;
  }

  get page(): string | undefined {
    const { body, headers, quote } = this.response;
    this.#page ??= { found: describePage(body, headers.mediaType(), quote) };
    return this.#page.found;
  }

  get rawErrors(): readonly RegistryError[] {
    this.#rawErrors ??= this.page === undefined ? parseErrors(this.text) : [];
    return this.#rawErrors;
  }

  get errors(): readonly RegistryError[] {
    this.#errors ??= quoteErrors(this.rawErrors, this.response.quote);
    return this.#errors;
  }

  get isFromRegistry(): boolean {
    const { headers } = this.response;
    return headers.get('docker-distribution-api-version') !== undefined || this.rawErrors.some(hasRegistryCode);
  }

  get limit(): RateLimitKind | undefined {
    return limitMet(this.response);
  }
}

export const hasCode = ({ rawErrors }: Evidence, ...codes: readonly string[]): boolean =>
  rawErrors.some(({ code }) => code !== null && codes.includes(code));
