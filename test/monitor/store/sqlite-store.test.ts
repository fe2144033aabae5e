import { loadLibsql, loadNodeSqlite } from '../../../src/monitor/store/sqlite-driver.ts';
import { describeStore } from './suite.ts';
import { openTemporaryStore } from './temporary-store.ts';

// node:sqlite where this Node has it, libsql everywhere.
for (const driver of [loadNodeSqlite(), await loadLibsql()]) {
  if (driver !== null) describeStore({ name: driver.name, persists: true, open: () => openTemporaryStore(driver) });
}
