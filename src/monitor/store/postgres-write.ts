// Writes changes to the tables of the PostgreSQL store, one statement for each list. It runs inside a transaction.

import { createHash, randomUUID } from 'node:crypto';
import type { CheckRecord } from '../history/check-record.ts';
import type { EventDraft } from '../history/event.ts';
import { type Changes, namedResources, type Written } from './changes.ts';
import type { Query } from './postgres-connection.ts';
import type { PostgresValue } from './postgres-driver.ts';
import { TOTALS, totalsOf } from './rollup-totals.ts';
import { UNIT_MS, unitNumber } from './rollup-unit.ts';
import { numberOf, textOf } from './row.ts';
import { STATES } from './rows.ts';
import type { StoredResource } from './store.ts';

/** Readers ask for events after an id: one with a smaller id must never become visible later. */
const EVENT_LOCK = 0x6b707565;

/**
 * A commit whose success could not be read is tried again: the same event, by identity, is one row. Checks, outages and
 * the rest are known by their keys.
 */
const keys = new WeakMap<EventDraft, string>();

function keyOf(event: EventDraft): string {
  const key = keys.get(event) ?? randomUUID();
  keys.set(event, key);
  return key;
}

export async function writeChanges(query: Query, changes: Changes): Promise<Written> {
  const rids = await lockResources(query, namedResources(changes));
  /** The resource must have been saved: anything else is a bug. */
  const ridOf = (resource: string): number => {
    const rid = rids.get(resource);
    if (rid === undefined) throw new Error(`no such resource: ${resource}`);
    return rid;
  };
  const ridOrNull = (resource: string | null): number | null => (resource === null ? null : ridOf(resource));

  await writeChecks(query, changes.checks ?? [], ridOf);
  await writeHours(query, changes.hours ?? [], ridOf);
  for (const [table, list = []] of [
    ['statuses', changes.statuses],
    ['results', changes.results],
  ] as const) {
    const rows = lastOfEach(list, ({ resource }) => ridOf(resource));
    if (rows.length === 0) continue;
    await query.run(
      `INSERT INTO ${table} SELECT * FROM unnest($1::bigint[], $2::text[])
       ON CONFLICT (rid) DO UPDATE SET json = excluded.json`,
      ...columns(rows, [({ resource }) => ridOf(resource), ({ json }) => json]),
    );
  }
  const pauses = lastOfEach(changes.pauses ?? [], (one) => `${ridOf(one.resource)} ${one.startedAtMs}`);
  if (pauses.length > 0) {
    await query.run(
      `INSERT INTO pauses SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])
       ON CONFLICT (rid, started_at) DO UPDATE SET ended_at = excluded.ended_at, maintenance = excluded.maintenance`,
      ...columns(pauses, [
        ({ resource }) => ridOf(resource),
        ({ startedAtMs }) => startedAtMs,
        ({ endedAtMs }) => endedAtMs,
        ({ maintenance }) => maintenance,
      ]),
    );
  }
  const outageIds = await writeOutages(query, changes.outages ?? [], ridOf);
  const meta = Object.entries(changes.meta ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (meta.length > 0) {
    await query.run(
      `INSERT INTO meta SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      ...columns(meta, [([key]) => key, ([, value]) => value]),
    );
  }
  const eventIds = await writeEvents(query, changes.events ?? [], ridOrNull);
  // Of these events too.
  for (const { eventId, notifier, attempts, nextAttemptAtMs, deliveredAtMs, error } of changes.deliveries ?? []) {
    await query.run(
      `UPDATE deliveries SET attempts = $1, next_at = $2, delivered_at = $3, error = $4
       WHERE event_id = $5 AND notifier = $6 AND delivered_at IS NULL`,
      ...[attempts, deliveredAtMs === null ? nextAttemptAtMs : null, deliveredAtMs, storable(error), eventId, notifier],
    );
  }
  return { eventIds, outageIds };
}

/** Their row ids; no other process can remove them before the transaction ends. */
async function lockResources(query: Query, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const sql = 'SELECT id, rid FROM resources WHERE id = ANY($1::text[]) ORDER BY rid FOR KEY SHARE';
  const rows = await query.all(sql, [...new Set(ids)]);
  return new Map(rows.map((row) => [textOf(row, 'id'), numberOf(row, 'rid')]));
}

type RidOf = (resource: string) => number;

async function writeChecks(query: Query, checks: readonly CheckRecord[], ridOf: RidOf): Promise<void> {
  const rows = lastOfEach(checks, ({ resource, atMs }) => `${ridOf(resource)} ${atMs}`);
  if (rows.length === 0) return;
  const fids = await writeFindings(query, rows);
  await query.run(
    `INSERT INTO checks (rid, at, state, fid, duration, interval, connect)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
     ON CONFLICT (rid, at) DO UPDATE SET state = excluded.state, fid = excluded.fid, duration = excluded.duration,
       interval = excluded.interval, connect = excluded.connect`,
    ...columns(rows, [
      ({ resource }) => ridOf(resource),
      ({ atMs }) => atMs,
      ({ state }) => STATES.indexOf(state),
      (check) => fids.get(hashOf(check)) ?? null,
      ({ durationMs }) => Math.round(durationMs),
      ({ intervalMs }) => intervalMs,
      ({ connectMs }) => connectMs ?? null,
    ]),
  );
}

const hashOf = ({ reason, cause, message, digest }: CheckRecord): string =>
  createHash('sha256')
    .update(JSON.stringify([reason, cause, message, digest]))
    .digest('base64');

/** The texts of checks, by their hash. The day of the last use tells retention which ones no check has any more. */
async function writeFindings(query: Query, checks: readonly CheckRecord[]): Promise<ReadonlyMap<string, number>> {
  const wanted = new Map<string, CheckRecord & { readonly day: number }>();
  for (const check of checks) {
    const hash = hashOf(check);
    const day = Math.max(unitNumber('day', check.atMs), wanted.get(hash)?.day ?? 0);
    wanted.set(hash, { ...check, day });
  }
  const fids = new Map<string, number>();
  const known = await query.all('SELECT hash, fid, used_day FROM findings WHERE hash = ANY($1::text[])', [
    ...wanted.keys(),
  ]);
  for (const row of known) {
    const hash = textOf(row, 'hash');
    if (numberOf(row, 'used_day') >= (wanted.get(hash)?.day ?? 0)) fids.set(hash, numberOf(row, 'fid'));
  }
  // In order: two processes must not wait for each other.
  const missing = [...wanted].filter(([hash]) => !fids.has(hash)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (missing.length === 0) return fids;
  const rows = await query.all(
    `INSERT INTO findings (hash, reason, cause, message, digest, used_day)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[])
     ON CONFLICT (hash) DO UPDATE SET used_day = greatest(findings.used_day, excluded.used_day) RETURNING hash, fid`,
    ...columns(missing, [
      ([hash]) => hash,
      ([, { reason }]) => reason,
      ([, { cause }]) => cause,
      ([, { message }]) => message,
      ([, { digest }]) => digest,
      ([, { day }]) => day,
    ]),
  );
  for (const row of rows) fids.set(textOf(row, 'hash'), numberOf(row, 'fid'));
  return fids;
}

async function writeHours(query: Query, hours: NonNullable<Changes['hours']>, ridOf: RidOf): Promise<void> {
  if (hours.length === 0) return;
  const [kept] = await query.all(`SELECT n FROM rollups_from WHERE unit = 'hour'`);
  const firstMs = (kept === undefined ? 0 : numberOf(kept, 'n')) * UNIT_MS.hour;
  const rows = hours.filter(({ fromMs }) => fromMs >= firstMs);
  if (rows.length === 0) return;
  const totals = TOTALS.map((_, index) => `$${index + 4}::bigint[]`);
  const names = TOTALS.map((column) => `h.${column}`);
  await query.all(
    `SELECT add_hour(h.rid, h.n, array[${names.join(', ')}], h.max)
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], ${totals.join(', ')}) WITH ORDINALITY
       AS h (rid, n, max, ${TOTALS.join(', ')}, position)
     ORDER BY h.position`,
    ...columns(rows, [
      ({ resource }) => ridOf(resource),
      ({ fromMs }) => unitNumber('hour', fromMs),
      ({ responseMaxMs }) => responseMaxMs,
      ...TOTALS.map((column) => (hour: (typeof rows)[number]) => totalsOf(hour)[column]),
    ]),
  );
}

async function writeOutages(query: Query, outages: NonNullable<Changes['outages']>, ridOf: RidOf): Promise<number[]> {
  const ids: number[] = [];
  for (const { resource, startedAtMs, endedAtMs, reason, cause, message } of outages) {
    const [row] = await query.all(
      `INSERT INTO outages (rid, started_at, ended_at, reason, cause, message) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (rid, started_at) DO UPDATE SET ended_at = excluded.ended_at, reason = excluded.reason,
         cause = excluded.cause, message = excluded.message
       RETURNING id`,
      ...[ridOf(resource), startedAtMs, endedAtMs, storable(reason), storable(cause), storable(message)],
    );
    if (row === undefined) throw new Error('no row returned');
    ids.push(numberOf(row, 'id'));
  }
  return ids;
}

async function writeEvents(
  query: Query,
  events: NonNullable<Changes['events']>,
  ridOrNull: (resource: string | null) => number | null,
): Promise<number[]> {
  if (events.length === 0) return [];
  await query.run(`SELECT pg_advisory_xact_lock(${EVENT_LOCK})`);
  const written = await query.all(
    `INSERT INTO events (key, at, event, rid, from_state, to_state, reason, cause, message, digest, previous_digest)
     SELECT e.key, e.at, e.event, e.rid, e.from_state, e.to_state, e.reason, e.cause, e.message, e.digest, e.previous
     FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
       $9::text[], $10::text[], $11::text[]) WITH ORDINALITY
       AS e (key, at, event, rid, from_state, to_state, reason, cause, message, digest, previous, position)
     ORDER BY e.position
     ON CONFLICT (key) DO UPDATE SET at = excluded.at RETURNING id, key`,
    ...columns(events, [
      ({ event }) => keyOf(event),
      ({ event }) => event.atMs,
      ({ event }) => event.event,
      ({ event }) => ridOrNull(event.resource),
      ({ event }) => event.from,
      ({ event }) => event.to,
      ({ event }) => event.reason,
      ({ event }) => event.cause,
      ({ event }) => event.message,
      ({ event }) => event.digest,
      ({ event }) => event.previousDigest,
    ]),
  );
  const idsByKey = new Map(written.map((row) => [textOf(row, 'key'), numberOf(row, 'id')]));
  const ids = events.map(({ event }) => idsByKey.get(keyOf(event)) ?? 0);
  const deliveries = events.flatMap(({ event, notifiers }, index) =>
    [...new Set(notifiers)].map((notifier) => ({ id: ids[index] ?? 0, notifier, atMs: event.atMs })),
  );
  if (deliveries.length > 0) {
    await query.run(
      `INSERT INTO deliveries (event_id, notifier, attempts, next_at)
       SELECT d.id, d.notifier, 0, d.at FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS d (id, notifier, at)
       ON CONFLICT DO NOTHING`,
      ...columns(deliveries, [({ id }) => id, ({ notifier }) => notifier, ({ atMs }) => atMs]),
    );
  }
  return ids;
}

/** `atMs`: those that are not listed have left the configuration then; null: they stay as they are. */
export async function saveResources(
  query: Query,
  resources: readonly Omit<StoredResource, 'archivedAtMs'>[],
  atMs: number | null,
): Promise<void> {
  const sorted = [...resources].sort((a, b) => (a.id < b.id ? -1 : 1));
  const values = columns(sorted, [
    ({ id }) => id,
    ({ name }) => name,
    ({ group }) => group,
    ({ kind }) => kind,
    ({ target }) => target,
  ]);
  await query.run(
    `INSERT INTO resources (id, name, "group", kind, target)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, "group" = excluded."group", kind = excluded.kind,
       target = excluded.target, archived_at = NULL
     WHERE (resources.name, resources."group", resources.kind, resources.target, resources.archived_at)
       IS DISTINCT FROM (excluded.name, excluded."group", excluded.kind, excluded.target, NULL)`,
    ...values,
  );
  if (atMs === null) return;
  await query.run(
    'UPDATE resources SET archived_at = $1 WHERE archived_at IS NULL AND NOT id = ANY($2::text[])',
    atMs,
    values[0] ?? [],
  );
}

/** One list for each column. */
function columns<T>(rows: readonly T[], read: readonly ((row: T) => string | number | null)[]): PostgresValue[] {
  return read.map((column) => rows.map((row) => storable(column(row))));
}

/** Text of PostgreSQL has no NUL. */
const storable = <T extends string | number | null>(value: T): T | string =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;

/** One statement must not write a row twice. */
function lastOfEach<T>(rows: readonly T[], keyOfRow: (row: T) => string | number): readonly T[] {
  return [...new Map(rows.map((row) => [keyOfRow(row), row])).values()];
}
