// Time that passes only when somebody sleeps.

import type { Clock } from '../../src/core/clock.ts';

export interface FakeClock extends Clock {
  /** Every wait, in milliseconds. */
  readonly slept: readonly number[];
  pass(durationMs: number): void;
}

/** Begins at `nowMs`, milliseconds since 1970. */
export function createFakeClock(nowMs = 0): FakeClock {
  let now = nowMs;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    pass: (durationMs) => {
      now += durationMs;
    },
    sleep: async (durationMs, signal) => {
      signal.throwIfAborted();
      slept.push(durationMs);
      now += durationMs;
    },
  };
}
