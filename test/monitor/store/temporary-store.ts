// An SQLite store in a temporary folder.

import { join } from 'node:path';
import type { SqliteDriver } from '../../../src/monitor/store/sqlite-driver.ts';
import { openSqliteStore } from '../../../src/monitor/store/sqlite-store.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { type AdapterStore, mustSucceed } from './store-scene.ts';

export async function openTemporaryStore(driver: SqliteDriver): Promise<AdapterStore & { readonly path: string }> {
  const folder = createTemporaryFolder();
  const path = join(folder.path, 'kairos-pull.db');
  let store = mustSucceed(await openSqliteStore(path, { driver }));
  return {
    path,
    store: () => store,
    reopen: async () => {
      await store.close();
      store = mustSucceed(await openSqliteStore(path, { driver }));
    },
    [Symbol.asyncDispose]: async () => {
      await store.close();
      folder[Symbol.dispose]();
    },
  };
}
