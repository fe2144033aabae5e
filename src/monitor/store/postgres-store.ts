// The store in a PostgreSQL database: for more than one process.

import { failure, type Outcome, success } from '../../core/outcome.ts';
import { type Changes, CLUSTERS_KEY, ROLLED_UP_KEY, type Written } from './changes.ts';
import type { Stored, StoreFailure } from './failure.ts';
import { createConnection, type Query } from './postgres-connection.ts';
import type { PostgresDriver } from './postgres-driver.ts';
import { postgresFailure } from './postgres-failure.ts';
import { Fenced, lockLeases } from './postgres-leases.ts';
import { migrate } from './postgres-migrations.ts';
import { notify, notifyOfChanges } from './postgres-notify.ts';
import { readPostgresOverview } from './postgres-overview.ts';
import { createPostgresPruner } from './postgres-prune.ts';
import { createPostgresReader, readKeptFrom } from './postgres-read.ts';
import { createShared, createWriterId } from './postgres-shared.ts';
import { saveResources, writeChanges } from './postgres-write.ts';
import type { MonitorStore } from './store.ts';
import { formatDatabaseUrl } from './store-setting.ts';

export interface PostgresOptions {
  readonly driver: PostgresDriver;
  readonly migrations?: readonly string[];
}

export async function openPostgresStore(url: string, { driver, migrations }: PostgresOptions): Stored<MonitorStore> {
  const place = formatDatabaseUrl(url);
  const connection = createConnection(driver, url);
  const migrated = await attempt(place, () => migrate(connection, place, migrations));
  const refused = migrated.ok ? migrated.value : migrated;
  if (!refused.ok) {
    await connection.close();
    return refused;
  }
  const reader = createPostgresReader(connection);
  const prune = createPostgresPruner();
  const id = createWriterId();
  let lastFailure: StoreFailure | null = null;

  /** Every call tells whether the server is there: a process that only reads must know it too. */
  const call = async <T>(run: () => Promise<T>): Stored<T> => {
    const outcome = await attempt(place, run);
    const isFenced = !outcome.ok && (outcome.error.kind === 'fenced' || outcome.error.kind === 'lapsed');
    lastFailure = outcome.ok || isFenced ? null : outcome.error;
    return outcome;
  };

  return success<MonitorStore>({
    location: place,
    resourcesAtOnce: 300,
    shared: createShared(id, { connection, call }),
    get failure() {
      return lastFailure;
    },
    saveResources: (resources, atMs) =>
      call(() =>
        connection.transaction(async (query) => {
          await saveResources(query, resources, atMs);
          return null;
        }),
      ),
    write: (changes) => call(() => connection.transaction((query) => write(query, id, changes))),
    prune: (cutoffs, maxRows) => call(() => connection.transaction((query) => prune(query, cutoffs, maxRows))),
    readOverview: (query) => call(() => readPostgresOverview(connection, query)),
    readArchived: () => call(reader.archived),
    readResult: (resource) => call(() => reader.result(resource)),
    readChecks: ({ resource, beforeMs, limit }) => call(() => reader.checks(resource, beforeMs, limit)),
    readCheckSpan: ({ resources, fromMs, toMs }) => call(() => reader.checkSpan(resources, fromMs, toMs)),
    readRollups: ({ unit, resources, fromMs, toMs }) =>
      call(async () => reader.rollups(unit, resources, fromMs, toMs, (await readKeptFrom(connection))[unit])),
    readPauses: ({ resources, fromMs, toMs }) => call(() => reader.pauses(resources, fromMs, toMs)),
    readOutages: ({ openOnly = false, resource, beforeId, limit }) =>
      call(() => reader.outages(openOnly, resource, beforeId, limit)),
    readEvents: ({ afterId, limit }) => call(() => reader.events(afterId, limit)),
    readLatestEvents: ({ resource, limit }) => call(() => reader.latestEvents(resource, limit)),
    readDueDeliveries: ({ nowMs, notifier, limit }) => call(() => reader.dueDeliveries(nowMs, notifier, limit)),
    countPending: () => call(reader.pending),
    readMeta: () => call(reader.meta),
    backupTo: async () =>
      failure({
        kind: 'no-such-place',
        message: `${place} is not copied by kairos-pull; use pg_dump --schema=kairos_pull`,
      }),
    close: () => connection.close(),
  });
}

async function write(query: Query, id: string, changes: Changes): Promise<Written> {
  const { leases = [], meta } = changes;
  if (leases.length > 0) await lockLeases(query, id, leases);
  const written = await writeChanges(query, changes);
  await notifyOfChanges(query, id, changes, written);
  if (meta?.[ROLLED_UP_KEY] !== undefined) await notify(query, id, { isRolledUp: true });
  if (meta?.[CLUSTERS_KEY] !== undefined) await notify(query, id, { isListed: true });
  return written;
}

async function attempt<T>(place: string, run: () => Promise<T>): Promise<Outcome<T, StoreFailure>> {
  try {
    return success(await run());
  } catch (error) {
    if (error instanceof Fenced) {
      const message = `another process checks what was to be written to ${place}`;
      return failure({ kind: error.isFinal ? 'fenced' : 'lapsed', message });
    }
    return postgresFailure(error, place);
  }
}
