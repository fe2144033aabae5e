import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import type { StoreFailure } from '../../../src/monitor/store/failure.ts';
import { loadLibsql, loadNodeSqlite, type SqliteDriver } from '../../../src/monitor/store/sqlite-driver.ts';
import { openSqliteStore } from '../../../src/monitor/store/sqlite-store.ts';
import { requireLinux, requirePrograms, requireThat } from '../../support/require-programs.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { killWriter, STORE_PROCESS as PROCESS, startProcess } from './kill-writer.ts';
import { check, DAY, everythingIn, hour, mustSucceed, pruneAll, resource, T0 } from './store-scene.ts';
import { openTemporaryStore } from './temporary-store.ts';

for (const driver of [loadNodeSqlite(), await loadLibsql()]) if (driver !== null) describeFile(driver);

function describeFile(driver: SqliteDriver): void {
  const open = async (path: string, options: object = {}) => openSqliteStore(path, { driver, ...options });
  const failureOf = async (path: string, options: object = {}) => {
    const opened = await open(path, options);
    return opened.ok ? assert.fail('it opened') : opened.error;
  };

  describe(`a file of the ${driver.name} store`, () => {
    it('is readable by its owner alone, and one file after a close', async () => {
      using folder = createTemporaryFolder();
      const path = join(folder.path, 'new.db');
      const store = mustSucceed(await open(path));
      assert.equal(store.location, path);
      mustSucceed(await store.saveResources([resource('a')], T0));
      for (const name of readdirSync(folder.path)) assert.equal(statSync(join(folder.path, name)).mode & 0o777, 0o600);
      await store.close();
      assert.deepEqual(readdirSync(folder.path), ['new.db']);
    });

    it('is refused to a second process, and free when the first is killed', async () => {
      using folder = createTemporaryFolder();
      const path = join(folder.path, 'monitor.db');
      const first = startProcess(driver, path, 'hold');
      await firstLine(first);
      const message = `${path} is in use by another process, probably another monitor; stop it, or name another file`;
      assert.deepEqual(await failureOf(path), { kind: 'in-use', message });
      const second = spawnSync(process.execPath, [PROCESS, driver.name, path, 'hold'], { encoding: 'utf8', input: '' });
      assert.equal(second.stdout, `in-use: ${message}\n`);
      await kill(first);
      await mustSucceed(await open(path)).close();
    });

    it('is refused to a second store of one process, and stays locked', async () => {
      await using opened = await openTemporaryStore(driver);
      assert.equal((await failureOf(opened.path)).kind, 'in-use');
      const other = spawnSync(process.execPath, [PROCESS, driver.name, opened.path, 'hold'], {
        encoding: 'utf8',
        input: '',
      });
      assert.match(other.stdout, /^in-use: /);
    });

    it('that no path leads to is a sentence, not a bug: a link to itself, a name that is too long', async () => {
      using folder = createTemporaryFolder();
      const loop = join(folder.path, 'loop.db');
      symlinkSync(loop, loop);
      for (const path of [loop, join(folder.path, `${'x'.repeat(300)}.db`)]) {
        assert.deepEqual(await failureOf(path), {
          kind: 'unavailable',
          message: `${path} cannot be opened or created; check the path and its directory`,
        });
      }
    });

    it('may be a link to a file that does not exist yet', async () => {
      using folder = createTemporaryFolder();
      const path = join(folder.path, 'link.db');
      symlinkSync(join(folder.path, 'history.db'), path);
      await mustSucceed(await open(path)).close();
      assert.equal(statSync(join(folder.path, 'history.db')).mode & 0o777, 0o600);
    });

    it('must be a database', async () => {
      using folder = createTemporaryFolder();
      const path = folder.write('notes.txt', 'These are notes, no database. '.repeat(100));
      assert.deepEqual(await failureOf(path), {
        kind: 'not-a-store',
        message: `${path} is not a database; name another file, or move this one away`,
      });
      assert.equal(readFileSync(path, 'utf8'), 'These are notes, no database. '.repeat(100));
    });

    it('must not be the database of another program', async () => {
      using folder = createTemporaryFolder();
      const path = join(folder.path, 'other.db');
      const other = driver.open(path);
      other.exec('PRAGMA journal_mode = WAL; CREATE TABLE invoices (id INTEGER)');
      other.close();
      const before = readFileSync(path);
      assert.deepEqual(await failureOf(path), {
        kind: 'not-a-store',
        message: `${path} is a database of another program; name another file`,
      });
      assert.deepEqual(readFileSync(path), before);
    });

    it('of zero bytes is a new store', async () => {
      using folder = createTemporaryFolder();
      await mustSucceed(await open(folder.write('empty.db', ''))).close();
    });

    it('that is damaged in the middle is reported when it is read', async () => {
      await using opened = await openTemporaryStore(driver);
      mustSucceed(await opened.store().saveResources([resource('a')], T0));
      const checks = Array.from({ length: 5_000 }, (_, n) => check('a', T0 + n));
      mustSucceed(await opened.store().write({ checks }));
      await opened.store().close();
      const bytes = readFileSync(opened.path);
      bytes.fill(0xa5, 40 * 4096);
      writeFileSync(opened.path, bytes);
      const damaged = mustSucceed(await open(opened.path));
      const read = await damaged.readChecks({ resource: 'a', limit: 5_000 });
      await damaged.close();
      assert.deepEqual(read, {
        ok: false,
        error: {
          kind: 'not-a-store',
          message: `${opened.path} is damaged; restore a backup, or move the file away to start a new history`,
        },
      });
    });

    it('that is removed or replaced while in use takes no more writes', async () => {
      await using opened = await openTemporaryStore(driver);
      const store = opened.store();
      mustSucceed(await store.saveResources([resource('a')], T0));
      renameSync(opened.path, `${opened.path}.moved`);
      const message = `${opened.path} was removed or replaced while in use; restart the monitor`;
      for (const replacement of [null, 'another file']) {
        if (replacement !== null) writeFileSync(opened.path, replacement);
        const refused = await store.write({ checks: [check('a', T0)] });
        assert.deepEqual(refused, { ok: false, error: { kind: 'unavailable', message } });
      }
      renameSync(`${opened.path}.moved`, opened.path);
      mustSucceed(await store.write({ checks: [check('a', T0)] }));
      assert.equal(store.failure, null);
    });

    it('needs a directory that exists', async () => {
      using folder = createTemporaryFolder({ file: '' });
      const directory = join(folder.path, 'none');
      assert.deepEqual(await failureOf(join(directory, 'x.db')), {
        kind: 'no-such-place',
        message: `${directory}/x.db cannot be created: ${directory} is not a directory`,
      });
      assert.equal((await failureOf(join(folder.path, 'file', 'x.db'))).kind, 'no-such-place');
      mkdirSync(directory);
      assert.deepEqual(await failureOf(directory), {
        kind: 'no-such-place',
        message: `${directory} is not a file; name a file`,
      });
    });

    const unprivileged = ['--map-user=54321', process.execPath];
    const skip =
      requireLinux() ||
      requirePrograms('unshare') ||
      requireThat(spawnSync('unshare', ['--map-user=54321', 'true']).status === 0, 'this machine gives no namespaces');
    for (const [what, protect] of [
      ['read-only file', (path: string) => chmodSync(path, 0o400)],
      ['read-only directory', (path: string) => chmodSync(dirname(path), 0o500)],
    ] as const) {
      it(`in a ${what} is refused`, { skip }, async () => {
        using folder = createTemporaryFolder();
        const path = join(folder.path, 'kept.db');
        await mustSucceed(await open(path)).close();
        protect(path);
        const args = [...unprivileged, PROCESS, driver.name, path, 'hold'];
        const { stdout } = spawnSync('unshare', args, { encoding: 'utf8', input: '' });
        assert.equal(stdout, `read-only: ${path} cannot be written: the file or its directory is read-only\n`);
      });
    }
  });

  describe(`a full disk under the ${driver.name} store`, () => {
    it('is a failure of each write, keeps what was kept, and passes when there is space', async () => {
      using folder = createTemporaryFolder();
      const path = join(folder.path, 'small.db');
      const store = mustSucceed(await open(path, { maxPages: 80 }));
      mustSucceed(await store.saveResources([resource('a')], T0));
      assert.equal(store.failure, null);
      let kept = 0;
      for (; kept < 1_000; kept += 1) {
        const results = [{ resource: 'a', json: JSON.stringify({ kept }) }];
        const checks = [check('a', T0 + kept * 60_000, { message: `${kept} ${'x'.repeat(2_000)}` })];
        const written = await store.write({ checks, results });
        if (written.ok) continue;
        const message = `${path} cannot grow: no space is left; checks continue, but are not kept`;
        assert.deepEqual(written.error, { kind: 'full', message });
        break;
      }
      assert.equal((store.failure as StoreFailure | null)?.kind, 'full');
      assert.ok(kept > 10 && kept < 1_000);
      assert.equal(mustSucceed(await store.readChecks({ resource: 'a', limit: 2_000 })).length, kept);
      assert.equal(mustSucceed(await store.readResult('a')), JSON.stringify({ kept: kept - 1 }));
      await pruneAll(store, { checksMs: T0 + 2 * DAY, hoursMs: T0, daysMs: T0 }, 10);
      mustSucceed(await store.write({ checks: [check('a', T0 + 3 * DAY)] }));
      assert.equal(store.failure, null);
      await store.close();
      await mustSucceed(await open(path)).close();
    });
  });

  describe(`a backup of the ${driver.name} store`, () => {
    it('is a store of its own, as of when it began', async () => {
      await using opened = await openTemporaryStore(driver);
      const store = opened.store();
      mustSucceed(await store.saveResources([resource('a'), resource('b')], T0));
      const checks = Array.from({ length: 20_000 }, (_, n) => check('a', T0 + n));
      mustSucceed(await store.write({ checks, hours: [hour('a', T0, { available: 5 })] }));
      const before = await everythingIn(store, ['a']);
      const target = `${opened.path}.copy`;
      const copied = store.backupTo(target);
      let writes = 0;
      const isDone = copied.then(() => true);
      do {
        mustSucceed(await store.write({ checks: [check('b', T0 + writes)] }));
        writes += 1;
      } while (!(await Promise.race([isDone, new Promise((resolve) => setImmediate(resolve, false))])));
      mustSucceed(await copied);
      assert.equal(statSync(target).mode & 0o777, 0o600);
      const copy = mustSucceed(await open(target));
      assert.deepEqual(await everythingIn(copy, ['a']), before);
      // The first write may be before the copy begins.
      assert.ok(mustSucceed(await copy.readChecks({ resource: 'b', limit: 1_000_000 })).length <= 1);
      await copy.close();
      assert.equal(mustSucceed(await store.readChecks({ resource: 'b', limit: 1_000_000 })).length, writes);
      await opened.reopen();
      assert.equal(mustSucceed(await opened.store().readChecks({ resource: 'b', limit: 1_000_000 })).length, writes);
      assert.deepEqual(
        readdirSync(dirname(opened.path)).filter((name) => name.includes('partial')),
        [],
      );
    });

    it('never replaces a file, and needs a directory', async () => {
      await using opened = await openTemporaryStore(driver);
      const target = join(dirname(opened.path), 'taken');
      writeFileSync(target, 'mine');
      assert.deepEqual(await opened.store().backupTo(target), {
        ok: false,
        error: { kind: 'exists', message: `${target} exists; name a new file for the backup` },
      });
      assert.equal(readFileSync(target, 'utf8'), 'mine');
      const nowhere = await opened.store().backupTo(join(dirname(opened.path), 'none', 'copy.db'));
      assert.equal(nowhere.ok ? '' : nowhere.error.kind, 'unavailable');
      mustSucceed(await opened.store().saveResources([resource('a')], T0));
    });
  });

  describe(`kill -9 of a process that writes to the ${driver.name} store`, () => {
    it('loses nothing that was acknowledged, and the next open needs no help', async () => {
      using folder = createTemporaryFolder();
      for (const acknowledged of [1, 7, 40, 120, 333])
        await killWriter(driver, join(folder.path, 'busy.db'), acknowledged);
    });
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error('it ended without a line');
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
}
