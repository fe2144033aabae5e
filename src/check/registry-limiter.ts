// Limits how many checks of one registry run concurrently: 16 at first, more as long as it responds quickly.
//
// As in TCP (RFC 5681), each quick response makes room for one more, which doubles them with every round trip, so that a
// list takes no longer because its registry is far away. A slow response takes one back; then the limit grows by one with
// every round trip. A registry that refuses or fails a request gets no more than at first, from that request on: a list
// must not fail because it is checked faster.

import { createLimiter, type Limiter } from '../core/limiter.ts';
import { getOrCreate } from '../core/once.ts';
import type { Result } from '../core/result.ts';

/** What the result of a check says about its registry. */
export type RegistryReport = Pick<Result, 'reason' | 'rateLimit'> & {
  readonly requests: readonly Pick<Result['requests'][number], 'purpose' | 'durationMs'>[];
};

export interface RegistryWatch {
  /** After each request, also one that is tried again. null: there was no response. */
  readonly onResponse: (status: number | null) => void;
  readonly onResult: (result: RegistryReport) => void;
}

/** A limit for each registry. */
export type RegistryLimiter = <T>(registry: string, check: (watch: RegistryWatch) => Promise<T>) => Promise<T>;

/** What a registry gets that has not responded yet, or is slow. */
const FIRST_LIMIT = 16;
/** As many requests as a host gets at most (http/pacer.ts). */
const MAX_LIMIT = 64;

interface RegistryState {
  readonly limited: Limiter;
  readonly window: Window;
  /** Checks that run or wait. */
  users: number;
}

export function createRegistryLimiter(): RegistryLimiter {
  /** Forgotten when no check of the registry is running. */
  const states = new Map<string, RegistryState>();
  const createState = (): RegistryState => {
    const window = createWindow();
    return { limited: createLimiter(() => window.limit), window, users: 0 };
  };
  return async (registry, check) => {
    const state = getOrCreate(states, registry, createState);
    state.users += 1;
    try {
      return await state.limited(() =>
        check({
          onResponse: state.window.onResponse,
          onResult: (result) => state.window.onResult(result, state.users > state.window.limit),
        }),
      );
    } finally {
      state.users -= 1;
      if (state.users === 0) states.delete(registry);
    }
  };
}

interface Window {
  readonly limit: number;
  readonly onResponse: RegistryWatch['onResponse'];
  /** `isFull`: other checks are waiting. */
  onResult(result: RegistryReport, isFull: boolean): void;
}

function createWindow(): Window {
  let limit = FIRST_LIMIT;
  let maxLimit = MAX_LIMIT;
  let quickestMs = Number.POSITIVE_INFINITY;
  /** After a slow response the limit grows by one with every round trip. */
  let wasSlow = false;

  const set = (value: number): void => {
    limit = Math.min(maxLimit, Math.max(FIRST_LIMIT, value));
  };
  /** For the rest of this burst: whatever it gets after a pause, it would refuse again. */
  const fall = (): void => {
    maxLimit = FIRST_LIMIT;
    set(limit);
  };
  return {
    get limit() {
      return Math.floor(limit);
    },
    onResponse(status) {
      if (status === null || status === 429 || status >= 500) fall();
    },
    onResult({ reason, rateLimit, requests }, isFull) {
      if (reason === 'rate-limited') fall();
      // Those that are running are not subtracted yet: there must not be more of them than what is left.
      const remaining = rateLimit?.remaining ?? undefined;
      if (remaining !== undefined) maxLimit = Math.min(maxLimit, Math.max(FIRST_LIMIT, Math.floor(remaining / 2)));
      set(limit);
      const last = requests.findLast(({ purpose }) => purpose === 'manifest');
      if (last === undefined) return;
      quickestMs = Math.min(quickestMs, last.durationMs);
      if (isSlow(last.durationMs, quickestMs)) {
        wasSlow = true;
        set(limit - 1);
      } else if (isFull && isQuick(last.durationMs, quickestMs)) set(limit + (wasSlow ? 1 / limit : 1));
    },
  };
}

/** On a local network everything is a matter of a few milliseconds. */
const SLACK_MS = 5;

const isQuick = (durationMs: number, quickestMs: number): boolean => durationMs <= 2 * quickestMs + SLACK_MS;

/** Opening a connection takes up to four round trips more: a new one is not slow. */
const isSlow = (durationMs: number, quickestMs: number): boolean => durationMs > 6 * quickestMs + 4 * SLACK_MS;
