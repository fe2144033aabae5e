// Monitors on one database: what one finds the others show; what concerns all is done once.

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createMonitor } from '../../../src/monitor/monitor.ts';
import { withoutPostgres } from '../../support/postgres-server.ts';
import { openStore, type PostgresStores, startPostgresStores } from '../store/postgres-stores.ts';
import { CLUSTER_PLAN, ClusterScene, type Member, until } from './cluster-scene.ts';

let starting: Promise<PostgresStores> | undefined;
after(async () => (await starting)?.[Symbol.asyncDispose]());

async function openScene(): Promise<ClusterScene> {
  starting ??= startPostgresStores();
  return new ClusterScene((await (await starting).open()).url);
}

const stateOf = ({ monitor }: Member, id: string) => monitor.view.resource(id)?.state;
const eventsOf = ({ updates }: Member): string[] =>
  updates.flatMap((update) => (update.kind === 'event' ? [`${update.event.id} ${update.event.event}`] : []));

describe('a monitor of several processes', { skip: withoutPostgres }, () => {
  it('shows in a web process what a worker finds, as it finds it', async () => {
    await using scene = await openScene();
    const web = await scene.start('web');
    assert.equal(stateOf(web, 'one'), 'pending');
    const worker = await scene.start('worker');
    await until(() => stateOf(web, 'one') === 'available' && stateOf(web, 'two') === 'available');
    await until(() => stateOf(web, 'paused') === 'paused');
    assert.deepEqual(web.checked, []);
    scene.state = 'unavailable';
    for (const _ of ['first', 'second']) {
      const { length } = worker.checked;
      await until(async () => (await web.monitor.view.requestCheck('one')) === 'accepted');
      await until(() => worker.checked.length > length);
    }
    await until(() => web.monitor.view.resource('one')?.outage != null);
    assert.equal(web.monitor.view.summary().outages, 1);
    await until(
      () => eventsOf(web).length === eventsOf(worker).length && eventsOf(web).some((one) => one.endsWith('outage')),
    );
    assert.deepEqual(eventsOf(web), eventsOf(worker));
    // Each logs its own.
    const isForeign = ({ updates }: Member) =>
      updates.some((update) => update.kind === 'event' && update.isForeign === true);
    assert.deepEqual([isForeign(web), isForeign(worker)], [true, false]);
    const { view } = web.monitor;
    assert.equal((await view.checks('one', { limit: 9 }))?.length, 3);
    assert.ok((view.resource('two')?.nextCheckAtMs ?? 0) > Date.now());
    assert.deepEqual([await view.requestCheck('paused'), await view.requestCheck('unknown')], ['paused', 'unknown']);
  });

  it('divides the hosts among its workers, with one that leads', async () => {
    await using scene = await openScene();
    const first = await scene.start('all');
    await until(() => stateOf(first, 'one') === 'available' && first.monitor.isLeader());
    const second = await scene.start('all');
    const mine = async (member: Member, id: string): Promise<boolean> => {
      const { length } = member.checked;
      await until(async () => (await member.monitor.view.requestCheck(id)) === 'accepted');
      await until(() => first.checked.length + second.checked.length > length);
      return true;
    };
    await until(() => second.checked.length > 0 || stateOf(second, 'one') === 'available');
    // A host is given to the second one, which checks it on request of the first.
    await until(async () => {
      await mine(first, 'two');
      return second.checked.length > 0;
    });
    assert.equal(second.monitor.isLeader(), false);
    await first[Symbol.asyncDispose]();
    // What the first one held is taken over when it ends, without a wait for the end of its leases.
    await until(() => second.monitor.isLeader());
    await until(
      async () => (await second.monitor.view.requestCheck('one')) === 'accepted' && second.checked.includes('one'),
    );
  });

  it('is refused a run of all checks while another process holds a part of them', async () => {
    await using scene = await openScene();
    const worker = await scene.start('worker');
    await until(() => worker.monitor.isLeader());
    const store = await openStore(scene.url);
    const once = await createMonitor({
      ...{
        plan: CLUSTER_PLAN,
        store,
        onError: (error) => scene.errors.push(error),
        onStoreFailure: () => {},
        onStoreRecovery: () => {},
      },
    });
    const monitor = once.ok ? once.value : assert.fail(once.error.message);
    const taken = await monitor.takeAll();
    assert.match(taken.ok ? '' : taken.error.message, /is in use: another monitor holds its notifications; stop it/);
    await monitor.stop(1);
  });

  it('says once that the database is away and once that it is back, goes on, and loses nothing', async () => {
    await using stores = await startPostgresStores();
    await using scene = new ClusterScene((await stores.open()).url);
    const [worker, web] = [await scene.start('worker'), await scene.start('web')];
    await until(() => stateOf(web, 'one') === 'available' && stateOf(web, 'two') === 'available');
    const ready = () => [worker, web].map(({ monitor }) => monitor.view.health().isReady);
    assert.deepEqual(ready(), [true, true]);
    const before = await web.monitor.view.checks('one', { limit: 99 });
    await stores.server.stop();
    await until(
      () => ready().every((isReady) => !isReady) && worker.storeReports.length + web.storeReports.length === 2,
    );
    assert.equal(await web.monitor.view.requestCheck('one'), 'unavailable');
    const { length } = worker.checked;
    assert.equal(await worker.monitor.view.requestCheck('one'), 'accepted');
    await until(() => worker.checked.length > length);
    await stores.server.start();
    await until(() => ready().every(Boolean));
    await until(
      async () => (await web.monitor.view.checks('one', { limit: 99 }))?.length === (before?.length ?? 0) + 1,
    );
    await until(() => worker.storeReports.length + web.storeReports.length === 4);
    assert.deepEqual(
      [worker.storeReports, web.storeReports],
      [
        ['unavailable', 'back, 0 lost'],
        ['unavailable', 'back, 0 lost'],
      ],
    );
    const kept = await web.monitor.view.checks('one', { limit: 99 });
    assert.deepEqual(kept?.slice(1), before);
  });
});
