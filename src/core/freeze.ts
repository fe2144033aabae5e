// Work that failed while the process did not run is done again: what it waited for had no chance. A process is stopped by
// SIGSTOP, a debugger, a frozen container, or a machine that sleeps.

import type { Clock } from './clock.ts';

const BEAT_MS = 1_000;
/** A busy process is later than this, too; then the failure is as doubtful. */
const LATE_MS = 2_000;
const MAX_REPEATS = 2;

/** `isGood`: then it counts, however long it took. */
export async function repeatIfFrozen<T>(
  clock: Clock,
  work: () => Promise<T>,
  isGood: (value: T) => boolean,
): Promise<T> {
  for (let repeats = 0; ; repeats += 1) {
    const watch = watchFreezes(clock);
    try {
      const value = await work();
      if (isGood(value) || !watch.wasFrozen() || repeats === MAX_REPEATS) return value;
    } finally {
      watch.stop();
    }
  }
}

function watchFreezes(clock: Clock): { wasFrozen(): boolean; stop(): void } {
  // A machine that sleeps stops the one clock, a process that is stopped none.
  let last = { elapsedMs: clock.elapsed(), wallMs: clock.now() };
  let wasFrozen = false;
  const look = (): void => {
    const now = { elapsedMs: clock.elapsed(), wallMs: clock.now() };
    const passedMs = Math.max(now.elapsedMs - last.elapsedMs, now.wallMs - last.wallMs);
    wasFrozen ||= passedMs > BEAT_MS + LATE_MS;
    last = now;
  };
  const beat = (): void => {
    look();
    cancel = clock.startTimer(BEAT_MS, beat);
  };
  let cancel = clock.startTimer(BEAT_MS, beat);
  return {
    wasFrozen() {
      look();
      return wasFrozen;
    },
    stop: () => cancel(),
  };
}
