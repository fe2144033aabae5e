// All resources with their windows: a window is the difference of rows of running totals.

import { TABLE } from './rollup-totals.ts';
import { unitNumber } from './rollup-unit.ts';
import { numberOf, numberOrNull, textOrNull } from './row.ts';
import { toOutage, toResource } from './rows.ts';
import { keptFrom } from './sqlite-rollups.ts';
import type { Statements } from './sqlite-statements.ts';
import type { MonitorStore, Overview, StoredWindow } from './store.ts';
import { columnsOf, NEVER_MS, NO_TIME, toWindow, toWindows, type Window } from './windows.ts';

export interface OverviewReader {
  read(query: Parameters<MonitorStore['readOverview']>[0]): Overview[];
  /** The rollups have changed. */
  forget(): void;
}

type WindowsByRid = ReadonlyMap<number, readonly StoredWindow[]>;

/** The windows of all resources stay the same for an hour, and take ten times as long as the rest of the overview. */
export function createOverviewReader(statements: Statements): OverviewReader {
  let kept: { readonly key: string; readonly windows: WindowsByRid } | null = null;

  const readAllWindows = (windows: readonly Window[], untilMs: number): WindowsByRid => {
    const key = JSON.stringify([windows, untilMs]);
    if (kept?.key !== key) kept = { key, windows: readWindows(statements, windows, untilMs) };
    return kept.windows;
  };

  return {
    read({ sinceMs, untilMs = NEVER_MS, ids }) {
      const windows = toWindows({ hour: keptFrom(statements, 'hour'), day: keptFrom(statements, 'day') }, sinceMs);
      const filter = ids === undefined ? 'r.archived_at IS NULL' : 'r.id IN (SELECT value FROM json_each(?))';
      const values = ids === undefined ? [] : [JSON.stringify(ids)];
      const rows = statements.all(
        `SELECT r.*, s.json, r.id AS resource, o.id AS outage_id, o.started_at, o.ended_at, o.reason, o.cause, o.message
         FROM resources AS r
         LEFT JOIN statuses AS s ON s.rid = r.rid
         LEFT JOIN outages AS o ON o.id =
           (SELECT id FROM outages WHERE rid = r.rid AND ended_at IS NULL ORDER BY started_at DESC LIMIT 1)
         WHERE ${filter} ORDER BY r.id`,
        ...values,
      );
      const byRid =
        ids === undefined ? readAllWindows(windows, untilMs) : readWindows(statements, windows, untilMs, ids);
      return rows.map((row) => ({
        resource: toResource(row),
        status: textOrNull(row, 'json'),
        openOutage: numberOrNull(row, 'outage_id') === null ? null : toOutage(row, 'outage_id'),
        // A resource that is newer than the kept windows has no rollups.
        windows: byRid.get(numberOf(row, 'rid')) ?? windows.map(() => ({ edge: null, rest: NO_TIME })),
      }));
    },
    forget: () => {
      kept = null;
    },
  };
}

/** One query for all windows of all resources, or of the listed ones. */
function readWindows(
  statements: Statements,
  windows: readonly Window[],
  untilMs: number,
  ids?: readonly string[],
): WindowsByRid {
  if (windows.length === 0) return new Map();
  const sql = `
    SELECT r.rid ${windows.map(columnsOf).join('')}
    FROM resources AS r
    LEFT JOIN days AS d ON d.rid = r.rid AND d.n = (SELECT max(n) FROM days WHERE rid = r.rid AND n < ?)
    LEFT JOIN hours AS h ON h.rid = r.rid AND h.n = (SELECT max(n) FROM hours WHERE rid = r.rid AND n < ?)
    ${windows.map(joinsOf).join('')}
    ${ids === undefined ? '' : 'WHERE r.id IN (SELECT value FROM json_each(?))'}`;
  const ends = [unitNumber('day', untilMs), unitNumber('hour', untilMs)];
  const numbers = [...ends, ...windows.flatMap(({ edge, first }) => [edge, first])];
  const rows = statements.all(sql, ...numbers, ...(ids === undefined ? [] : [JSON.stringify(ids)]));
  return new Map(
    rows.map((row) => [numberOf(row, 'rid'), windows.map((window, index) => toWindow(row, window, index))]),
  );
}

/** `e`: the unit that contains the beginning of the window; `b`: the last row before the first that counts. */
const joinsOf = ({ unit }: Window, index: number): string => `
    LEFT JOIN ${TABLE[unit]} AS e${index} ON e${index}.rid = r.rid AND e${index}.n = ?
    LEFT JOIN ${TABLE[unit]} AS b${index} ON b${index}.rid = r.rid AND b${index}.n =
      (SELECT max(n) FROM ${TABLE[unit]} WHERE rid = r.rid AND n < ?)`;
