// Caches the tokens of a run; concurrent requests for the same token share one fetch.

import { setBounded } from '../core/bounded-map.ts';
import type { Clock } from '../core/clock.ts';
import type { Outcome } from '../core/outcome.ts';
import { untilAborted } from '../core/until-aborted.ts';
import type { TokenRefusal } from './token.ts';
import type { Token } from './token-answer.ts';

export type FetchedToken = Outcome<Token, TokenRefusal>;

export interface TokenCache {
  /**
   * A cached token that is still valid, the outcome of a running fetch, or that of `fetch`; undefined when there is no
   * `fetch`. Refusals are not cached. Rejects with the signal's reason when it aborts.
   */
  get(
    key: string,
    signal: AbortSignal,
    fetch: (() => Promise<FetchedToken>) | undefined,
  ): Promise<FetchedToken | undefined>;
  /** Forgets that token, unless another one has replaced it. */
  drop(key: string, token: Token): void;
}

interface Entry {
  readonly fetched: Promise<FetchedToken>;
  /** Of the check that fetches. */
  readonly signal: AbortSignal;
  token: Token | undefined;
  expiresAtMs: number;
}

export function createTokenCache(clock: Clock): TokenCache {
  const entries = new Map<string, Entry>();

  const forget = (key: string, entry: Entry): void => {
    if (entries.get(key) === entry) entries.delete(key);
  };

  const start = (key: string, signal: AbortSignal, fetch: () => Promise<FetchedToken>): Promise<FetchedToken> => {
    const requestedAtMs = clock.now();
    const entry: Entry = { fetched: fetch(), signal, token: undefined, expiresAtMs: Number.POSITIVE_INFINITY };
    setBounded(entries, key, entry);
    const settle = (outcome: FetchedToken): void => {
      if (!outcome.ok) return forget(key, entry);
      entry.token = outcome.value;
      entry.expiresAtMs = requestedAtMs + outcome.value.lifetimeMs;
    };
    entry.fetched.then(settle, () => forget(key, entry));
    return entry.fetched;
  };

  return {
    async get(key, signal, fetch) {
      for (;;) {
        const entry = entries.get(key);
        if (entry === undefined || clock.now() >= entry.expiresAtMs) return fetch && start(key, signal, fetch);
        // A fetch with our own signal ends with it anyway; Node warns about many listeners on one signal.
        if (entry.token !== undefined || entry.signal === signal) return entry.fetched;
        try {
          const outcome = await untilAborted(entry.fetched, signal);
          if (outcome.ok || !entry.signal.aborted) return outcome;
        } catch (reason) {
          if (signal.aborted || !entry.signal.aborted) throw reason;
        }
        // The check that was fetching was aborted, which says nothing about the token: try again.
      }
    },
    drop(key, token) {
      const entry = entries.get(key);
      if (entry?.token === token) forget(key, entry);
    },
  };
}
