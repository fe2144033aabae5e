// A checker or a transport for months: one at a time, replaced once a day, so that nothing it remembers grows, and so that
// it reads certificate authorities again.

import type { Clock } from '../../core/clock.ts';

/** Something with connections. */
interface Closable {
  close(): Promise<void>;
}

export interface Lasting<T> {
  /** With the present one, which stays open until then. */
  use<R>(run: (one: T) => Promise<R>): Promise<R>;
  /** The next use has a new one. */
  renew(): void;
  /** Ends every connection. */
  close(): Promise<void>;
}

const LIFETIME_MS = 24 * 3_600_000;

interface Current<T> {
  readonly one: T;
  readonly untilMs: number;
  running: number;
}

export function createLasting<T extends Closable>(create: () => T, clock: Clock): Lasting<T> {
  const open = new Set<Current<T>>();
  let current: Current<T> | undefined;

  const start = (): Current<T> => {
    const started = { one: create(), untilMs: clock.elapsed() + LIFETIME_MS, running: 0 };
    open.add(started);
    return started;
  };

  const closeUnused = (used: Current<T>): void => {
    if (used === current || used.running > 0 || !open.delete(used)) return;
    // Nothing waits for it, and a connection that does not close is not worth a crash.
    used.one.close().catch(() => undefined);
  };

  const renew = (): void => {
    const earlier = current;
    current = undefined;
    if (earlier !== undefined) closeUnused(earlier);
  };

  return {
    async use(run) {
      if (current !== undefined && clock.elapsed() >= current.untilMs) renew();
      current ??= start();
      const used = current;
      used.running += 1;
      try {
        return await run(used.one);
      } finally {
        used.running -= 1;
        closeUnused(used);
      }
    },
    renew,
    async close() {
      await Promise.all([...open].map(({ one }) => one.close()));
      open.clear();
    },
  };
}
