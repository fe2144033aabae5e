// Opens the store that the `store` setting names.

import { resolve } from 'node:path';
import { failure, success } from '../../core/outcome.ts';
import type { Stored } from './failure.ts';
import { createMemoryStore } from './memory-store.ts';
import { loadDriver, type SqliteDriver } from './sqlite-driver.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { MonitorStore } from './store.ts';

export interface StoreSetting {
  /** `memory`, or the path of a file. */
  readonly location: string;
  /** The user chose it: without a driver it is a failure, not memory. */
  readonly isNamed: boolean;
}

export interface OpenedStore {
  readonly store: MonitorStore;
  /** What the user should know: that nothing is kept. */
  readonly note: string | null;
}

export async function openStore(
  { location, isNamed }: StoreSetting,
  load: () => Promise<SqliteDriver | null> = loadDriver,
): Stored<OpenedStore> {
  if (location === 'memory' || location === ':memory:') return success({ store: createMemoryStore(), note: null });
  // The rest of a URL may have a password.
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location)?.[1];
  if (scheme !== undefined) {
    return failure({ kind: 'no-driver', message: `a store at ${scheme}:// is not supported; name a file, or memory` });
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
