// Limits how many checks of one registry run concurrently: 16 at first, more as long as it responds quickly.
//
// As in TCP (RFC 5681), each quick response makes room for one more, which doubles them with every round trip, so that a
// list takes no longer because its registry is far away. A slow response takes one back, a failure half of them; then the
// limit grows by one with every round trip. A registry that limits requests gets no more than at first.

import { createLimiter, type Limiter } from '../core/limiter.ts';
import { getOrCreate } from '../core/once.ts';
import type { Result } from '../core/result.ts';

/** What the result of a check says about its registry. */
export type RegistryReport = Pick<Result, 'reason' | 'rateLimit'> & {
  readonly requests: readonly Pick<Result['requests'][number], 'purpose' | 'status' | 'durationMs'>[];
};

/** A limit for each registry. `report` is called with the result of the check. */
export type RegistryLimiter = <T>(
  registry: string,
  check: (report: (result: RegistryReport) => void) => Promise<T>,
) => Promise<T>;

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
        check((result) => state.window.observe(result, state.users > state.window.limit)),
      );
    } finally {
      state.users -= 1;
      if (state.users === 0) states.delete(registry);
    }
  };
}

interface Window {
  readonly limit: number;
  /** `isFull`: other checks are waiting. */
  observe(result: RegistryReport, isFull: boolean): void;
}

function createWindow(): Window {
  let limit = FIRST_LIMIT;
  let maxLimit = MAX_LIMIT;
  let quickestMs = Number.POSITIVE_INFINITY;
  /** After a sign of trouble the limit grows by one with every round trip. */
  let isTroubled = false;

  const set = (value: number): void => {
    limit = Math.min(maxLimit, Math.max(FIRST_LIMIT, value));
  };
  const retreatTo = (value: number): void => {
    isTroubled = true;
    set(value);
  };
  return {
    get limit() {
      return Math.floor(limit);
    },
    observe({ reason, rateLimit, requests }, isFull) {
      // For the rest of this burst: whatever it gets after a pause, it would refuse again.
      if (reason === 'rate-limited' || requests.some(({ status }) => status === 429)) maxLimit = FIRST_LIMIT;
      // Those that are running are not subtracted yet: there must not be more of them than what is left.
      const remaining = rateLimit?.remaining ?? undefined;
      if (remaining !== undefined) maxLimit = Math.min(maxLimit, Math.max(FIRST_LIMIT, Math.floor(remaining / 2)));
      set(limit);
      if (requests.some(({ status }) => status === null || status >= 500)) return retreatTo(limit / 2);
      const last = requests.findLast(({ purpose }) => purpose === 'manifest');
      if (last === undefined) return;
      quickestMs = Math.min(quickestMs, last.durationMs);
      if (isSlow(last.durationMs, quickestMs)) retreatTo(limit - 1);
      else if (isFull && isQuick(last.durationMs, quickestMs)) set(limit + (isTroubled ? 1 / limit : 1));
    },
  };
}

/** On a local network everything is a matter of a few milliseconds. */
const SLACK_MS = 5;

const isQuick = (durationMs: number, quickestMs: number): boolean => durationMs <= 2 * quickestMs + SLACK_MS;

/** Opening a connection takes up to four round trips more: a new one is not slow. */
const isSlow = (durationMs: number, quickestMs: number): boolean => durationMs > 6 * quickestMs + 4 * SLACK_MS;
