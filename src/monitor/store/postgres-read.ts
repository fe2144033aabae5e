// The queries of the PostgreSQL store, each one statement.

import type { CheckRecord } from '../history/check-record.ts';
import type { MonitorEvent } from '../history/event.ts';
import type { RecordedOutage } from '../history/outage.ts';
import type { StoredPause } from './changes.ts';
import type { Query } from './postgres-connection.ts';
import type { PostgresValue } from './postgres-driver.ts';
import { TABLE, toRollups } from './rollup-totals.ts';
import { type RollupUnit, UNIT_MS } from './rollup-unit.ts';
import { numberOf, textOf } from './row.ts';
import { toCheck, toDelivery, toEvent, toOutage, toPause, toResource } from './rows.ts';
import type { Delivery, StoredResource, StoredRollup } from './store.ts';

/** Later than any time, greater than any id. */
const FOREVER = Number.MAX_SAFE_INTEGER;

export const CHECK = 'c.at, c.state, c.duration, c.interval, c.connect, f.reason, f.cause, f.message, f.digest';
const EVENT = `e.id AS event_id, e.at, e.event, e.from_state, e.to_state, e.reason, e.cause, e.message, e.digest,
  e.previous_digest, r.id AS resource`;
/** The listed resources in their order. */
export const WANTED =
  'unnest($1::text[]) WITH ORDINALITY AS wanted (id, position) JOIN resources AS r ON r.id = wanted.id';

export function createPostgresReader({ all }: Pick<Query, 'all'>) {
  return {
    archived: async (): Promise<StoredResource[]> =>
      (await all('SELECT * FROM resources WHERE archived_at IS NOT NULL ORDER BY id COLLATE "C"')).map(toResource),

    async result(resource: string): Promise<string | null> {
      const sql = 'SELECT json FROM results WHERE rid = (SELECT rid FROM resources WHERE id = $1)';
      const [row] = await all(sql, resource);
      return row === undefined ? null : textOf(row, 'json');
    },

    checks: async (resource: string, beforeMs = FOREVER, limit: number): Promise<CheckRecord[]> =>
      (
        await all(
          `SELECT $1::text AS resource, ${CHECK} FROM checks AS c JOIN findings AS f USING (fid)
           WHERE c.rid = (SELECT rid FROM resources WHERE id = $1) AND c.at < $2 ORDER BY c.at DESC LIMIT $3`,
          ...[resource, beforeMs, limit],
        )
      ).map(toCheck),

    checkSpan: async (resources: readonly string[], fromMs: number, toMs: number): Promise<CheckRecord[]> =>
      (
        await all(
          `SELECT r.id AS resource, ${CHECK} FROM ${WANTED}
           CROSS JOIN LATERAL (SELECT coalesce((SELECT max(at) FROM checks WHERE rid = r.rid AND at < $2), $2) AS at) AS first
           CROSS JOIN LATERAL (SELECT * FROM checks WHERE rid = r.rid AND at >= first.at AND at < $3) AS c
           JOIN findings AS f USING (fid)
           ORDER BY wanted.position, c.at`,
          ...[resources, fromMs, toMs],
        )
      ).map(toCheck),

    /** The row before the first one comes too: its totals are what the next one begins with. */
    async rollups(
      unit: RollupUnit,
      resources: readonly string[],
      fromMs: number,
      toMs: number,
      keptFrom: number,
    ): Promise<StoredRollup[]> {
      const first = Math.max(Math.ceil(fromMs / UNIT_MS[unit]), keptFrom);
      const table = TABLE[unit];
      const rows = await all(
        `SELECT r.id, u.* FROM ${WANTED}
         CROSS JOIN LATERAL (SELECT coalesce((SELECT max(n) FROM ${table} WHERE rid = r.rid AND n < $2), $2) AS n) AS first
         CROSS JOIN LATERAL (SELECT * FROM ${table} WHERE rid = r.rid AND n >= first.n AND n < $3) AS u
         ORDER BY wanted.position, u.n`,
        ...[resources, first, Math.ceil(toMs / UNIT_MS[unit])],
      );
      return toRollups(unit, rows, first);
    },

    pauses: async (resources: readonly string[], fromMs: number, toMs: number): Promise<StoredPause[]> =>
      (
        await all(
          `SELECT r.id AS resource, p.* FROM ${WANTED} JOIN pauses AS p ON p.rid = r.rid
           WHERE p.started_at < $3 AND (p.ended_at IS NULL OR p.ended_at > $2) ORDER BY wanted.position, p.started_at`,
          ...[resources, fromMs, toMs],
        )
      ).map(toPause),

    async outages(openOnly: boolean, resource: string | undefined, beforeId = FOREVER, limit: number) {
      const conditions = [
        'o.id < $1',
        ...(openOnly ? ['o.ended_at IS NULL'] : []),
        ...(resource === undefined ? [] : ['o.rid = (SELECT rid FROM resources WHERE id = $3)']),
      ];
      const values: PostgresValue[] = [beforeId, limit, ...(resource === undefined ? [] : [resource])];
      const sql = `SELECT o.*, r.id AS resource FROM outages AS o JOIN resources AS r USING (rid)
        WHERE ${conditions.join(' AND ')} ORDER BY o.id DESC LIMIT $2`;
      return (await all(sql, ...values)).map((row): RecordedOutage => toOutage(row));
    },

    events: async (afterId: number, limit: number): Promise<MonitorEvent[]> =>
      (
        await all(
          `SELECT ${EVENT} FROM events AS e LEFT JOIN resources AS r USING (rid) WHERE e.id > $1 ORDER BY e.id LIMIT $2`,
          ...[afterId, limit],
        )
      ).map(toEvent),

    async latestEvents(resource: string | undefined, limit: number): Promise<MonitorEvent[]> {
      const where = resource === undefined ? '' : 'WHERE e.rid = (SELECT rid FROM resources WHERE id = $2)';
      const sql = `SELECT ${EVENT} FROM events AS e LEFT JOIN resources AS r USING (rid) ${where} ORDER BY e.id DESC LIMIT $1`;
      return (await all(sql, ...(resource === undefined ? [limit] : [limit, resource]))).map(toEvent);
    },

    dueDeliveries: async (nowMs: number, notifier: string | undefined, limit: number): Promise<Delivery[]> =>
      (
        await all(
          `SELECT ${EVENT}, d.notifier, d.attempts, d.next_at, d.delivered_at, d.error, r.id, r.name, r."group", r.kind,
             r.target, r.archived_at
           FROM deliveries AS d JOIN events AS e ON e.id = d.event_id LEFT JOIN resources AS r USING (rid)
           WHERE d.next_at <= $1 AND ($2::text IS NULL OR d.notifier = $2)
           ORDER BY d.event_id, d.notifier COLLATE "C" LIMIT $3`,
          ...[nowMs, notifier ?? null, limit],
        )
      ).map(toDelivery),

    pending: async (): Promise<ReadonlyMap<string, number>> =>
      new Map(
        (
          await all('SELECT notifier, count(*) AS count FROM deliveries WHERE next_at IS NOT NULL GROUP BY notifier')
        ).map((row) => [textOf(row, 'notifier'), numberOf(row, 'count')] as const),
      ),

    meta: async (): Promise<ReadonlyMap<string, string>> =>
      new Map((await all('SELECT key, value FROM meta')).map((row) => [textOf(row, 'key'), textOf(row, 'value')])),
  };
}

/** Earlier units were removed; of each resource one row stays, because the totals of the next one begin with it. */
export async function readKeptFrom({ all }: Pick<Query, 'all'>): Promise<Record<RollupUnit, number>> {
  const rows = await all('SELECT unit, n FROM rollups_from');
  const of = (unit: RollupUnit): number => Number(rows.find((row) => row.unit === unit)?.n ?? 0);
  return { hour: of('hour'), day: of('day') };
}
