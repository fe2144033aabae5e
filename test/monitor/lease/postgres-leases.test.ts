// The leases as rows of a database: one owner, and no write without them.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { SharedStore } from '../../../src/monitor/store/shared-store.ts';
import type { MonitorStore } from '../../../src/monitor/store/store.ts';
import { withoutPostgres } from '../../support/postgres-server.ts';
import { openStore, type PostgresStores, startPostgresStores } from '../store/postgres-stores.ts';
import { check, event, mustSucceed, resource, T0 } from '../store/store-scene.ts';

let starting: Promise<PostgresStores> | undefined;
after(async () => (await starting)?.[Symbol.asyncDispose]());

const ANY = { limit: 9, takesExpired: true };

interface Pair extends AsyncDisposable {
  readonly first: MonitorStore;
  readonly second: MonitorStore;
  /** Of all leases. */
  expire(): Promise<void>;
  run(sql: string): Promise<string>;
}

async function openPair(): Promise<Pair> {
  starting ??= startPostgresStores();
  const { server, open } = await starting;
  const opened = await open();
  const second = await openStore(opened.url);
  mustSucceed(await opened.store().saveResources([resource('a'), resource('b')], T0));
  return {
    ...{ first: opened.store(), second },
    run: (sql) => server.run(opened.url, sql),
    expire: async () => void (await server.run(opened.url, 'UPDATE kairos_pull.leases SET until = now()')),
    async [Symbol.asyncDispose]() {
      await second.close();
      await opened[Symbol.asyncDispose]();
    },
  };
}

const sharedOf = ({ shared }: MonitorStore): SharedStore => shared ?? assert.fail('not shared');
const namesOf = (leases: readonly { readonly name: string }[]): string[] => leases.map(({ name }) => name).sort();
const kindOf = (outcome: Awaited<ReturnType<MonitorStore['write']>>): string =>
  outcome.ok ? 'written' : outcome.error.kind;

describe('leases in PostgreSQL', { skip: withoutPostgres }, () => {
  it('have one owner, however many claim them together', async () => {
    await using pair = await openPair();
    const names = Array.from({ length: 40 }, (_, n) => `host-${n}`);
    const claims = await Promise.all(
      [pair.first, pair.second, pair.first, pair.second].map((store) =>
        sharedOf(store).claim(names, { limit: 15, takesExpired: true }),
      ),
    );
    const taken = claims.flatMap((claimed) => namesOf(mustSucceed(claimed)));
    assert.equal(new Set(taken).size, taken.length);
    const rest = mustSucceed(await sharedOf(pair.first).claim(names, { limit: 99, takesExpired: true }));
    assert.deepEqual([...taken, ...namesOf(rest)].sort(), names.toSorted());
    assert.deepEqual(mustSucceed(await sharedOf(pair.second).claim(names, ANY)), []);
  });

  it('are renewed by their owner, also after their end, but not once another process has taken them', async () => {
    await using pair = await openPair();
    const [first, second] = [sharedOf(pair.first), sharedOf(pair.second)];
    const held = mustSucceed(await first.claim(['x', 'y'], ANY));
    await pair.expire();
    const beat = { held, writtenUntilMs: 5 };
    assert.deepEqual(namesOf(mustSucceed(await first.beat(beat)).renewed), ['x', 'y']);
    await pair.expire();
    const [taken] = mustSucceed(await second.claim(['x'], ANY));
    assert.equal(taken?.epoch, 2);
    const beaten = mustSucceed(await first.beat(beat));
    assert.deepEqual(namesOf(beaten.renewed), ['y']);
    assert.deepEqual([...beaten.workers], [[first.id, 1]]);
    mustSucceed(await second.beat({ held: [{ name: 'x', epoch: 2 }], writtenUntilMs: 3 }));
    assert.equal(mustSucceed(await first.beat(beat)).writtenUntilMs, 3);
  });

  it('that were given back are free, those that have expired only for a process that may take them', async () => {
    await using pair = await openPair();
    const [first, second] = [sharedOf(pair.first), sharedOf(pair.second)];
    const held = mustSucceed(await first.claim(['x', 'y'], ANY));
    mustSucceed(await first.release(held.filter(({ name }) => name === 'x')));
    await pair.expire();
    const careful = { limit: 9, takesExpired: false };
    assert.deepEqual(namesOf(mustSucceed(await second.claim(['x', 'y'], careful))), ['x']);
    assert.deepEqual(namesOf(mustSucceed(await second.claim(['x', 'y'], ANY))), ['y']);
  });

  it('that have been lost let nothing be written, whatever the change is', async () => {
    await using pair = await openPair();
    const leases = mustSucceed(await sharedOf(pair.first).claim(['x'], ANY));
    const changes = [
      { checks: [check('a', T0)] },
      { statuses: [{ resource: 'a', json: '1' }] },
      { events: [{ event: event(T0, { resource: 'a' }), notifiers: ['hook'] }] },
      { meta: { key: 'value' } },
    ];
    for (const change of changes) assert.equal(kindOf(await pair.first.write({ ...change, leases })), 'written');
    await pair.expire();
    // No other process has it: it can be renewed, and what is held can be written then.
    assert.equal(kindOf(await pair.first.write({ ...changes[0], leases })), 'lapsed');
    mustSucceed(await sharedOf(pair.second).claim(['x'], ANY));
    for (const change of changes) assert.equal(kindOf(await pair.first.write({ ...change, leases })), 'fenced');
    await pair.expire();
    const again = mustSucceed(await sharedOf(pair.first).claim(['x'], ANY));
    assert.equal(kindOf(await pair.first.write({ ...changes[0], leases })), 'fenced');
    assert.equal(kindOf(await pair.first.write({ ...changes[0], leases: again })), 'written');
    assert.equal(pair.first.failure, null);
    assert.equal(mustSucceed(await pair.second.readEvents({ afterId: 0, limit: 9 })).length, 1);
  });

  it('cannot be taken while a write that they protect has not ended', async () => {
    await using pair = await openPair();
    const leases = mustSucceed(await sharedOf(pair.first).claim(['x'], ANY));
    await pair.expire();
    const [, taken] = await Promise.all([
      pair.run(`BEGIN; SELECT * FROM kairos_pull.leases WHERE name = 'x' FOR SHARE; SELECT pg_sleep(0.5); COMMIT`),
      (async () => {
        const locks = `SELECT count(*) FROM pg_locks WHERE relation = 'kairos_pull.leases'::regclass AND mode = 'RowShareLock'`;
        while ((await pair.run(locks)).trim() === '0');
        return sharedOf(pair.second).claim(['x'], ANY);
      })(),
    ]);
    assert.deepEqual(mustSucceed(taken), []);
    assert.deepEqual(mustSucceed(await sharedOf(pair.second).claim(['x'], ANY)), [{ name: 'x', epoch: 2 }]);
    assert.equal(kindOf(await pair.first.write({ meta: { a: 'b' }, leases })), 'fenced');
  });
});

describe('a request for a check', { skip: withoutPostgres }, () => {
  it('is kept until the process that checks the resource takes it, and accepted once a second', async () => {
    await using pair = await openPair();
    const [first, second] = [sharedOf(pair.first), sharedOf(pair.second)];
    mustSucceed(await second.beat({ held: [], writtenUntilMs: 0 }));
    assert.equal(mustSucceed(await first.requestCheck('a')), 'accepted');
    assert.equal(mustSucceed(await second.requestCheck('a')), 'too-often');
    assert.equal(mustSucceed(await second.requestCheck('unknown')), 'too-often');
    assert.deepEqual(mustSucceed(await second.takeRequests(['b'])), []);
    assert.deepEqual(mustSucceed(await second.takeRequests(['a', 'b'])), ['a']);
    assert.deepEqual(mustSucceed(await second.takeRequests(['a', 'b'])), []);
    await pair.run(`UPDATE kairos_pull.requests SET at = now() - interval '1 second'`);
    assert.equal(mustSucceed(await second.requestCheck('a')), 'accepted');
  });

  it('is refused, and not kept, while no worker is alive', async () => {
    await using pair = await openPair();
    const [first, second] = [sharedOf(pair.first), sharedOf(pair.second)];
    assert.equal(mustSucceed(await first.requestCheck('a')), 'no-worker');
    assert.deepEqual(mustSucceed(await first.readState()).lastWorkerMs, null);
    mustSucceed(await second.beat({ held: [], writtenUntilMs: 0 }));
    assert.equal(mustSucceed(await first.readState()).workers, 1);
    mustSucceed(await second.leave());
    const { workers, lastWorkerMs, nowMs } = mustSucceed(await first.readState());
    assert.equal(workers, 0);
    assert.ok(lastWorkerMs !== null && lastWorkerMs <= nowMs);
    assert.equal(mustSucceed(await first.requestCheck('a')), 'no-worker');
    assert.deepEqual(mustSucceed(await second.takeRequests(['a'])), []);
  });
});
