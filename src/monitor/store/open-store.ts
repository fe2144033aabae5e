// Opens the store that the `store` setting names.

import { resolve } from 'node:path';
import { failure, success } from '../../core/outcome.ts';
import type { Stored } from './failure.ts';
import { createMemoryStore } from './memory-store.ts';
import { loadPostgres, type PostgresDriver } from './postgres-driver.ts';
import { openPostgresStore } from './postgres-store.ts';
import { checkPlace } from './sqlite-connection.ts';
import { loadDriver, type SqliteDriver } from './sqlite-driver.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { MonitorStore } from './store.ts';
import {
  databaseUrlProblem,
  foreignLocation,
  formatDatabaseUrl,
  isDatabaseUrl,
  isMemory,
  type StoreSetting,
} from './store-setting.ts';

export interface OpenedStore {
  readonly store: MonitorStore;
  /** Why nothing is kept, as a sentence, if the user did not choose that. */
  readonly note: string | null;
}

type Load = () => Promise<SqliteDriver | null>;

export async function openStore(setting: StoreSetting, load: Load = loadDriver): Stored<OpenedStore> {
  const { location } = setting;
  if (isMemory(location)) return success({ store: createMemoryStore(), note: null });
  if (isDatabaseUrl(location)) return openPostgres(location);
  const driver = await findDriver(setting, load);
  if (!driver.ok) return driver;
  if (typeof driver.value === 'string') return success({ store: createMemoryStore(), note: driver.value });
  const opened = await openSqliteStore(location, { driver: driver.value });
  return opened.ok ? success({ store: opened.value, note: null }) : opened;
}

/** What `openStore` would say before it opens anything: no file is created, no database is contacted. */
export async function checkStore(
  setting: StoreSetting,
  load: Load = loadDriver,
): Stored<{ readonly location: string; readonly note: string | null }> {
  const { location } = setting;
  if (isMemory(location)) return success({ location, note: null });
  if (isDatabaseUrl(location)) {
    const driver = await findPostgres(location);
    return driver.ok ? success({ location, note: null }) : driver;
  }
  const driver = await findDriver(setting, load);
  if (!driver.ok) return driver;
  if (typeof driver.value === 'string') return success({ location: 'memory', note: driver.value });
  const place = checkPlace(location);
  return place.ok ? success({ location, note: null }) : place;
}

/** A sentence if there is none, and memory will do. */
async function findDriver({ location, isNamed }: StoreSetting, load: Load): Stored<SqliteDriver | string> {
  const foreign = foreignLocation(location);
  if (foreign !== null) {
    return failure({ kind: 'no-driver', message: `${foreign} is not supported; use postgres://, a file, or memory` });
  }
  const driver = await load();
  if (driver !== null) return success(driver);
  const remedy = `use Node.js 22.13 or later, or install a driver beside kairos-pull: ${installation('libsql')}`;
  const message = `Node.js ${process.versions.node} has no SQLite for ${resolve(location)}; ${remedy}`;
  return isNamed ? failure({ kind: 'no-driver', message }) : success(`${message}.`);
}

const installation = (name: string): string => `npm install --global ${name}, or npm install ${name} in a project`;

async function findPostgres(url: string): Stored<PostgresDriver> {
  const problem = databaseUrlProblem(url);
  if (problem !== null) return failure({ kind: 'no-such-place', message: `the URL of the store ${problem}` });
  const driver = await loadPostgres();
  if (driver === null) {
    const message = `a store at ${formatDatabaseUrl(url)} needs a driver beside kairos-pull: ${installation('pg')}`;
    return failure({ kind: 'no-driver', message });
  }
  return success(driver);
}

async function openPostgres(url: string): Stored<OpenedStore> {
  const driver = await findPostgres(url);
  if (!driver.ok) return driver;
  const opened = await openPostgresStore(url, { driver: driver.value });
  return opened.ok ? success({ store: opened.value, note: null }) : opened;
}
