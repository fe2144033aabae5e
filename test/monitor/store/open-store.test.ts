import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checkStore, openStore } from '../../../src/monitor/store/open-store.ts';
import { formatStore } from '../../../src/monitor/store/store-setting.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { mustSucceed } from './store-scene.ts';

const noDriver = async () => null;

describe('the store setting', () => {
  it('memory is memory', async () => {
    for (const location of ['memory', ':memory:']) {
      const { store, note } = mustSucceed(await openStore({ location, isNamed: true }, noDriver));
      assert.deepEqual([store.location, note], ['memory', null]);
    }
  });

  it('a path is a file, also one that looks like the address of a database', async () => {
    using folder = createTemporaryFolder();
    const path = join(folder.path, 'file:monitor.db?mode=memory');
    const { store, note } = mustSucceed(await openStore({ location: path, isNamed: true }));
    await store.close();
    assert.deepEqual([store.location, note, existsSync(path)], [path, null, true]);
  });

  it('without a driver the default path is memory, with a sentence', async () => {
    const { store, note } = mustSucceed(await openStore({ location: './kairos-pull.db', isNamed: false }, noDriver));
    assert.equal(store.location, 'memory');
    assert.equal(
      note,
      `Node.js ${process.versions.node} has no SQLite for ` +
        `${join(process.cwd(), 'kairos-pull.db')}; use Node.js 22.13 or later, or install a driver beside kairos-pull: ` +
        'npm install --global libsql, or npm install libsql in a project.',
    );
  });

  it('without a driver a path that was named is a failure', async () => {
    const refused = await openStore({ location: '/data/monitor.db', isNamed: true }, noDriver);
    assert.deepEqual(refused, {
      ok: false,
      error: {
        kind: 'no-driver',
        message:
          `Node.js ${process.versions.node} has no SQLite for /data/monitor.db; use Node.js 22.13 or later, or ` +
          'install a driver beside kairos-pull: npm install --global libsql, or npm install libsql in a project',
      },
    });
  });

  it('is checked without a file: driver, directory, and what is there', async () => {
    using folder = createTemporaryFolder({ 'taken/x': '' });
    const path = join(folder.path, 'monitor.db');
    assert.deepEqual(mustSucceed(await checkStore({ location: path, isNamed: true })), { location: path, note: null });
    assert.ok(!existsSync(path));
    const elsewhere = await checkStore({ location: join(folder.path, 'no/x.db'), isNamed: true });
    assert.match(
      elsewhere.ok ? '' : elsewhere.error.message,
      /no\/x\.db cannot be created: .*\/no is not a directory$/,
    );
    const taken = await checkStore({ location: join(folder.path, 'taken'), isNamed: true });
    assert.match(taken.ok ? '' : taken.error.message, /taken is not a file; name a file$/);
    const named = await checkStore({ location: path, isNamed: true }, noDriver);
    assert.equal(named.ok ? '' : named.error.kind, 'no-driver');
    const { location, note } = mustSucceed(await checkStore({ location: path, isNamed: false }, noDriver));
    assert.deepEqual([location, note?.startsWith(`Node.js ${process.versions.node} has no SQLite`)], ['memory', true]);
  });

  it('another kind of address is a failure that shows no password', async () => {
    for (const [location, named] of [
      ['mysql://monitor:s3cret@db.example/monitor', 'at mysql://'],
      ['jdbc:postgresql://db.example/monitor?user=monitor&password=s3cret', 'at jdbc:postgresql://'],
      ['host=db.example user=monitor password=s3cret dbname=monitor', 'in keywords such as host= and dbname='],
      [" password = 's3 cret' host=db.example", 'in keywords such as host= and dbname='],
    ] as const) {
      for (const call of [openStore, checkStore]) {
        const refused = await call({ location, isNamed: true });
        assert.deepEqual(refused, {
          ok: false,
          error: {
            kind: 'no-driver',
            message: `a store ${named} is not supported; use postgres://, a file, or memory`,
          },
        });
      }
    }
  });

  it('a password that is not percent-encoded is a failure that shows nothing of it', async () => {
    for (const password of ['s3/cr#et', 'p@ss/w:rd?#%&', 's3?cret', '50%', '#', 's3cret@/']) {
      const location = `postgres://monitor:${password}@db.example:5432/monitor`;
      const refused = await openStore({ location, isNamed: true });
      assert.deepEqual(refused, {
        ok: false,
        error: {
          kind: 'no-such-place',
          message:
            'the URL of the store has a special character in its user or password; percent-encode it, such as %40 ' +
            'for @ and %2F for /',
        },
      });
      assert.equal(formatStore(location), 'postgres://***');
    }
  });

  it('has a mode of TLS that is known', async () => {
    for (const mode of ['bogus', '', 'verify_full']) {
      const refused = await checkStore({ location: `postgres://u:p@h/d?sslmode=${mode}`, isNamed: true });
      assert.match(
        refused.ok ? '' : refused.error.message,
        /^the URL of the store has an unknown sslmode; use verify-full, /,
      );
    }
    mustSucceed(await checkStore({ location: 'postgres://u:p@h/d?sslmode=no-verify', isNamed: true }));
  });

  it('is shown without its password, with the port that is asked', () => {
    for (const [location, shown] of [
      ['postgres://u:p%40ss@db.example/monitor?password=s3cret', 'postgres://db.example:5432/monitor'],
      ['postgresql://u:p@ss@db.example:6000/monitor', 'postgres://db.example:6000/monitor'],
      ['postgres:///monitor?host=/run/postgresql&port=6432', 'postgres:///run/postgresql:6432/monitor'],
    ] as const) {
      assert.equal(formatStore(location), shown);
    }
  });

  it('a malformed URL is a failure that shows no password', async () => {
    const refused = await openStore({ location: 'postgres://monitor:s3cret@db.example:x/monitor', isNamed: true });
    assert.deepEqual(refused, {
      ok: false,
      error: {
        kind: 'no-such-place',
        message: 'the URL of the store is malformed; use postgres://user:password@host:5432/database',
      },
    });
  });
});
