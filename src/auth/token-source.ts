// Gets the tokens for one image: from the cache, or from the token service, at most two requests.

import { cleanText } from '../core/text.ts';
import type { Send } from '../http/send.ts';
import type { AuthMemory } from './auth-memory.ts';
import type { TokenMethod } from './auth-method.ts';
import { fetchToken } from './token.ts';
import type { Token } from './token-answer.ts';
import type { FetchedToken } from './token-cache.ts';
import { realmNamedBy, realmText, type TokenEndpoint } from './token-endpoint.ts';

/** One with a credential and one without, or two credentials, or one and its renewal. A POST and its GET count as one. */
const MAX_FETCHES = 2;

export interface TokenRequest {
  readonly method: TokenMethod;
  /** Where the token will be sent. */
  readonly origin: string;
  /** The method has worked: an expired token is renewed, whatever the bound. */
  readonly isProven: boolean;
  readonly signal: AbortSignal;
}

export interface TokenSource {
  /** undefined when the bound is reached. */
  get(request: TokenRequest): Promise<FetchedToken | undefined>;
  /** Replaces a token that is no longer accepted; undefined when the bound is reached. */
  renew(request: TokenRequest, token: Token): Promise<FetchedToken | undefined>;
  /** It was fetched for this image; others come from the cache and may have become stale. */
  isOwn(token: Token): boolean;
}

export function createTokenSource(send: Send, base: URL, memory: AuthMemory): TokenSource {
  const { tokens, nameOf, onToken, onEvent } = memory;
  const own = new WeakSet<Token>();
  let fetches = 0;

  const keyOf = ({ method: { endpoint, credential }, origin }: TokenRequest): string =>
    `${origin} ${nameOf(credential)} ${endpointKey(endpoint)}`;

  const fetchFor =
    ({ method, signal }: TokenRequest) =>
    async (): Promise<FetchedToken> => {
      fetches += 1;
      const fetched = await fetchToken(send, { ...method, namedBy: realmNamedBy(base, method.endpoint.realm), signal });
      if (fetched.ok) {
        own.add(fetched.value);
        onToken(fetched.value.value);
      }
      return fetched;
    };

  return {
    async get(request) {
      const fetch = request.isProven || fetches < MAX_FETCHES ? fetchFor(request) : undefined;
      const before = fetches;
      const fetched = await tokens.get(keyOf(request), request.signal, fetch);
      if (fetched?.ok && fetches === before)
        onEvent?.({ type: 'memory', what: 'token', host: base.host, detail: detailOf(request) });
      return fetched;
    },
    async renew(request, token) {
      const mayFetch = fetches < MAX_FETCHES;
      if (mayFetch) tokens.drop(keyOf(request), token);
      const fetched = await tokens.get(keyOf(request), request.signal, mayFetch ? fetchFor(request) : undefined);
      return fetched?.ok && fetched.value === token ? undefined : fetched;
    },
    isOwn: (token) => own.has(token),
  };
}

/** The images of a repository share its endpoint. */
const endpointKeys = new WeakMap<TokenEndpoint, string>();

function endpointKey(endpoint: TokenEndpoint): string {
  const key = endpointKeys.get(endpoint) ?? JSON.stringify([realmText(endpoint), endpoint.service, endpoint.scopes]);
  endpointKeys.set(endpoint, key);
  return key;
}

const detailOf = ({ method: { endpoint, credential } }: TokenRequest): string => {
  const user = credential === undefined ? 'anonymously' : `to ${credential.username ?? 'the stored token'}`;
  return cleanText(`issued ${user} for ${endpoint.scopes.join(' ')} by ${endpoint.realm.host}`);
};
