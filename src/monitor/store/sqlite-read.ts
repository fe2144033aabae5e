// The queries of the SQLite store, each one statement.

import type { CheckRecord } from '../history/check-record.ts';
import type { MonitorEvent } from '../history/event.ts';
import type { RecordedOutage } from '../history/outage.ts';
import type { StoredPause } from './changes.ts';
import { numberOf, type SqlValue, textOf } from './row.ts';
import { toCheck, toDelivery, toEvent, toOutage, toPause, toResource } from './rows.ts';
import type { Statements } from './sqlite-statements.ts';
import type { Delivery, StoredResource } from './store.ts';

/** Later than any time, greater than any id. */
const FOREVER = Number.MAX_SAFE_INTEGER;

const CHECK = 'c.at, c.state, c.duration, c.interval, c.connect, f.reason, f.cause, f.message, f.digest';
const EVENT = `e.id AS event_id, e.at, e.event, e.from_state, e.to_state, e.reason, e.cause, e.message, e.digest,
  e.previous_digest, r.id AS resource`;

export function createReader({ all }: Statements) {
  return {
    archived: (): StoredResource[] =>
      all('SELECT * FROM resources WHERE archived_at IS NOT NULL ORDER BY id').map(toResource),

    result(resource: string): string | null {
      const [row] = all('SELECT json FROM results WHERE rid = (SELECT rid FROM resources WHERE id = ?)', resource);
      return row === undefined ? null : textOf(row, 'json');
    },

    checks: (resource: string, beforeMs = FOREVER, limit: number): CheckRecord[] =>
      all(
        `SELECT ?1 AS resource, ${CHECK} FROM checks AS c JOIN findings AS f USING (fid)
         WHERE c.rid = (SELECT rid FROM resources WHERE id = ?1) AND c.at < ?2 ORDER BY c.at DESC LIMIT ?3`,
        ...[resource, beforeMs, limit],
      ).map(toCheck),

    checkSpan: (resources: readonly string[], fromMs: number, toMs: number): CheckRecord[] =>
      all(
        `SELECT r.id AS resource, ${CHECK}
         FROM json_each(?1) AS wanted CROSS JOIN resources AS r ON r.id = wanted.value
         CROSS JOIN checks AS c ON c.rid = r.rid CROSS JOIN findings AS f USING (fid)
         WHERE c.at >= ifnull((SELECT max(at) FROM checks WHERE rid = r.rid AND at < ?2), ?2) AND c.at < ?3
         ORDER BY wanted.key, c.at`,
        ...[JSON.stringify(resources), fromMs, toMs],
      ).map(toCheck),

    pauses: (resources: readonly string[], fromMs: number, toMs: number): StoredPause[] =>
      all(
        `SELECT r.id AS resource, p.* FROM json_each(?1) AS wanted CROSS JOIN resources AS r ON r.id = wanted.value
         CROSS JOIN pauses AS p ON p.rid = r.rid
         WHERE p.started_at < ?3 AND (p.ended_at IS NULL OR p.ended_at > ?2) ORDER BY wanted.key, p.started_at`,
        ...[JSON.stringify(resources), fromMs, toMs],
      ).map(toPause),

    outages(openOnly: boolean, resource: string | undefined, beforeId = FOREVER, limit: number): RecordedOutage[] {
      const conditions = [
        ...(openOnly ? ['o.ended_at IS NULL'] : []),
        ...(resource === undefined ? [] : ['o.rid = (SELECT rid FROM resources WHERE id = ?)']),
        'o.id < ?',
      ];
      const values: SqlValue[] = [...(resource === undefined ? [] : [resource]), beforeId, limit];
      // Without the hint SQLite reads all outages, because they are in order.
      const index = openOnly ? 'INDEXED BY open_outages' : '';
      const sql = `SELECT o.*, r.id AS resource FROM outages AS o ${index} JOIN resources AS r USING (rid)
        WHERE ${conditions.join(' AND ')} ORDER BY o.id DESC LIMIT ?`;
      return all(sql, ...values).map((row) => toOutage(row));
    },

    events: (afterId: number, limit: number): MonitorEvent[] =>
      all(
        `SELECT ${EVENT} FROM events AS e LEFT JOIN resources AS r USING (rid) WHERE e.id > ? ORDER BY e.id LIMIT ?`,
        ...[afterId, limit],
      ).map(toEvent),

    latestEvents(resource: string | undefined, limit: number): MonitorEvent[] {
      const where = resource === undefined ? '' : 'WHERE e.rid = (SELECT rid FROM resources WHERE id = ?)';
      const sql = `SELECT ${EVENT} FROM events AS e LEFT JOIN resources AS r USING (rid) ${where} ORDER BY e.id DESC LIMIT ?`;
      return all(sql, ...(resource === undefined ? [limit] : [resource, limit])).map(toEvent);
    },

    dueDeliveries: (nowMs: number, notifier: string | undefined, limit: number): Delivery[] =>
      all(
        `SELECT ${EVENT}, d.notifier, d.attempts, d.next_at, d.delivered_at, d.error, r.id, r.name, r."group", r.kind,
           r.target, r.archived_at
         FROM deliveries AS d INDEXED BY due_deliveries JOIN events AS e ON e.id = d.event_id LEFT JOIN resources AS r USING (rid)
         WHERE d.next_at <= ?1 AND (?2 IS NULL OR d.notifier = ?2) ORDER BY d.event_id, d.notifier LIMIT ?3`,
        ...[nowMs, notifier ?? null, limit],
      ).map(toDelivery),

    pending: (): ReadonlyMap<string, number> =>
      new Map(
        all('SELECT notifier, count(*) AS count FROM deliveries WHERE next_at IS NOT NULL GROUP BY notifier').map(
          (row) => [textOf(row, 'notifier'), numberOf(row, 'count')] as const,
        ),
      ),

    meta: (): ReadonlyMap<string, string> =>
      new Map(all('SELECT key, value FROM meta').map((row) => [textOf(row, 'key'), textOf(row, 'value')])),
  };
}
