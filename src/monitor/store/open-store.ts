// Opens the store that the `store` setting names.

import { resolve } from 'node:path';
import { failure, success } from '../../core/outcome.ts';
import type { Stored } from './failure.ts';
import { createMemoryStore } from './memory-store.ts';
import { loadPostgres } from './postgres-driver.ts';
import { openPostgresStore } from './postgres-store.ts';
import { loadDriver, type SqliteDriver } from './sqlite-driver.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { MonitorStore } from './store.ts';
import { formatDatabaseUrl, isDatabaseUrl, isMemory, type StoreSetting } from './store-setting.ts';

export interface OpenedStore {
  readonly store: MonitorStore;
  /** What the user should know: that nothing is kept. */
  readonly note: string | null;
}

export async function openStore(
  { location, isNamed }: StoreSetting,
  load: () => Promise<SqliteDriver | null> = loadDriver,
): Stored<OpenedStore> {
  if (isMemory(location)) return success({ store: createMemoryStore(), note: null });
  if (isDatabaseUrl(location)) return openPostgres(location);
  // The rest of a URL may have a password.
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1];
  if (scheme !== undefined) {
    return failure({
      kind: 'no-driver',
      message: `a store at ${scheme}:// is not supported; use postgres://, a file, or memory`,
    });
  }
  const driver = await load();
  if (driver === null) {
    const remedy = `use Node.js 22.13 or later, or install the package libsql beside kairos-pull`;
    const message = `Node.js ${process.versions.node} has no SQLite for ${resolve(location)}; ${remedy}`;
    if (isNamed) return failure({ kind: 'no-driver', message });
    return success({ store: createMemoryStore(), note: `The history is kept in memory until the end: ${message}.` });
  }
  const opened = await openSqliteStore(location, { driver });
  return opened.ok ? success({ store: opened.value, note: null }) : opened;
}

async function openPostgres(url: string): Stored<OpenedStore> {
  const driver = await loadPostgres();
  if (driver === null) {
    const message = `a store at ${formatDatabaseUrl(url)} needs the package pg; install it beside kairos-pull`;
    return failure({ kind: 'no-driver', message });
  }
  if (!URL.canParse(url)) {
    // It may contain a password: a special character in it must be percent-encoded.
    const message = 'the URL of the store is malformed; use postgres://user:password@host:5432/database';
    return failure({ kind: 'no-such-place', message });
  }
  const opened = await openPostgresStore(url, { driver });
  return opened.ok ? success({ store: opened.value, note: null }) : opened;
}
