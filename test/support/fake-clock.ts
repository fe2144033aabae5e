// Clocks that a test moves: on a fake clock every wait ends immediately, on a held clock when the test lets time pass.

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
  const timers = createTimers();
  const pass = (durationMs: number): void => {
    now += durationMs;
    timers.fire(now);
  };
  return {
    slept,
    now: () => now,
    elapsed: () => now - nowMs,
    pass,
    sleep: async (durationMs, signal) => {
      signal.throwIfAborted();
      slept.push(durationMs);
      pass(durationMs);
    },
    startTimer: (durationMs, onTime) => timers.start(now + durationMs, onTime),
  };
}

export interface HeldClock extends Clock {
  /** Waits that have not ended. */
  readonly sleeping: number;
  /** Resolves when there are that many. */
  sleepers(count: number): Promise<void>;
  /** Ends the waits that are over, then fires the timers that are due. */
  pass(durationMs: number): void;
  /** Sets the clock of the machine, as an administrator does: waits and timers are not affected. */
  set(nowMs: number): void;
}

export function createHeldClock(nowMs = Date.UTC(2026, 0, 1)): HeldClock {
  let elapsed = 0;
  let startMs = nowMs;
  const waits = createTimers();
  const timers = createTimers();
  let onSleep = (): void => {};
  return {
    now: () => startMs + elapsed,
    elapsed: () => elapsed,
    sleep: (durationMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const stop = waits.start(elapsed + durationMs, resolve);
        const onAbort = (): void => {
          stop();
          reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        onSleep();
      }),
    startTimer: (durationMs, onTime) => timers.start(elapsed + durationMs, onTime),
    get sleeping() {
      return waits.count();
    },
    async sleepers(count) {
      while (waits.count() < count) await new Promise<void>((resolve) => (onSleep = resolve));
    },
    pass(durationMs) {
      elapsed += durationMs;
      waits.fire(elapsed);
      timers.fire(elapsed);
    },
    set(toMs) {
      startMs = toMs - elapsed;
    },
  };
}

function createTimers() {
  const timers = new Set<{ readonly endsAtMs: number; readonly onTime: () => void }>();
  return {
    /** How many have neither fired nor been stopped. */
    count: () => timers.size,
    /** The returned function stops it. */
    start(endsAtMs: number, onTime: () => void): () => void {
      const timer = { endsAtMs, onTime };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    fire(nowMs: number): void {
      for (const timer of [...timers]) if (timer.endsAtMs <= nowMs && timers.delete(timer)) timer.onTime();
    },
  };
}
