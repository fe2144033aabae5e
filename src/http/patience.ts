// How long one attempt may take while something else is left to be tried. The image's deadline is the only hard limit.

const RESERVE_MS = 5_000;

/** All of the remaining time but a reserve, in which the alternative can still succeed. */
export const patienceOf = (remainingMs: number): number =>
  Math.max(1, Math.round(remainingMs - Math.min(remainingMs / 4, RESERVE_MS)));
