// Leases in PostgreSQL: rows with an owner, an epoch and an end by the server's clock. Only their owner can write what
// they protect.

import { LEASE_MS, type Lease } from './lease.ts';
import type { Query } from './postgres-connection.ts';
import { numberOf, numberOrNull, textOf } from './row.ts';
import type { Beat, Beaten, ClusterState } from './shared-store.ts';

const UNTIL = `clock_timestamp() + interval '${LEASE_MS} milliseconds'`;
/** Two numbers of a lease. */
const GIVEN = 'unnest($2::text[], $3::bigint[]) AS g (name, epoch)';

const namesOf = (leases: readonly Lease[]): string[] => leases.map(({ name }) => name);
const epochsOf = (leases: readonly Lease[]): number[] => leases.map(({ epoch }) => epoch);

const milliseconds = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::bigint`;

export async function readState(query: Query): Promise<ClusterState> {
  const [row = {}] = await query.all(
    `SELECT ${milliseconds('clock_timestamp()')} AS now, ${milliseconds('max(until)')} AS last,
       count(*) FILTER (WHERE until > clock_timestamp()) AS alive FROM workers`,
  );
  return { nowMs: numberOf(row, 'now'), workers: numberOf(row, 'alive'), lastWorkerMs: numberOrNull(row, 'last') };
}

export async function beat(query: Query, id: string, { held, writtenUntilMs }: Beat): Promise<Beaten> {
  await query.run(
    `INSERT INTO workers (id, until, written_until) VALUES ($1, ${UNTIL}, $2)
     ON CONFLICT (id) DO UPDATE SET until = excluded.until, written_until = excluded.written_until`,
    ...[id, writtenUntilMs],
  );
  // Also those that have expired, if no other process has taken them: their owner has been trying all the time.
  const renewed = await query.all(
    `UPDATE leases AS l SET until = ${UNTIL} FROM ${GIVEN}
     WHERE l.name = g.name AND l.epoch = g.epoch AND l.owner = $1 RETURNING l.name, l.epoch`,
    ...[id, namesOf(held), epochsOf(held)],
  );
  await query.run(`DELETE FROM workers WHERE until < clock_timestamp() - interval '1 day'`);
  const workers = await query.all(
    `SELECT w.id, w.written_until,
       (SELECT count(*) FROM leases AS l WHERE l.owner = w.id AND l.until > clock_timestamp() AND NOT l.is_single) AS held
     FROM workers AS w WHERE w.until > clock_timestamp()`,
  );
  const [next = {}] = await query.all(
    `SELECT ceil(extract(epoch FROM min(until) - clock_timestamp()) * 1000)::int AS left FROM leases
     WHERE owner <> $1 AND until > clock_timestamp()`,
    id,
  );
  return {
    othersExpireInMs: numberOrNull(next, 'left'),
    renewed: renewed.map(toLease),
    workers: new Map(workers.map((row) => [textOf(row, 'id'), numberOf(row, 'held')])),
    writtenUntilMs: Math.min(...workers.map((row) => numberOf(row, 'written_until'))),
  };
}

/** `single`: the lease that is no host. */
export async function claim(
  query: Query,
  id: string,
  names: readonly string[],
  { limit, takesExpired, single }: { readonly limit: number; readonly takesExpired: boolean; readonly single: string },
): Promise<Lease[]> {
  await query.run(
    `INSERT INTO leases (name, is_single) SELECT n.name, n.name = $2 FROM unnest($1::text[]) AS n (name)
     WHERE NOT EXISTS (SELECT 1 FROM leases AS l WHERE l.name = n.name) ON CONFLICT DO NOTHING`,
    ...[names, single],
  );
  // A row that a transaction of its owner has locked is skipped: it is in use.
  const rows = await query.all(
    `UPDATE leases AS l SET owner = $1, epoch = l.epoch + 1, until = ${UNTIL}
     FROM (SELECT c.name FROM unnest($2::text[]) WITH ORDINALITY AS n (name, position) JOIN leases AS c USING (name)
       WHERE c.until <= clock_timestamp() AND (c.owner IS NULL OR $4 = 1)
       ORDER BY n.position LIMIT $3 FOR UPDATE OF c SKIP LOCKED) AS free
     WHERE l.name = free.name RETURNING l.name, l.epoch`,
    ...[id, names, limit, takesExpired ? 1 : 0],
  );
  return rows.map(toLease);
}

export const release = (query: Query, id: string, leases: readonly Lease[]): Promise<number> =>
  query.run(
    `UPDATE leases AS l SET owner = NULL, until = '-infinity' FROM ${GIVEN}
     WHERE l.name = g.name AND l.epoch = g.epoch AND l.owner = $1`,
    ...[id, namesOf(leases), epochsOf(leases)],
  );

export async function leave(query: Query, id: string): Promise<void> {
  await query.run(`UPDATE leases SET owner = NULL, until = '-infinity' WHERE owner = $1`, id);
  // The row stays: it says when a worker was alive last.
  await query.run('UPDATE workers SET until = clock_timestamp() WHERE id = $1', id);
}

/** A writer does not hold, or no longer holds, what protects the change. */
export class Fenced extends Error {
  /** false: its lease has expired, but no other process has taken it. */
  readonly isFinal: boolean;
  constructor(isFinal: boolean) {
    super('fenced');
    this.isFinal = isFinal;
  }
}

/** Until the end of the transaction no other process can take them. Throws `Fenced`. */
export async function lockLeases(query: Query, id: string, leases: readonly Lease[]): Promise<void> {
  const rows = await query.all(
    `SELECT name, epoch, owner, (until > clock_timestamp())::int AS is_valid FROM leases
     WHERE name = ANY($1::text[]) ORDER BY name FOR SHARE`,
    namesOf(leases),
  );
  for (const { name, epoch } of leases) {
    const row = rows.find((one) => one.name === name);
    if (row === undefined || row.owner !== id || numberOf(row, 'epoch') !== epoch) throw new Fenced(true);
    if (numberOf(row, 'is_valid') === 0) throw new Fenced(false);
  }
}

const toLease = (row: Parameters<typeof textOf>[0]): Lease => ({
  name: textOf(row, 'name'),
  epoch: numberOf(row, 'epoch'),
});
