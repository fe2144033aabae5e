// Milliseconds per state, and what they say: uptime, the worst state, whole seconds.

import type { SpanState } from './span.ts';

/** Worst first: the color of a bucket is the first state that occurs in it. A gap is shown if there is nothing else. */
const WORST_FIRST = ['unavailable', 'undetermined', 'available', 'paused', 'gap'] as const satisfies SpanState[];

/** Milliseconds, integers; together the length of the range. */
export type StateDurations = Readonly<Record<SpanState, number>>;

export const noDurations = (): Record<SpanState, number> => ({
  available: 0,
  unavailable: 0,
  undetermined: 0,
  paused: 0,
  gap: 0,
});

// Written out: this runs for every bucket of every bar.
export const totalOf = ({ available, unavailable, undetermined, paused, gap }: StateDurations): number =>
  available + unavailable + undetermined + paused + gap;

export function sumDurations(all: Iterable<StateDurations>): StateDurations {
  const sum = noDurations();
  for (const durations of all) addDurations(sum, durations);
  return sum;
}

export function addDurations(sum: Record<SpanState, number>, added: StateDurations): void {
  sum.available += added.available;
  sum.unavailable += added.unavailable;
  sum.undetermined += added.undetermined;
  sum.paused += added.paused;
  sum.gap += added.gap;
}

/** No state has less than no time. */
export function subtractDurations(sum: Record<SpanState, number>, taken: StateDurations): void {
  for (const state of WORST_FIRST) sum[state] = Math.max(0, sum[state] - taken[state]);
}

/** Both null if no second is definite: no data is neither 0 nor 100 %. */
export interface Uptime {
  /** available / (available + unavailable) */
  readonly availableRatio: number | null;
  /** (available + unavailable) / the whole range */
  readonly knownRatio: number | null;
}

/** Weighted by time. */
export function uptimeOf(durations: StateDurations): Uptime {
  const definite = durations.available + durations.unavailable;
  if (definite === 0) return { availableRatio: null, knownRatio: null };
  return { availableRatio: durations.available / definite, knownRatio: definite / totalOf(durations) };
}

/** The worst state and the share of time it has, 0 to 1. */
export function worstOf(durations: StateDurations): { readonly state: SpanState; readonly share: number } {
  const total = totalOf(durations);
  const state = WORST_FIRST.find((candidate) => durations[candidate] > 0) ?? 'gap';
  return { state, share: total === 0 ? 0 : durations[state] / total };
}

/**
 * Whole seconds whose sum is the length of the range, which is a whole number of seconds: each is rounded down, and
 * the seconds that remain go to the states with the largest fractions.
 */
export function wholeSeconds(durations: StateDurations): StateDurations {
  const seconds = noDurations();
  for (const state of WORST_FIRST) seconds[state] = Math.floor(durations[state] / 1000);
  const byFraction = [...WORST_FIRST].sort((a, b) => (durations[b] % 1000) - (durations[a] % 1000));
  const remaining = Math.round(totalOf(durations) / 1000) - totalOf(seconds);
  for (const state of byFraction.slice(0, remaining)) seconds[state] += 1;
  return seconds;
}
