import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadLibsql, loadNodeSqlite, type SqliteDriver } from '../../../src/monitor/store/sqlite-driver.ts';
import { MIGRATIONS } from '../../../src/monitor/store/sqlite-migrations.ts';
import { openSqliteStore } from '../../../src/monitor/store/sqlite-store.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { check, everythingIn, mustSucceed, resource, T0 } from './store-scene.ts';
import { openTemporaryStore } from './temporary-store.ts';

for (const driver of [loadNodeSqlite(), await loadLibsql()]) if (driver !== null) describeTables(driver);

function describeTables(driver: SqliteDriver): void {
  const open = async (path: string, options: object = {}) => openSqliteStore(path, { driver, ...options });

  describe(`the tables of the ${driver.name} store`, () => {
    const SECOND = 'CREATE TABLE second (a INTEGER) STRICT; INSERT INTO second VALUES (1);';

    it('of an older version are brought to this one, with what they hold', async () => {
      await using opened = await openTemporaryStore(driver);
      mustSucceed(await opened.store().saveResources([resource('a'), resource('b')], T0));
      mustSucceed(await opened.store().write({ checks: [check('a', T0)] }));
      const before = await everythingIn(opened.store());
      await opened.store().close();
      const newer = mustSucceed(await open(opened.path, { migrations: [...MIGRATIONS, SECOND] }));
      assert.deepEqual(await everythingIn(newer), before);
      await newer.close();
      assert.equal(versionOf(opened.path), MIGRATIONS.length + 1);
      // Each step once: the second would fail.
      await mustSucceed(await open(opened.path, { migrations: [...MIGRATIONS, SECOND] })).close();
    });

    it('of a newer version are refused, and left alone', async () => {
      using folder = createTemporaryFolder();
      const path = join(folder.path, 'newer.db');
      await mustSucceed(await open(path, { migrations: [...MIGRATIONS, SECOND] })).close();
      const before = readFileSync(path);
      const refused = await open(path);
      assert.deepEqual(refused.ok ? null : refused.error, {
        kind: 'newer',
        message:
          `${path} was written by a newer version of kairos-pull (schema ${MIGRATIONS.length + 1}, this one knows ` +
          `${MIGRATIONS.length}); update kairos-pull, or name another file`,
      });
      assert.deepEqual(readFileSync(path), before);
    });

    it('keep their version when a step fails', async () => {
      using folder = createTemporaryFolder();
      const path = join(folder.path, 'old.db');
      await mustSucceed(await open(path)).close();
      const failing = [...MIGRATIONS, `${SECOND} CREATE TABLE resources (a);`];
      await assert.rejects(open(path, { migrations: failing }), /resources already exists/);
      assert.equal(versionOf(path), MIGRATIONS.length);
      await mustSucceed(await open(path, { migrations: [...MIGRATIONS, SECOND] })).close();
    });

    function versionOf(path: string): unknown {
      const connection = driver.open(path);
      const [row] = connection.prepare('PRAGMA user_version').all();
      connection.close();
      return row?.user_version;
    }
  });
}
