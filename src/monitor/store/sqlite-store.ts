// The store in one SQLite file: fast enough for 10,000 resources, and nothing to run beside the monitor.

import { resolve } from 'node:path';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import type { Changes } from './changes.ts';
import type { Stored, StoreFailure } from './failure.ts';
import { createBackup } from './sqlite-backup.ts';
import { type OpenFile, openFile, runInTransaction, type SqliteOptions } from './sqlite-connection.ts';
import { attempt, misplaced } from './sqlite-failure.ts';
import { createOverviewReader } from './sqlite-overview.ts';
import { createPruner } from './sqlite-prune.ts';
import { createReader } from './sqlite-read.ts';
import { readRollups } from './sqlite-rollups.ts';
import { createStatements } from './sqlite-statements.ts';
import { createWriter } from './sqlite-write.ts';
import type { MonitorStore } from './store.ts';

export async function openSqliteStore(file: string, options: SqliteOptions): Stored<MonitorStore> {
  const path = resolve(file);
  const opened = openFile(path, options);
  return opened.ok ? success(createStore(path, opened.value)) : opened;
}

function createStore(path: string, file: OpenFile): MonitorStore {
  const { connection } = file;
  const statements = createStatements(connection);
  const reader = createReader(statements);
  const overview = createOverviewReader(statements);
  const writer = createWriter(statements);
  const pruner = createPruner(statements);
  const backup = createBackup(file);
  let lastFailure: StoreFailure | null = null;

  const read = async <T>(run: () => T): Stored<T> => attempt(path, run);

  /**
   * NORMAL hands the log to the system before a commit returns: a killed process loses nothing, a power failure may lose
   * the newest commits, and no commit waits for the disk. FULL also waits for the disk.
   */
  const write = async <T>(synchronous: 'NORMAL' | 'FULL', run: () => T): Stored<T> => {
    const outcome = file.isInPlace() ? writeInPlace(synchronous, run) : failure(misplaced(path));
    lastFailure = outcome.ok ? null : outcome.error;
    return outcome;
  };
  const writeInPlace = <T>(synchronous: 'NORMAL' | 'FULL', run: () => T): Outcome<T, StoreFailure> =>
    attempt(path, () => {
      connection.exec(`PRAGMA synchronous = ${synchronous}`);
      try {
        return runInTransaction(connection, run);
      } catch (error) {
        writer.forget();
        throw error;
      }
    });

  return {
    location: path,
    resourcesAtOnce: 50,
    shared: null,
    get failure() {
      return lastFailure;
    },
    saveResources: (resources, atMs) =>
      write('FULL', () => {
        writer.saveResources(resources, atMs);
        return null;
      }),
    write(changes) {
      if ((changes.hours?.length ?? 0) > 0) overview.forget();
      return write(isPrecious(changes) ? 'FULL' : 'NORMAL', () => writer.write(changes));
    },
    prune: (cutoffs, maxRows) =>
      write('NORMAL', () => {
        writer.forget();
        return pruner.step(cutoffs, maxRows);
      }),
    readOverview: (query) => read(() => overview.read(query)),
    readArchived: () => read(reader.archived),
    readResult: (resource) => read(() => reader.result(resource)),
    readChecks: ({ resource, beforeMs, limit }) => read(() => reader.checks(resource, beforeMs, limit)),
    readCheckSpan: ({ resources, fromMs, toMs }) => read(() => reader.checkSpan(resources, fromMs, toMs)),
    readRollups: ({ unit, resources, fromMs, toMs }) =>
      read(() => readRollups(statements, unit, resources, fromMs, toMs)),
    readPauses: ({ resources, fromMs, toMs }) => read(() => reader.pauses(resources, fromMs, toMs)),
    readOutages: ({ openOnly = false, resource, beforeId, limit }) =>
      read(() => reader.outages(openOnly, resource, beforeId, limit)),
    readEvents: ({ afterId, limit }) => read(() => reader.events(afterId, limit)),
    readLatestEvents: ({ resource, limit }) => read(() => reader.latestEvents(resource, limit)),
    readDueDeliveries: ({ nowMs, notifier, limit }) => read(() => reader.dueDeliveries(nowMs, notifier, limit)),
    countPending: () => read(reader.pending),
    readMeta: () => read(reader.meta),
    backupTo: (target) => backup.copyTo(resolve(target)),
    async close() {
      await backup.ended();
      file.close();
    },
  };
}

/** Worth waiting for the disk: what was reported or delivered must not be forgotten. */
function isPrecious({ events, deliveries, outages }: Changes): boolean {
  return [events, deliveries, outages].some((list) => (list?.length ?? 0) > 0);
}
