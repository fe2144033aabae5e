// Runs a limited number of tasks concurrently, first come, first served.

export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

export function createLimiter(maximum: number): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= maximum) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The slot goes directly to the next, so that no later task can take it.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** One limiter for each key, forgotten when no task of the key is left. */
export function createLimiterByKey(maximum: number): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const limiters = new Map<string, { readonly limiter: Limiter; users: number }>();
  return async (key, work) => {
    const entry = limiters.get(key) ?? { limiter: createLimiter(maximum), users: 0 };
    limiters.set(key, entry);
    entry.users += 1;
    try {
      return await entry.limiter(work);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) limiters.delete(key);
    }
  };
}
