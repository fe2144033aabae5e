// Hours and days in SQLite, as running totals: a row has the sums from the first rollup to the end of its unit.

import type { HourRollup, TimedState } from './changes.ts';
import { type RollupUnit, UNIT_MS, unitNumber } from './rollup-unit.ts';
import type { Row } from './sqlite-driver.ts';
import { numberOf, type Statements, textOf } from './sqlite-statements.ts';
import type { StoredRollup } from './store.ts';

export const TABLE: Readonly<Record<RollupUnit, string>> = { hour: 'hours', day: 'days' };

interface Totals extends Readonly<Record<TimedState, number>> {
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
const TOTALS = Object.keys(NOTHING) as (keyof Totals)[];

/** Changes the rows of the unit and of all later ones: hours are written in order, so that there is rarely a later one. */
export function writeHour(statements: Statements, rid: number, hour: HourRollup): void {
  const n = unitNumber('hour', hour.fromMs);
  const [last, before] = statements.all('SELECT * FROM hours WHERE rid = ? AND n <= ? ORDER BY n DESC LIMIT 2', rid, n);
  const isNew = last === undefined || numberOf(last, 'n') !== n;
  const totals = totalsOf(hour);
  const added = isNew ? totals : difference(totals, difference(last, before));
  add(statements, 'hour', rid, n, added, '?11', hour.responseMaxMs);
  add(statements, 'day', rid, unitNumber('day', hour.fromMs), added, 'max(response_max, ?11)', hour.responseMaxMs);
}

function totalsOf({ durations, checks, responseSumMs }: HourRollup): Totals {
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

function add(
  statements: Statements,
  unit: RollupUnit,
  rid: number,
  n: number,
  added: Totals,
  responseMax: string,
  responseMaxMs: number,
): void {
  const table = TABLE[unit];
  statements.run(
    `INSERT OR IGNORE INTO ${table}
     SELECT ?1, ?2, ${TOTALS.map((column) => `ifnull(${column}, 0)`).join(', ')}, 0
     FROM (SELECT 1) LEFT JOIN (SELECT * FROM ${table} WHERE rid = ?1 AND n < ?2 ORDER BY n DESC LIMIT 1)`,
    rid,
    n,
  );
  statements.run(
    `UPDATE ${table} SET ${TOTALS.map((column, index) => `${column} = ${column} + ?${index + 3}`).join(', ')},
       response_max = CASE WHEN n = ?2 THEN ${responseMax} ELSE response_max END
     WHERE rid = ?1 AND n >= ?2`,
    rid,
    n,
    ...TOTALS.map((column) => added[column]),
    responseMaxMs,
  );
}

/** No earlier row: the totals begin with this one. */
function difference(later: Totals | Row, earlier: Totals | Row = NOTHING): Totals {
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

export function readRollups(
  statements: Statements,
  unit: RollupUnit,
  resources: readonly string[],
  fromMs: number,
  toMs: number,
): StoredRollup[] {
  const first = Math.max(Math.ceil(fromMs / UNIT_MS[unit]), keptFrom(statements, unit));
  // The row before the first one has what its totals begin with.
  const rows = statements.all(
    `SELECT r.id, u.* FROM json_each(?1) AS wanted CROSS JOIN resources AS r ON r.id = wanted.value
     CROSS JOIN ${TABLE[unit]} AS u ON u.rid = r.rid
     WHERE u.n >= ifnull((SELECT max(n) FROM ${TABLE[unit]} WHERE rid = r.rid AND n < ?2), ?2) AND u.n < ?3
     ORDER BY wanted.key, u.n`,
    JSON.stringify(resources),
    first,
    Math.ceil(toMs / UNIT_MS[unit]),
  );
  return rows.flatMap((row, index) => {
    if (numberOf(row, 'n') < first) return [];
    const before = rows[index - 1];
    return toRollup(unit, row, before?.rid === row.rid ? before : undefined);
  });
}

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

/** Earlier units were removed; of each resource one row stays, because the totals of the next one begin with it. */
export function keptFrom(statements: Statements, unit: RollupUnit): number {
  const [row] = statements.all('SELECT n FROM rollups_from WHERE unit = ?', unit);
  return row === undefined ? 0 : numberOf(row, 'n');
}
