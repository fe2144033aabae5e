// Time, as passed to code that reads it or waits: tests pass their own.

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Milliseconds since some moment, with fractions: it goes on evenly when the clock of the machine is set. */
  elapsed(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Calls `onTimeout` once after that time; the returned function cancels the timer. */
  startTimer(durationMs: number, onTimeout: () => void): () => void;
}

/** As `performance.now()`, which loads ten modules of Node.js for its first call. */
export const elapsedMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Node fires a longer timer after one millisecond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const timerMs = (durationMs: number): number => Math.min(durationMs, LONGEST_TIMER_MS);

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: elapsedMs,
  sleep: (durationMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      }, timerMs(durationMs));
      signal.addEventListener('abort', onAbort, { once: true });
    }),
  startTimer: (durationMs, onTimeout) => {
    const timer = setTimeout(onTimeout, timerMs(durationMs));
    return () => clearTimeout(timer);
  },
};
