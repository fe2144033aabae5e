// The clock of the database, which all processes share: it is read every few seconds, and goes on evenly in between,
// also when the clock of the machine is set.

import type { Clock } from '../../core/clock.ts';

interface ClockReading {
  readonly elapsedMs: number;
  readonly wallMs: number;
}

export interface DatabaseClock extends Clock {
  /** Before a request for the time. */
  moment(): ClockReading;
  /**
   * What it showed between that moment and now. Returns by how much the clock of the machine differs from it at least:
   * less than zero if it is behind.
   */
  set(shownMs: number, sent: ClockReading): number;
}

/** Until it is set first, it is that of the machine. */
export function createDatabaseClock(machine: Clock): DatabaseClock {
  let offsetMs: number | null = null;
  const now = (): number => (offsetMs === null ? machine.now() : machine.elapsed() + offsetMs);
  return {
    now,
    elapsed: () => machine.elapsed(),
    sleep: (durationMs, signal) => machine.sleep(durationMs, signal),
    startTimer: (durationMs, onTimeout) => machine.startTimer(durationMs, onTimeout),
    moment: () => ({ elapsedMs: machine.elapsed(), wallMs: machine.now() }),
    set(shownMs, sent) {
      const elapsedMs = machine.elapsed();
      const wallMs = machine.now();
      // A machine that sleeps stops the one clock, a process that is stopped none.
      const doubtMs = Math.max(elapsedMs - sent.elapsedMs, wallMs - sent.wallMs, 0);
      // Now it shows so much more at most. Within that the time goes on as it was known: it has no steps.
      const known = offsetMs === null ? shownMs + (elapsedMs - sent.elapsedMs) / 2 : now();
      offsetMs = Math.min(Math.max(known, shownMs), shownMs + doubtMs) - elapsedMs;
      const aheadMs = wallMs - shownMs;
      return aheadMs < 0 ? aheadMs : Math.max(0, aheadMs - doubtMs);
    },
  };
}
