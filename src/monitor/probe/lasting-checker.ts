// A checker for months: one at a time, replaced once a day, so that nothing it remembers grows, and so that it reads
// certificate authorities again.

import type { Checker, CheckOptions } from '../../check/checker.ts';
import type { Clock } from '../../core/clock.ts';
import type { Result } from '../../core/result.ts';

export interface LastingChecker {
  check(text: string, options: CheckOptions): Promise<Result>;
  /** The next check has a new checker. */
  renew(): void;
  /** Ends every connection. */
  close(): Promise<void>;
}

const LIFETIME_MS = 24 * 3_600_000;

interface Current {
  readonly checker: Checker;
  readonly untilMs: number;
  running: number;
}

export function createLastingChecker(create: () => Checker, clock: Clock): LastingChecker {
  const open = new Set<Current>();
  let current: Current | undefined;

  const start = (): Current => {
    const started = { checker: create(), untilMs: clock.elapsed() + LIFETIME_MS, running: 0 };
    open.add(started);
    return started;
  };

  const closeUnused = (one: Current): void => {
    if (one === current || one.running > 0 || !open.delete(one)) return;
    // Nothing waits for it, and a connection that does not close is not worth a crash.
    one.checker.close().catch(() => undefined);
  };

  const renew = (): void => {
    const earlier = current;
    current = undefined;
    if (earlier !== undefined) closeUnused(earlier);
  };

  const present = (): Current => {
    if (current !== undefined && clock.elapsed() >= current.untilMs) renew();
    current ??= start();
    return current;
  };

  return {
    async check(text, options) {
      const one = present();
      one.running += 1;
      try {
        return await one.checker.check(text, options);
      } finally {
        one.running -= 1;
        closeUnused(one);
      }
    },
    renew,
    async close() {
      await Promise.all([...open].map(({ checker }) => checker.close()));
      open.clear();
    },
  };
}
