// Processes on one database whose machines disagree about the time, and one that has no worker to rely on.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { floorTo } from '../../../src/monitor/history/rollup.ts';
import { ROLLED_UP_KEY } from '../../../src/monitor/store/changes.ts';
import { withoutPostgres } from '../../support/postgres-server.ts';
import { openStore, type PostgresStores, startPostgresStores } from '../store/postgres-stores.ts';
import { check, event, mustSucceed, resource } from '../store/store-scene.ts';
import { ClusterScene, createWrongClock, type Member, until } from './cluster-scene.ts';

let starting: Promise<PostgresStores> | undefined;
after(async () => (await starting)?.[Symbol.asyncDispose]());

async function openScene(): Promise<ClusterScene> {
  starting ??= startPostgresStores();
  return new ClusterScene((await (await starting).open()).url);
}

const HOUR_MS = 3_600_000;
const DAYS_500 = 500 * 24 * HOUR_MS;

/** What another worker wrote an hour ago. */
async function writeHistory({ url }: ClusterScene): Promise<number> {
  const store = await openStore(url);
  const atMs = Date.now() - HOUR_MS;
  mustSucceed(await store.saveResources([resource('one'), resource('two')], atMs));
  const events = [{ event: event(atMs, { resource: 'one' }), notifiers: [] }];
  mustSucceed(await store.write({ checks: [check('one', atMs), check('two', atMs)], events }));
  await store.close();
  return atMs;
}

const timesOf = async ({ monitor: { view } }: Member): Promise<number[]> =>
  (await Promise.all(['one', 'two'].map((id) => view.checks(id, { limit: 999 })))).flatMap((checks) =>
    (checks ?? []).map(({ atMs }) => atMs),
  );

/** Messages, in order; those that the process has found itself. */
const clockEvents = ({ updates }: Member): (string | null)[] =>
  updates.flatMap((one) =>
    one.kind === 'event' && one.event.event === 'clock' && !one.isForeign ? [one.event.message] : [],
  );

describe('a worker whose clock is wrong', { skip: withoutPostgres }, () => {
  for (const [aheadMs, words] of [
    [DAYS_500, '500 d ahead of'],
    [-10 * 60_000, '10 min behind'],
  ] as const) {
    it(`removes, checks and writes nothing, says so once, and begins once it is right: ${words}`, async () => {
      await using scene = await openScene();
      const historyMs = await writeHistory(scene);
      const clock = createWrongClock(aheadMs);
      const worker = await scene.start('worker', clock);
      const { view } = worker.monitor;
      await until(() => clock.fired > 150);
      assert.deepEqual(
        (await timesOf(worker)).filter((atMs) => atMs === historyMs),
        [historyMs, historyMs],
      );
      assert.deepEqual([worker.checked, worker.monitor.isLeader()], [[], false]);
      assert.equal((await timesOf(worker)).length, 2);
      await until(() => clockEvents(worker).length > 0);
      assert.deepEqual(
        (await view.eventsAfter(0, 99)).map((one) => one.event),
        ['outage', 'clock'],
      );
      const health = view.health();
      assert.deepEqual([health.isAlive, health.isReady], [true, false]);
      assert.equal(
        health.clock,
        `The clock of this machine is ${words} that of the database, so this process checks nothing. Set it, for example by NTP.`,
      );
      assert.equal(await view.requestCheck('one'), 'no-worker');
      clock.aheadMs = 0;
      await until(() => view.health().isReady && worker.checked.includes('one') && worker.checked.includes('two'));
      await until(() => clockEvents(worker).length === 2);
      const [wrong, right] = clockEvents(worker);
      assert.match(
        wrong ?? '',
        new RegExp(`^The clock of worker .+ is ${words} that of the database: it checks nothing`),
      );
      assert.match(right ?? '', /^The clock of worker .+ matches that of the database again: it checks again\.$/);
      await until(async () => (await timesOf(worker)).length >= 4);
      assert.ok((await timesOf(worker)).every((atMs) => atMs <= Date.now()));
      assert.deepEqual(worker.storeReports, []);
    });

    it(`gives up what it has when its clock is set, and another one goes on: ${words}`, async () => {
      await using scene = await openScene();
      const historyMs = await writeHistory(scene);
      const clock = createWrongClock(0);
      const first = await scene.start('worker', clock);
      await until(() => first.monitor.isLeader() && first.checked.length >= 2);
      clock.aheadMs = aheadMs;
      await until(() => clockEvents(first).length === 1);
      assert.equal(first.monitor.isLeader(), false);
      const second = await scene.start('all');
      // What was given up needs no wait for the end of a lease.
      await until(async () => {
        for (const id of ['one', 'two']) await second.monitor.view.requestCheck(id);
        return second.monitor.isLeader() && ['one', 'two'].every((id) => second.checked.includes(id));
      });
      const { length } = first.checked;
      const { fired } = clock;
      await until(() => clock.fired > fired + 50);
      assert.equal(first.checked.length, length);
      const times = await timesOf(second);
      assert.ok(times.filter((atMs) => atMs === historyMs).length === 2 && times.every((atMs) => atMs <= Date.now()));
      // It shows the right time, though that of its own machine is wrong.
      assert.ok(Math.abs(first.monitor.view.now() - Date.now()) < HOUR_MS / 60);
      assert.deepEqual(second.workerReports, []);
    });
  }

  it('records by the clock of the database while the difference is small', async () => {
    await using scene = await openScene();
    const fromMs = Date.now();
    const worker = await scene.start('worker', createWrongClock(4_000));
    await until(async () => (await timesOf(worker)).length >= 2);
    const times = await timesOf(worker);
    assert.ok(times.every((atMs) => atMs >= fromMs - 1 && atMs <= Date.now() + 1));
    assert.deepEqual(clockEvents(worker), []);
  });

  it('runs no checks once, and says why', async () => {
    await using scene = await openScene();
    const once = await scene.start('web', createWrongClock(DAYS_500));
    const taken = await once.monitor.takeAll();
    assert.match(
      taken.ok ? '' : taken.error.message,
      /^the clock of this machine is 500 d ahead of that of postgres:\/\/\S+; set it, for example by NTP$/,
    );
  });
});

/** The end of the rollups, as the leader writes it. */
async function writeRolledUp({ url }: ClusterScene, atMs: number): Promise<void> {
  const store = await openStore(url);
  mustSucceed(await store.write({ meta: { [ROLLED_UP_KEY]: String(floorTo(HOUR_MS, atMs)) } }));
  await store.close();
}

describe('a web process', { skip: withoutPostgres }, () => {
  it('counts again after hours were rolled up by a clock that was ahead', async () => {
    await using scene = await openScene();
    await scene.start('worker');
    const { view } = (await scene.start('web')).monitor;
    const ratio = () => view.resource('one')?.uptime['24h'].availableRatio;
    await until(() => ratio() === 1);
    await writeRolledUp(scene, Date.now() + DAYS_500);
    await until(() => ratio() === null);
    await writeRolledUp(scene, Date.now());
    await until(() => ratio() === 1);
  });

  it('says that no worker is alive, since when, and accepts no request for a check', async () => {
    await using scene = await openScene();
    const web = await scene.start('web', createWrongClock(0));
    const { view } = web.monitor;
    const health = () => {
      const { isReady, workers, cluster } = view.health();
      return [isReady, workers, cluster?.workerCount];
    };
    const never = 'No worker has checked anything. Start one with --role worker.';
    assert.deepEqual(health(), [false, never, 0]);
    assert.equal(await view.requestCheck('one'), 'no-worker');
    const worker = await scene.start('worker', createWrongClock(0));
    await until(() => view.health().isReady);
    assert.deepEqual(health(), [true, null, 1]);
    await until(async () => (await view.requestCheck('one')) === 'accepted');
    await worker[Symbol.asyncDispose]();
    await until(() => !view.health().isReady);
    const { workers } = view.health();
    assert.match(workers ?? '', /^No worker has checked anything since \d{4}-\d\d-\d\dT[\d:]{8}Z\. Start one with/);
    assert.equal(await view.requestCheck('one'), 'no-worker');
    const other = await scene.start('all', createWrongClock(0));
    await until(() => view.health().isReady && other.monitor.view.health().isReady);
    assert.deepEqual(web.workerReports, [never, null, workers, null]);
    assert.deepEqual([worker.workerReports, other.workerReports], [[], []]);
  });
});
