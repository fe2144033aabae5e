// Removes what retention no longer keeps from the SQLite store, a bounded number of rows in a step.

import { unitNumber } from './rollup-unit.ts';
import { numberOf, numberOrNull } from './row.ts';
import type { Statements } from './sqlite-statements.ts';
import type { Cutoffs } from './store.ts';

/** Goes on where the previous step stopped: a whole pass takes many. It runs inside a transaction. */
export interface Pruner {
  step(cutoffs: Cutoffs, maxRows: number): { readonly removed: number; readonly done: boolean };
}

const EVERYTHING = Number.MAX_SAFE_INTEGER;

export function createPruner(statements: Statements): Pruner {
  /** The last resource that is finished in this pass. */
  let cursor = 0;

  /** A table whose key is the resource and `column`. */
  const cut = (table: string, column: string, rid: number, beforeValue: number, limit: number, and = ''): number =>
    statements.run(
      `DELETE FROM ${table} WHERE rid = ?1 AND ${column} IN
         (SELECT ${column} FROM ${table} WHERE rid = ?1 AND ${column} < ?2 ${and} ORDER BY ${column} LIMIT ?3)`,
      ...[rid, beforeValue, limit],
    );

  const pruneResource = (rid: number, cutoffs: Cutoffs, limit: number): number => {
    const cuts: readonly ((limit: number) => number)[] = [
      (max) => cut('checks', 'at', rid, cutoffs.checksMs, max),
      (max) => cut('hours', 'n', rid, baseOf('hours', rid, unitNumber('hour', cutoffs.hoursMs)), max),
      (max) => cut('days', 'n', rid, baseOf('days', rid, unitNumber('day', cutoffs.daysMs)), max),
      (max) => cut('outages', 'started_at', rid, cutoffs.daysMs, max, `AND ended_at < ${cutoffs.daysMs}`),
      (max) => cut('pauses', 'started_at', rid, cutoffs.daysMs, max, `AND ended_at < ${cutoffs.daysMs}`),
    ];
    return inTurn(cuts, limit);
  };

  /** The last row before the cutoff stays: the totals of the next one begin with it. */
  const baseOf = (table: 'hours' | 'days', rid: number, cutoff: number): number => {
    const [row] = statements.all(`SELECT max(n) AS n FROM ${table} WHERE rid = ? AND n < ?`, rid, cutoff);
    return row === undefined ? 0 : numberOf(row, 'n');
  };

  const removeResource = (rid: number, limit: number): number =>
    inTurn(
      [
        (max) => cut('checks', 'at', rid, EVERYTHING, max),
        (max) => cut('hours', 'n', rid, EVERYTHING, max),
        (max) => cut('days', 'n', rid, EVERYTHING, max),
        (max) => cut('outages', 'started_at', rid, EVERYTHING, max),
        (max) => cut('pauses', 'started_at', rid, EVERYTHING, max),
        () => statements.run('DELETE FROM statuses WHERE rid = ?', rid),
        () => statements.run('DELETE FROM results WHERE rid = ?', rid),
        () => statements.run('DELETE FROM resources WHERE rid = ?', rid),
      ],
      limit,
    );

  const pruneShared = (cutoffs: Cutoffs, limit: number): number =>
    inTurn(
      [
        (max) =>
          statements.run(
            'DELETE FROM findings WHERE fid IN (SELECT fid FROM findings WHERE used_day < ? LIMIT ?)',
            ...[unitNumber('day', cutoffs.checksMs), max],
          ),
        (max) =>
          // Only the oldest are looked at: a scan of all would take as long as there are events.
          statements.run(
            `DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?1)
               AND id < ifnull((SELECT min(id) FROM (SELECT id, at FROM events ORDER BY id LIMIT ?1) WHERE at >= ?2), ?3)`,
            ...[max, cutoffs.daysMs, EVERYTHING],
          ),
        () =>
          statements.run(
            'DELETE FROM deliveries WHERE event_id < (SELECT ifnull(min(id), 9007199254740991) FROM events)',
          ),
      ],
      limit,
    );

  return {
    step(cutoffs, maxRows) {
      if (cursor === 0) {
        const keep = 'UPDATE rollups_from SET n = max(n, ?) WHERE unit = ?';
        statements.run(keep, unitNumber('hour', cutoffs.hoursMs), 'hour');
        statements.run(keep, unitNumber('day', cutoffs.daysMs), 'day');
      }
      let removed = 0;
      // A look at a resource counts as a row.
      for (let left = maxRows; left > 0; ) {
        const [row] = statements.all(
          'SELECT rid, archived_at FROM resources WHERE rid > ? ORDER BY rid LIMIT 1',
          cursor,
        );
        if (row === undefined) {
          const more = pruneShared(cutoffs, left);
          const done = more < left;
          if (done) cursor = 0;
          return { removed: removed + more, done };
        }
        const rid = numberOf(row, 'rid');
        const isGone = (numberOrNull(row, 'archived_at') ?? EVERYTHING) < cutoffs.daysMs;
        const more = isGone ? removeResource(rid, left) : pruneResource(rid, cutoffs, left);
        removed += more;
        left -= more + 1;
        if (left >= 0) cursor = rid;
      }
      return { removed, done: false };
    },
  };
}

/** Each with what the ones before it left of the limit. */
function inTurn(removals: readonly ((limit: number) => number)[], limit: number): number {
  return removals.reduce((removed, remove) => (removed >= limit ? removed : removed + remove(limit - removed)), 0);
}
