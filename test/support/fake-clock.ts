// Time that passes only by a sleep, or when the test lets it pass.

import type { Clock } from '../../src/core/clock.ts';
import { createTimers } from './timers.ts';

export interface FakeClock extends Clock {
  /** Every wait, in milliseconds. */
  readonly slept: readonly number[];
  pass(durationMs: number): void;
}

/** Begins at `nowMs`, milliseconds since 1970. */
export function createFakeClock(nowMs = 0): FakeClock {
  let now = nowMs;
  const slept: number[] = [];
  const timers = createTimers();
  const pass = (durationMs: number): void => {
    now += durationMs;
    timers.fire(now);
  };
  return {
    slept,
    now: () => now,
    pass,
    sleep: async (durationMs, signal) => {
      signal.throwIfAborted();
      slept.push(durationMs);
      pass(durationMs);
    },
    startTimer: (durationMs, onTime) => timers.start(now + durationMs, onTime),
  };
}
