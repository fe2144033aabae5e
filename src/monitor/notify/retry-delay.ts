// When a delivery that failed is tried again, and when it is given up.

const FIRST_MS = 5_000;
const LONGEST_MS = 5 * 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** An event that is older than this after a failed attempt is given up. */
export const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;

/** 5 s, 10 s, 20 s … 5 min after that many attempts; as long as the receiver asks for, up to an hour. */
export const retryDelayMs = (attempts: number, askedMs: number): number =>
  Math.max(Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 10)), Math.min(askedMs, LONGEST_WAIT_MS));

/** A time further ahead was noted before the clock was set back. */
export const isDue = (nextAttemptAtMs: number, nowMs: number): boolean =>
  nextAttemptAtMs <= nowMs || nextAttemptAtMs > nowMs + LONGEST_WAIT_MS;
