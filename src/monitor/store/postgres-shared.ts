// The PostgreSQL store as several processes share it.

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Stored } from './failure.ts';
import { LEADER } from './lease.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { beat, claim, leave, readState, release } from './postgres-leases.ts';
import { listenTo, notify } from './postgres-notify.ts';
import { CHECK, WANTED } from './postgres-read.ts';
import { saveResources } from './postgres-write.ts';
import { textOf } from './row.ts';
import { toCheck } from './rows.ts';
import type { SharedStore } from './shared-store.ts';

interface SharedOptions {
  readonly connection: PostgresConnection;
  /** Runs a call, and keeps why it fails. */
  readonly call: <T>(run: () => Promise<T>) => Stored<T>;
}

/** For people who look at the leases. */
export const createWriterId = (): string => `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;

export function createShared(id: string, { connection, call }: SharedOptions): SharedStore {
  const inTransaction = <T>(run: Parameters<typeof connection.transaction<T>>[0]): Stored<T> =>
    call(() => connection.transaction(run));
  return {
    id,
    readState: () => call(() => readState(connection)),
    beat: (given) => inTransaction((query) => beat(query, id, given)),
    claim: (names, options) => inTransaction((query) => claim(query, id, names, { ...options, single: LEADER })),
    release: (leases) =>
      inTransaction(async (query) => {
        await release(query, id, leases);
        await notify(query, id, { isReleased: true });
        return null;
      }),
    leave: () =>
      inTransaction(async (query) => {
        await leave(query, id);
        await notify(query, id, { isReleased: true });
        return null;
      }),
    addResources: (resources) =>
      inTransaction(async (query) => {
        await saveResources(query, resources, null);
        return null;
      }),
    requestCheck: (resource) =>
      inTransaction(async (query) => {
        if ((await readState(query)).workers === 0) return 'no-worker';
        const rows = await query.all(
          `INSERT INTO requests (rid, at, is_open) SELECT rid, clock_timestamp(), 1 FROM resources WHERE id = $1
           ON CONFLICT (rid) DO UPDATE SET at = excluded.at, is_open = 1
           WHERE requests.at < clock_timestamp() - interval '1 second' RETURNING rid`,
          resource,
        );
        if (rows.length === 0) return 'too-often';
        await notify(query, id, { request: resource });
        return 'accepted';
      }),
    takeRequests: (resources) =>
      call(async () =>
        (
          await connection.all(
            `UPDATE requests AS q SET is_open = 0 FROM ${WANTED} WHERE q.rid = r.rid AND q.is_open = 1 RETURNING r.id`,
            resources,
          )
        ).map((row) => textOf(row, 'id')),
      ),
    readChecksAfter: (after) =>
      call(async () =>
        (
          await connection.all(
            `SELECT r.id AS resource, ${CHECK}
             FROM unnest($1::text[], $2::bigint[]) AS wanted (id, at) JOIN resources AS r ON r.id = wanted.id
             CROSS JOIN LATERAL (SELECT * FROM checks WHERE rid = r.rid AND at > wanted.at) AS c
             JOIN findings AS f USING (fid) ORDER BY r.id, c.at`,
            ...[after.map(({ resource }) => resource), after.map(({ atMs }) => atMs)],
          )
        ).map(toCheck),
      ),
    listen: (listener) =>
      listenTo(connection, {
        ...listener,
        async onLost() {
          // Why, in the words of the server.
          const outcome = await call(() => connection.all('SELECT 1'));
          if (!outcome.ok) listener.onLost(outcome.error);
        },
      }),
  };
}
