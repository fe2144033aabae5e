// A time limit that counts only time in which the process runs. A process that was stopped (SIGSTOP, a debugger, a frozen
// container) finds every timer due when it continues, though nothing it waits for had a chance.

import { type Clock, systemClock } from './clock.ts';

/** A stop within a part counts as no more than that part. */
const PARTS = 10;

/** Calls `onTimeout` once after that time; the returned function cancels the timer. */
export function startRunningTimer(
  durationMs: number,
  onTimeout: () => void,
  { startTimer }: Pick<Clock, 'startTimer'> = systemClock,
): () => void {
  let left = PARTS;
  let cancel = (): void => {};
  const next = (): void => {
    if (left === 0) return onTimeout();
    left -= 1;
    cancel = startTimer(durationMs / PARTS, next);
  };
  next();
  return () => cancel();
}
