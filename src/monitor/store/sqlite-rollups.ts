// Hours and days in SQLite, as running totals: a row has the sums from the first rollup to the end of its unit.

import type { HourRollup } from './changes.ts';
import { difference, TABLE, TOTALS, type Totals, toRollups, totalsOf } from './rollup-totals.ts';
import { type RollupUnit, UNIT_MS, unitNumber } from './rollup-unit.ts';
import { numberOf } from './row.ts';
import type { Statements } from './sqlite-statements.ts';
import type { StoredRollup } from './store.ts';

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
  return toRollups(unit, rows, first);
}

/** Earlier units were removed; of each resource one row stays, because the totals of the next one begin with it. */
export function keptFrom(statements: Statements, unit: RollupUnit): number {
  const [row] = statements.all('SELECT n FROM rollups_from WHERE unit = ?', unit);
  return row === undefined ? 0 : numberOf(row, 'n');
}
