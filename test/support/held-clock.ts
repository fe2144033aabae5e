// Time that stands still until the test lets it pass.

import type { Clock } from '../../src/core/clock.ts';

export interface HeldClock extends Clock {
  /** Waits that have not ended. */
  readonly sleeping: number;
  /** Resolves when that many wait. */
  sleepers(count: number): Promise<void>;
  /** Ends the waits whose time has come. */
  pass(durationMs: number): void;
}

export function createHeldClock(nowMs = Date.UTC(2026, 0, 1)): HeldClock {
  let now = nowMs;
  const sleepers = new Set<{ readonly endsAtMs: number; readonly wake: () => void }>();
  let onSleep = (): void => {};
  return {
    now: () => now,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const sleeper = {
          endsAtMs: now + durationMs,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        signal.addEventListener('abort', () => sleepers.delete(sleeper) && reject(signal.reason), { once: true });
        sleepers.add(sleeper);
        onSleep();
      }),
    get sleeping() {
      return sleepers.size;
    },
    async sleepers(count) {
      while (sleepers.size < count) await new Promise<void>((resolve) => (onSleep = resolve));
    },
    pass(durationMs) {
      now += durationMs;
      for (const { endsAtMs, wake } of [...sleepers]) if (endsAtMs <= now) wake();
    },
  };
}
