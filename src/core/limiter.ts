// Runs at most so many tasks concurrently, first come, first served.

/** A task whose signal aborts while it waits is skipped: the call rejects with the signal's reason. */
export type Limiter = <T>(task: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

export function createLimiter(max: number): Limiter {
  const waiting = new Set<() => void>();
  let running = 0;
  return async (task, signal) => {
    if (running >= max) await waitIn(waiting, signal);
    else running += 1;
    try {
      return await task();
    } finally {
      // The slot is handed over, so that no later task can take it.
      const [next] = waiting;
      if (next === undefined) running -= 1;
      else next();
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

/** A limiter for each key, forgotten when no task of the key is running. */
export function createLimiterByKey(max: number): <T>(key: string, task: () => Promise<T>) => Promise<T> {
  const limiters = new Map<string, { readonly limited: Limiter; users: number }>();
  return async (key, task) => {
    const entry = limiters.get(key) ?? { limited: createLimiter(max), users: 0 };
    limiters.set(key, entry);
    entry.users += 1;
    try {
      return await entry.limited(task);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) limiters.delete(key);
    }
  };
}
