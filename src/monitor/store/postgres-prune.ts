// Removes what retention no longer keeps from the PostgreSQL store, a bounded number of rows in a step.

import type { Query } from './postgres-connection.ts';
import { unitNumber } from './rollup-unit.ts';
import { numberOf, numberOrNull } from './row.ts';
import type { Cutoffs } from './store.ts';

/** Goes on where the previous step stopped: a whole pass takes many. It runs inside a transaction. */
export type PostgresPruner = (
  query: Query,
  cutoffs: Cutoffs,
  maxRows: number,
) => Promise<{ readonly removed: number; readonly done: boolean }>;

const EVERYTHING = Number.MAX_SAFE_INTEGER;
/** Resources in one statement. */
const AT_ONCE = 100;
const TABLES = ['checks', 'hours', 'days', 'outages', 'pauses', 'statuses', 'results', 'requests'];

export function createPostgresPruner(): PostgresPruner {
  /** The last resource that is finished in this pass. */
  let cursor = 0;

  return async (query, cutoffs, maxRows) => {
    if (cursor === 0) {
      const keep = 'UPDATE rollups_from SET n = greatest(n, $1) WHERE unit = $2';
      await query.run(keep, unitNumber('hour', cutoffs.hoursMs), 'hour');
      await query.run(keep, unitNumber('day', cutoffs.daysMs), 'day');
    }
    let removed = 0;
    // A look at a resource counts as a row.
    for (let left = maxRows; left > 0; ) {
      const rows = await query.all(
        'SELECT rid, archived_at FROM resources WHERE rid > $1 ORDER BY rid LIMIT $2',
        ...[cursor, Math.min(left, AT_ONCE)],
      );
      if (rows.length === 0) {
        const more = await pruneShared(query, cutoffs, left);
        const done = more < left;
        if (done) cursor = 0;
        return { removed: removed + more, done };
      }
      const isGone = (archivedAtMs: number | null): boolean => (archivedAtMs ?? EVERYTHING) < cutoffs.daysMs;
      const ridsWhere = (wanted: boolean): number[] =>
        rows.filter((row) => isGone(numberOrNull(row, 'archived_at')) === wanted).map((row) => numberOf(row, 'rid'));
      const more = await inTurn(
        [...removalsOf(query, ridsWhere(false), cutoffs), ...removeAll(query, ridsWhere(true))],
        left,
      );
      removed += more;
      left -= more + rows.length;
      if (left >= 0) cursor = Math.max(...rows.map((row) => numberOf(row, 'rid')));
    }
    return { removed, done: false };
  };
}

type Removal = (limit: number) => Promise<number>;

function removalsOf(query: Query, rids: readonly number[], cutoffs: Cutoffs): Removal[] {
  const cut =
    (table: string, column: string, condition: string, value: number): Removal =>
    (limit) =>
      query.run(
        `DELETE FROM ${table} WHERE (rid, ${column}) IN
           (SELECT t.rid, t.${column} FROM unnest($1::bigint[]) AS wanted (rid)
            CROSS JOIN LATERAL (SELECT rid, ${column} FROM ${table} WHERE rid = wanted.rid AND ${condition}) AS t LIMIT $3)`,
        ...[rids, value, limit],
      );
  /** The last row before the cutoff stays: the totals of the next one begin with it. */
  const beforeBase = (table: string): string => `n < (SELECT max(n) FROM ${table} WHERE rid = wanted.rid AND n < $2)`;
  if (rids.length === 0) return [];
  return [
    cut('checks', 'at', 'at < $2', cutoffs.checksMs),
    cut('hours', 'n', beforeBase('hours'), unitNumber('hour', cutoffs.hoursMs)),
    cut('days', 'n', beforeBase('days'), unitNumber('day', cutoffs.daysMs)),
    cut('outages', 'started_at', 'ended_at < $2 AND started_at < $2', cutoffs.daysMs),
    cut('pauses', 'started_at', 'ended_at < $2 AND started_at < $2', cutoffs.daysMs),
  ];
}

function removeAll(query: Query, rids: readonly number[]): Removal[] {
  if (rids.length === 0) return [];
  const remove =
    (table: string): Removal =>
    (limit) =>
      query.run(
        `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE rid = ANY($1::bigint[]) LIMIT $2))`,
        ...[rids, limit],
      );
  return [...TABLES, 'resources'].map(remove);
}

const pruneShared = (query: Query, cutoffs: Cutoffs, limit: number): Promise<number> =>
  inTurn(
    [
      // A day late: a check of the last minute may still be written.
      (max) =>
        query.run(
          'DELETE FROM findings WHERE fid IN (SELECT fid FROM findings WHERE used_day < $1 LIMIT $2)',
          ...[unitNumber('day', cutoffs.checksMs) - 1, max],
        ),
      // Only the oldest are looked at: a scan of all would take as long as there are events.
      (max) =>
        query.run(
          `WITH oldest AS (SELECT id, at FROM events ORDER BY id LIMIT $1)
           DELETE FROM events WHERE id IN (SELECT id FROM oldest)
             AND id < coalesce((SELECT min(id) FROM oldest WHERE at >= $2), $3)`,
          ...[max, cutoffs.daysMs, EVERYTHING],
        ),
      () => query.run('DELETE FROM deliveries WHERE event_id < (SELECT coalesce(min(id), $1) FROM events)', EVERYTHING),
    ],
    limit,
  );

/** Each with what the ones before it left of the limit. */
async function inTurn(removals: readonly Removal[], limit: number): Promise<number> {
  let removed = 0;
  for (const remove of removals) if (removed < limit) removed += await remove(limit - removed);
  return removed;
}
