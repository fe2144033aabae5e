// Runs at most so many tasks concurrently, first come, first served.

/** A task whose signal aborts while it waits is skipped: the call rejects with the signal's reason. */
export type Limiter = <T>(task: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** `max`: a function where the limit changes; it is called whenever a task begins or ends. */
export function createLimiter(max: number | (() => number)): Limiter {
  const limit = typeof max === 'number' ? () => max : max;
  const waiting = new Set<() => void>();
  let running = 0;
  return async (task, signal) => {
    if (running >= limit()) await waitIn(waiting, signal);
    else running += 1;
    try {
      return await task();
    } finally {
      running -= 1;
      for (const start of waiting) {
        if (running >= limit()) break;
        // Counted here, so that no later task can take the slot.
        running += 1;
        start();
      }
    }
  };
}

function waitIn(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.delete(start);
      signal?.removeEventListener('abort', onAbort);
    };
    const start = (): void => {
      leave();
      resolve();
    };
    const onAbort = (): void => {
      leave();
      reject(signal?.reason);
    };
    waiting.add(start);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
