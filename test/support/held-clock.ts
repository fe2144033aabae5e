// Time that stands still until the test lets it pass.

import type { Clock } from '../../src/core/clock.ts';
import { createTimers } from './timers.ts';

export interface HeldClock extends Clock {
  /** Waits that have not ended. */
  readonly sleeping: number;
  /** Resolves when that many wait. */
  sleepers(count: number): Promise<void>;
  /** Ends the waits whose time has come, and then calls back the timers whose time has come. */
  pass(durationMs: number): void;
}

export function createHeldClock(nowMs = Date.UTC(2026, 0, 1)): HeldClock {
  let now = nowMs;
  const waits = createTimers();
  const timers = createTimers();
  let onSleep = (): void => {};
  return {
    now: () => now,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const stop = waits.start(now + durationMs, resolve);
        const onAbort = (): void => {
          stop();
          reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        onSleep();
      }),
    startTimer: (durationMs, onTime) => timers.start(now + durationMs, onTime),
    get sleeping() {
      return waits.count;
    },
    async sleepers(count) {
      while (waits.count < count) await new Promise<void>((resolve) => (onSleep = resolve));
    },
    pass(durationMs) {
      now += durationMs;
      waits.fire(now);
      timers.fire(now);
    },
  };
}
