// Hours and days as running totals: a row has the sums from the first rollup to the end of its unit.

import type { HourRollup, TimedState } from './changes.ts';
import { type RollupUnit, UNIT_MS } from './rollup-unit.ts';
import { numberOf, type Row, textOf } from './row.ts';
import type { StoredRollup } from './store.ts';

/** The tables of a database. */
export const TABLE: Readonly<Record<RollupUnit, string>> = { hour: 'hours', day: 'days' };

export interface Totals extends Readonly<Record<TimedState, number>> {
  readonly available_checks: number;
  readonly unavailable_checks: number;
  readonly undetermined_checks: number;
  readonly response_sum: number;
}

const NOTHING: Totals = {
  available: 0,
  unavailable: 0,
  undetermined: 0,
  paused: 0,
  available_checks: 0,
  unavailable_checks: 0,
  undetermined_checks: 0,
  response_sum: 0,
};
/** The columns of a row. */
export const TOTALS = Object.keys(NOTHING) as (keyof Totals)[];

export function totalsOf({ durations, checks, responseSumMs }: HourRollup): Totals {
  return {
    available: durations.available,
    unavailable: durations.unavailable,
    undetermined: durations.undetermined,
    paused: durations.paused,
    available_checks: checks.available,
    unavailable_checks: checks.unavailable,
    undetermined_checks: checks.undetermined,
    response_sum: responseSumMs,
  };
}

/** No earlier row: the totals begin with this one. */
export function difference(later: Totals | Row, earlier: Totals | Row = NOTHING): Totals {
  const of = (column: keyof Totals): number => Number(later[column]) - Number(earlier[column]);
  // Written out: this runs for every bucket of every bar.
  return {
    available: of('available'),
    unavailable: of('unavailable'),
    undetermined: of('undetermined'),
    paused: of('paused'),
    available_checks: of('available_checks'),
    unavailable_checks: of('unavailable_checks'),
    undetermined_checks: of('undetermined_checks'),
    response_sum: of('response_sum'),
  };
}

/** `rows`: resource by resource, by unit; of each the last one before `first`, with which its totals begin, comes too. */
export const toRollups = (unit: RollupUnit, rows: readonly Row[], first: number): StoredRollup[] =>
  rows.flatMap((row, index) => {
    if (numberOf(row, 'n') < first) return [];
    const before = rows[index - 1];
    return toRollup(unit, row, before?.rid === row.rid ? before : undefined);
  });

function toRollup(unit: RollupUnit, row: Row, before: Row | undefined): StoredRollup {
  const own = difference(row, before);
  const fromMs = numberOf(row, 'n') * UNIT_MS[unit];
  return {
    resource: textOf(row, 'id'),
    fromMs,
    toMs: fromMs + UNIT_MS[unit],
    durations: withGap(own, UNIT_MS[unit]),
    checks: {
      available: own.available_checks,
      unavailable: own.unavailable_checks,
      undetermined: own.undetermined_checks,
    },
    responseSumMs: own.response_sum,
    responseMaxMs: numberOf(row, 'response_max'),
  };
}

export function withGap(
  { available, unavailable, undetermined, paused }: Readonly<Record<TimedState, number>>,
  lengthMs: number,
): StoredRollup['durations'] {
  const gap = lengthMs - available - unavailable - undetermined - paused;
  return { available, unavailable, undetermined, paused, gap };
}
