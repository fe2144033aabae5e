// The time at which a check is recorded: the history stays in order although the clock of the machine is set back.

/** Enough for a correction, a wrong time zone and the end of summer time. */
const MAX_STEP_BACK_MS = 3 * 3_600_000;

/**
 * Later than everything that is recorded of the resource: `latestMs` is the time of its last check, or the last
 * millisecond of its rollups if that is later; null before the first check. While a clock that was set back catches up,
 * checks are one millisecond apart, so that no second is counted twice and no rollup changes.
 */
export function recordTime(nowMs: number, latestMs: number | null): number {
  if (latestMs === null || nowMs > latestMs) return nowMs;
  return isFarAhead(latestMs, nowMs) ? nowMs : latestMs + 1;
}

/**
 * Whether that time was recorded with another clock. Then the clock of now is right: what lies after now stays where it
 * is, outside of every window until its time comes, and hours are rolled up again from now on.
 */
export function isFarAhead(latestMs: number, nowMs: number): boolean {
  return latestMs - nowMs > MAX_STEP_BACK_MS;
}
