// The tokens of one image: kept ones where there are, new ones within a bound.

import { bareHost } from '../http/address.ts';
import type { NamedByRegistry, Send } from '../http/send.ts';
import type { AuthMemory } from './auth-memory.ts';
import type { Plan } from './plan.ts';
import { fetchToken, type Token } from './token.ts';
import type { Fetched } from './token-cache.ts';

/** One for a login and one without, or two logins, or one and its renewal. A POST and the GET in its place are one. */
const MAX_QUESTIONS = 2;

export type TokenPlan = Plan & { readonly kind: 'token' };

export interface TokenWish {
  readonly plan: TokenPlan;
  /** Who will be shown the token. */
  readonly origin: string;
  /** The plan has worked: a token that ran out is renewed whatever the bound. */
  readonly isProven: boolean;
  readonly signal: AbortSignal;
}

export interface ImageTokens {
  /** undefined when the bound is reached. */
  get(wish: TokenWish): Promise<Fetched | undefined>;
  /** In place of a token that is no longer taken; undefined when the bound is reached. */
  renew(wish: TokenWish, token: Token): Promise<Fetched | undefined>;
  /** This image asked for it; others were taken over and may have gone stale. */
  isOwn(token: Token): boolean;
}

export function createImageTokens(send: Send, base: URL, { tokens, nameOf, onToken }: AuthMemory): ImageTokens {
  const own = new WeakSet<Token>();
  let asked = 0;

  const keyOf = ({ plan: { place, credential }, origin }: TokenWish): string =>
    JSON.stringify([origin, place.realm.href, place.service, place.scopes, nameOf(credential)]);

  const fetchFor =
    ({ plan, signal }: TokenWish) =>
    async (): Promise<Fetched> => {
      asked += 1;
      const fetched = await fetchToken(send, { ...plan, namedBy: namerOf(plan.place.realm, base), signal });
      if (fetched.ok) {
        own.add(fetched.value);
        onToken(fetched.value.value);
      }
      return fetched;
    };

  return {
    get: (wish) =>
      tokens.get(keyOf(wish), wish.signal, wish.isProven || asked < MAX_QUESTIONS ? fetchFor(wish) : undefined),
    async renew(wish, token) {
      const mayAsk = asked < MAX_QUESTIONS;
      if (mayAsk) tokens.drop(keyOf(wish), token);
      const fetched = await tokens.get(keyOf(wish), wish.signal, mayAsk ? fetchFor(wish) : undefined);
      return fetched?.ok && fetched.value === token ? undefined : fetched;
    },
    isOwn: (token) => own.has(token),
  };
}

/** The registry's own origin is trusted as the registry is: same connection, same client certificate. */
export const namerOf = (realm: URL, base: URL): NamedByRegistry | undefined =>
  realm.origin === base.origin ? undefined : { registry: bareHost(base), as: 'realm' };
