// Runs so much at once and no more, first come first served.

export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

export function createLimit(most: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, so that nobody can slip in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** A limit for each key, forgotten when nothing of the key is under way. */
export function createLimitByKey(most: number): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const limits = new Map<string, { readonly limit: Limit; users: number }>();
  return async (key, work) => {
    const entry = limits.get(key) ?? { limit: createLimit(most), users: 0 };
    limits.set(key, entry);
    entry.users += 1;
    try {
      return await entry.limit(work);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) limits.delete(key);
    }
  };
}
