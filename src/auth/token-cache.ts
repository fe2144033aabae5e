// Keeps tokens per registry, token service, scope and identity; questions asked at the same time share one fetch.

import type { Clock } from '../core/clock.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Token, TokenRefusal } from './token.ts';

type Fetched = Outcome<Token, TokenRefusal>;

export interface TokenCache {
  /** A kept token that is still good, or the fetch under way, or a new one. Refusals are not kept. */
  get(key: string, fetch: () => Promise<Fetched>): { readonly fetched: Promise<Fetched>; readonly reused: boolean };
  /** Forgets a token the registry no longer takes. */
  drop(key: string): void;
}

const MAX_TOKENS = 1_000;

export function createTokenCache(clock: Clock): TokenCache {
  const entries = new Map<string, { fetched: Promise<Fetched>; expiresAtMs: number }>();
  return {
    get(key, fetch) {
      const kept = entries.get(key);
      if (kept !== undefined && clock.now() < kept.expiresAtMs) return { fetched: kept.fetched, reused: true };
      const askedAtMs = clock.now();
      const entry = { fetched: fetch(), expiresAtMs: Number.POSITIVE_INFINITY };
      entries.delete(key);
      entries.set(key, entry);
      const forget = (): void => {
        if (entries.get(key) === entry) entries.delete(key);
      };
      entry.fetched.then((outcome) => {
        if (outcome.ok) entry.expiresAtMs = askedAtMs + outcome.value.lifetimeMs;
        else forget();
      }, forget);
      // The oldest goes first: memory must not grow with the number of repositories.
      if (entries.size > MAX_TOKENS) entries.delete(entries.keys().next().value ?? '');
      return { fetched: entry.fetched, reused: false };
    },
    drop: (key) => entries.delete(key),
  };
}
