// What only the PostgreSQL store does: shared tables, a server that goes away, and URLs with a password.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { loadPostgres } from '../../../src/monitor/store/postgres-driver.ts';
import { POSTGRES_MIGRATIONS } from '../../../src/monitor/store/postgres-migrations.ts';
import { openPostgresStore } from '../../../src/monitor/store/postgres-store.ts';
import type { MonitorStore } from '../../../src/monitor/store/store.ts';
import { withoutPostgres } from '../../support/postgres-server.ts';
import { type PostgresStores, startPostgresStores } from './postgres-stores.ts';
import { check, event, everythingIn, mustSucceed, resource, T0 } from './store-scene.ts';

let starting: Promise<PostgresStores> | undefined;
after(async () => (await starting)?.[Symbol.asyncDispose]());
const started = (): Promise<PostgresStores> => {
  starting ??= startPostgresStores();
  return starting;
};
const driver = (await loadPostgres()) ?? assert.fail('pg is not installed');
const open = (url: string, options: object = {}) => openPostgresStore(url, { driver, ...options });

describe('the tables of the PostgreSQL store', { skip: withoutPostgres }, () => {
  const SECOND = 'CREATE TABLE second (a bigint); INSERT INTO second VALUES (1);';
  const versionIn = async (url: string): Promise<string> =>
    (await (await started()).server.run(url, 'SELECT version FROM kairos_pull.schema_version')).trim();

  it('are created once by processes that start together', async () => {
    const { server } = await started();
    const url = await server.createDatabase();
    const stores = (await Promise.all(Array.from({ length: 5 }, () => open(url)))).map(mustSucceed);
    await Promise.all(stores.map((store) => store.close()));
    assert.equal(await versionIn(url), String(POSTGRES_MIGRATIONS.length));
  });

  it('of an older version are brought to this one, with what they contain', async () => {
    await using opened = await (await started()).open();
    mustSucceed(await opened.store().saveResources([resource('a'), resource('b')], T0));
    mustSucceed(await opened.store().write({ checks: [check('a', T0)] }));
    const before = await everythingIn(opened.store());
    const newer = { migrations: [...POSTGRES_MIGRATIONS, SECOND] };
    const stores = (await Promise.all([open(opened.url, newer), open(opened.url, newer)])).map(mustSucceed);
    assert.deepEqual(await everythingIn(stores[1] as MonitorStore), before);
    await Promise.all(stores.map((store) => store.close()));
    assert.equal(await versionIn(opened.url), String(POSTGRES_MIGRATIONS.length + 1));
  });

  it('of a newer version are refused, and left alone', async () => {
    const { server } = await started();
    const url = await server.createDatabase();
    await mustSucceed(await open(url, { migrations: [...POSTGRES_MIGRATIONS, SECOND] })).close();
    const refused = await open(url);
    assert.deepEqual(refused.ok ? null : refused.error, {
      kind: 'newer',
      message:
        `${placeOf(url)} was written by a newer version of kairos-pull (schema ${POSTGRES_MIGRATIONS.length + 1}, this ` +
        `one knows ${POSTGRES_MIGRATIONS.length}); update kairos-pull, or use another database`,
    });
    assert.equal(await versionIn(url), String(POSTGRES_MIGRATIONS.length + 1));
  });

  it('keep their version when a step fails', async () => {
    await using opened = await (await started()).open();
    const failing = [...POSTGRES_MIGRATIONS, `${SECOND} CREATE TABLE resources (a bigint);`];
    await assert.rejects(open(opened.url, { migrations: failing }), /relation "resources" already exists/);
    assert.equal(await versionIn(opened.url), String(POSTGRES_MIGRATIONS.length));
  });

  it('do not replace those of another program', async () => {
    const { server } = await started();
    const url = await server.createDatabase();
    await server.run(url, 'CREATE SCHEMA kairos_pull; CREATE TABLE kairos_pull.theirs (a int)');
    const refused = await open(url);
    assert.deepEqual(refused.ok ? null : refused.error, {
      kind: 'not-a-store',
      message: `${placeOf(url)} has a schema kairos_pull of another program; use another database`,
    });
  });

  it('may be in a schema that an administrator has created', async () => {
    const { server } = await started();
    const url = await server.createDatabase();
    await server.run(url, 'CREATE ROLE plain LOGIN; CREATE SCHEMA kairos_pull AUTHORIZATION plain');
    const plain = url.replace('kairos:', 'plain:');
    const store = mustSucceed(await open(plain));
    mustSucceed(await store.saveResources([resource('a')], T0));
    await store.close();
    const other = await server.createDatabase();
    const refused = await open(other.replace('kairos:', 'plain:'));
    assert.match(refused.ok ? '' : refused.error.message, /does not let this user create or write the schema/);
  });
});

describe('the PostgreSQL store', { skip: withoutPostgres }, () => {
  it('says what is wrong with its URL, and never shows the password', async () => {
    const { server } = await started();
    const url = await server.createDatabase();
    const cases = [
      [url.replace(/\/[^/]*$/, '/absent'), 'no-such-place', /absent does not exist; create the database$/],
      [url.replace('kairos:', 'stranger:'), 'unavailable', /refuses the user or the password/],
      [
        url.replace(/:\d+\//, ':1/'),
        'unavailable',
        /^postgres:\/\/127\.0\.0\.1:1\/monitor\d+ cannot be reached: ECONNREFUSED$/,
      ],
      [
        `${url}?sslmode=verify-full&sslrootcert=/nowhere/ca.pem`,
        'no-such-place',
        /monitor\d+ needs \/nowhere\/ca\.pem, which cannot be read: no such file or directory$/,
      ],
    ] as const;
    for (const [wrong, kind, message] of cases) {
      const refused = await open(wrong);
      assert.ok(!refused.ok);
      assert.equal(refused.error.kind, kind);
      assert.match(refused.error.message, message);
      assert.doesNotMatch(refused.error.message, /s3cret|kairos:/);
    }
    const store = mustSucceed(await open(`${url}?application_name=s3cret`));
    assert.equal(store.location, placeOf(url));
    await store.close();
  });

  it('verifies a certificate in every mode but no-verify, without a warning of its driver', async () => {
    const { server } = await started();
    const url = await server.createDatabase();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on('warning', onWarning);
    for (const mode of ['require', 'verify-ca', 'prefer', 'verify-full']) {
      const refused = await open(`${url}?application_name=a&sslmode=${mode}`);
      assert.match(refused.ok ? '' : refused.error.message, /The server does not support SSL connections$/);
    }
    await new Promise(setImmediate);
    process.off('warning', onWarning);
    assert.deepEqual(warnings, []);
  });

  it('is written again as soon as the server lets it, also by a connection that could only read', async () => {
    await using opened = await (await started()).open();
    const store = opened.store();
    mustSucceed(await store.saveResources([resource('a')], T0));
    const { server } = await started();
    const database = new URL(opened.url).pathname.slice(1);
    const ends = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND pid <> pg_backend_pid()`;
    await server.run(opened.url, `ALTER DATABASE ${database} SET default_transaction_read_only = on; ${ends}`);
    const kinds = new Set<string>();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const refused = await store.write({ checks: [check('a', T0)] });
      if (!refused.ok) kinds.add(refused.error.kind);
    }
    assert.ok(kinds.has('read-only'), [...kinds].join());
    await server.run(opened.url, `SET default_transaction_read_only = off; ALTER DATABASE ${database} RESET ALL`);
    mustSucceed(await store.write({ checks: [check('a', T0)] }));
  });

  it('keeps a text with a character that PostgreSQL has not', async () => {
    await using opened = await (await started()).open();
    const store = opened.store();
    mustSucceed(await store.saveResources([{ ...resource('a'), name: 'a\0b' }], T0));
    mustSucceed(await store.write({ checks: [check('a', T0, { message: 'nul \0, half \ud83d' })] }));
    const [kept] = mustSucceed(await store.readChecks({ resource: 'a', limit: 1 }));
    assert.equal(kept?.message, 'nul \ufffd, half \ufffd');
  });

  it('writes an event once, also if the success of the first attempt could not be read', async () => {
    await using opened = await (await started()).open();
    const store = opened.store();
    mustSucceed(await store.saveResources([resource('a')], T0));
    const changes = { events: [{ event: event(T0, { resource: 'a' }), notifiers: ['hook'] }] };
    const first = mustSucceed(await store.write(changes));
    const again = mustSucceed(await store.write({ ...changes, checks: [check('a', T0)] }));
    assert.deepEqual(again.eventIds, first.eventIds);
    assert.equal(mustSucceed(await store.readEvents({ afterId: 0, limit: 9 })).length, 1);
    assert.deepEqual([...mustSucceed(await store.countPending())], [['hook', 1]]);
  });

  it('of two processes: a reader that goes on after the newest event has missed none', async () => {
    await using first = await (await started()).open();
    const second = mustSucceed(await open(first.url));
    mustSucceed(await second.saveResources([resource('a')], T0));
    const events = (n: number) => [{ event: event(T0 + n, { resource: 'a' }), notifiers: [] }];
    const seen: number[] = [];
    const writing = Promise.all(
      Array.from({ length: 200 }, async (_, n) =>
        mustSucceed(await (n % 2 === 0 ? first.store() : second).write({ events: events(n) })),
      ),
    );
    let isDone = false;
    void writing.finally(() => {
      isDone = true;
    });
    do {
      const found = mustSucceed(await first.store().readEvents({ afterId: seen.at(-1) ?? 0, limit: 9 }));
      seen.push(...found.map(({ id }) => id));
    } while (!isDone || seen.length < mustSucceed(await second.readLatestEvents({ limit: 999 })).length);
    const written = (await writing).flatMap(({ eventIds }) => eventIds);
    assert.deepEqual(
      seen,
      written.toSorted((a, b) => a - b),
    );
    await second.close();
  });

  it('that is away fails every call without a delay for long, and works again when it is back', async () => {
    await using stores = await startPostgresStores();
    await using opened = await stores.open();
    const store = opened.store();
    mustSucceed(await store.saveResources([resource('a')], T0));
    await stores.server.stop();
    const changes = { checks: [check('a', T0)] };
    for (const call of [() => store.write(changes), () => store.readMeta(), () => store.write(changes)]) {
      const outcome = await call();
      assert.ok(!outcome.ok);
      assert.equal(outcome.error.kind, 'unavailable');
      assert.equal(store.failure, outcome.error);
      assert.match(outcome.error.message, /^postgres:\/\/127\.0\.0\.1:\d+\/monitor\d+ cannot be reached: /);
    }
    await stores.server.start();
    mustSucceed(await store.write(changes));
    assert.equal(store.failure, null);
    assert.equal(mustSucceed(await store.readChecks({ resource: 'a', limit: 9 })).length, 1);
  });

  it('is copied by pg_dump', async () => {
    await using opened = await (await started()).open();
    const refused = await opened.store().backupTo('/tmp/copy');
    assert.match(refused.ok ? '' : refused.error.message, /use pg_dump --schema=kairos_pull$/);
  });
});

const placeOf = (url: string): string => url.replace(/\/\/.*@/, '//');
