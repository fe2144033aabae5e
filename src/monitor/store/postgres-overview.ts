// All resources with their windows, in one query: a window is the difference of rows of running totals.

import type { Query } from './postgres-connection.ts';
import { readKeptFrom } from './postgres-read.ts';
import { TABLE } from './rollup-totals.ts';
import { unitNumber } from './rollup-unit.ts';
import { numberOrNull, textOrNull } from './row.ts';
import { toOutage, toResource } from './rows.ts';
import type { MonitorStore, Overview } from './store.ts';
import { columnsOf, NEVER_MS, TIMED_STATES, toWindow, toWindows, type Window } from './windows.ts';

export async function readPostgresOverview(
  query: Pick<Query, 'all'>,
  { sinceMs, untilMs = NEVER_MS, ids }: Parameters<MonitorStore['readOverview']>[0],
): Promise<Overview[]> {
  const windows = toWindows(await readKeptFrom(query), sinceMs);
  const values = [unitNumber('day', untilMs), unitNumber('hour', untilMs), ...windows.flatMap(({ first }) => [first])];
  const where = ids === undefined ? 'r.archived_at IS NULL' : `r.id = ANY($${values.length + 1}::text[])`;
  const rows = await query.all(
    `SELECT r.*, s.json, r.id AS resource, o.outage_id, o.started_at, o.ended_at, o.reason, o.cause, o.message
       ${windows.map(columnsOf).join('')}
     FROM resources AS r
     LEFT JOIN statuses AS s ON s.rid = r.rid
     LEFT JOIN LATERAL (SELECT id AS outage_id, started_at, ended_at, reason, cause, message FROM outages
       WHERE rid = r.rid AND ended_at IS NULL ORDER BY started_at DESC LIMIT 1) AS o ON true
     ${lastBefore('days', 'd', '$1::bigint')} ${lastBefore('hours', 'h', '$2::bigint')}
     ${windows.map((window, index) => joinsOf(window, index)).join('')}
     WHERE ${where} ORDER BY r.id COLLATE "C"`,
    ...values,
    ...(ids === undefined ? [] : [ids]),
  );
  return rows.map((row) => ({
    resource: toResource(row),
    status: textOrNull(row, 'json'),
    openOutage: numberOrNull(row, 'outage_id') === null ? null : toOutage(row, 'outage_id'),
    windows: windows.map((window, index) => toWindow(row, window, index)),
  }));
}

const COLUMNS = `n, ${TIMED_STATES.join(', ')}`;

/** By the key of each resource: never by a scan of the table. */
const lastBefore = (table: string, name: string, n: string): string => `
  LEFT JOIN LATERAL (SELECT ${COLUMNS} FROM ${table} WHERE rid = r.rid AND n < ${n} ORDER BY n DESC LIMIT 1)
    AS ${name} ON true`;

/** See `columnsOf`. */
function joinsOf({ unit, edge }: Window, index: number): string {
  const n = `$${index + 3}::bigint`;
  const isEdge = edge === null ? 'AND false' : '';
  return `
  LEFT JOIN LATERAL (SELECT ${COLUMNS} FROM ${TABLE[unit]} WHERE rid = r.rid AND n = ${n} ${isEdge} LIMIT 1)
    AS e${index} ON true ${lastBefore(TABLE[unit], `b${index}`, n)}`;
}
