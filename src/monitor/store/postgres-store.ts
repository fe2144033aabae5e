// The store in a PostgreSQL database: for more than one process.

import { failure, type Outcome, success } from '../../core/outcome.ts';
import type { Stored, StoreFailure } from './failure.ts';
import { createConnection } from './postgres-connection.ts';
import type { PostgresDriver } from './postgres-driver.ts';
import { postgresFailure } from './postgres-failure.ts';
import { migrate } from './postgres-migrations.ts';
import { readPostgresOverview } from './postgres-overview.ts';
import { createPostgresPruner } from './postgres-prune.ts';
import { createPostgresReader, readKeptFrom } from './postgres-read.ts';
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
  let lastFailure: StoreFailure | null = null;

  /** Every call tells whether the server is there: a process that only reads must know it too. */
  const call = async <T>(run: () => Promise<T>): Stored<T> => {
    const outcome = await attempt(place, run);
    lastFailure = outcome.ok ? null : outcome.error;
    return outcome;
  };

  return success<MonitorStore>({
    location: place,
    resourcesAtOnce: 300,
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
    write: (changes) => call(() => connection.transaction((query) => writeChanges(query, changes))),
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

async function attempt<T>(place: string, run: () => Promise<T>): Promise<Outcome<T, StoreFailure>> {
  try {
    return success(await run());
  } catch (error) {
    return postgresFailure(error, place);
  }
}
