// Events reach their notifiers: once each, in order, over failures and restarts, and none delays another.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProbeResult } from '../../../src/monitor/probe/probe.ts';
import { loadDriver } from '../../../src/monitor/store/sqlite-driver.ts';
import { openSqliteStore } from '../../../src/monitor/store/sqlite-store.ts';
import type { MonitorStore } from '../../../src/monitor/store/store.ts';
import { createHeldClock } from '../../support/fake-clock.ts';
import { found, httpResource, imageResource, planOf } from '../../support/monitor-run.ts';
import { createReceivers, delivered, notifierTo, refused, runNotified } from '../../support/notified-run.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const driver = await loadDriver();

async function openFile(path: string): Promise<MonitorStore> {
  if (driver === null) throw new Error('no driver');
  const opened = await openSqliteStore(path, { driver });
  return opened.ok ? opened.value : assert.fail(opened.error.message);
}

/** Down and up again every ten minutes or so. */
const flapping = () => {
  let checks = 0;
  return (): ProbeResult => found(Math.floor(checks++ / 5) % 2 === 0 ? 'unavailable' : 'available');
};

const acceptedBy = (log: readonly string[], name: string): string[] =>
  log.filter((line) => line.startsWith(`${name} `) && line.endsWith(' ok'));

describe('a receiver that is down', () => {
  it('gets each event once, in order, after an hour; others get theirs meanwhile', async () => {
    const receivers = createReceivers();
    let isDown = true;
    receivers.respond = (name) => (name === 'dead' && isDown ? refused('no connection (ECONNREFUSED)') : delivered);
    const plan = planOf([imageResource('app')], { notifiers: [notifierTo('dead'), notifierTo('alive')] });
    await using notified = await runNotified({ plan, probe: flapping(), receivers });
    await notified.pass(60);
    const events = acceptedBy(receivers.log, 'alive').map((line) => line.replace('alive ', ''));
    assert.ok(events.length > 5);
    assert.deepEqual(acceptedBy(receivers.log, 'dead'), []);
    const [dead, alive] = notified.notify.counts();
    assert.ok((dead?.failed ?? 0) > 10 && (dead?.failed ?? 0) < 30, String(dead?.failed));
    assert.equal(dead?.pending, events.length);
    assert.deepEqual(alive, { notifier: 'alive', failed: 0, pending: 0 });
    assert.deepEqual(notified.changes, [
      { notifier: 'dead', problem: 'no connection (ECONNREFUSED)', isGivenUp: false },
    ]);

    isDown = false;
    await notified.pass(10);
    const all = acceptedBy(receivers.log, 'alive').map((line) => line.replace('alive ', ''));
    assert.deepEqual(
      acceptedBy(receivers.log, 'dead').map((line) => line.replace('dead ', '')),
      all,
    );
    assert.equal(new Set(all).size, all.length);
    assert.deepEqual(notified.changes.slice(1), [{ notifier: 'dead', problem: null, isGivenUp: false }]);
    assert.equal(notified.notify.counts()[0]?.pending, 0);
    assert.deepEqual(notified.run.errors, []);
  });

  it('gets each event once over a restart', { skip: driver === null && 'no SQLite' }, async () => {
    using folder = createTemporaryFolder();
    const path = `${folder.path}/monitor.db`;
    const clock = createHeldClock();
    const receivers = createReceivers();
    const plan = planOf([imageResource('app')], { notifiers: [notifierTo('ops')] });
    receivers.respond = () => refused('status 503');
    const first = await runNotified({ plan, probe: flapping(), receivers, clock, store: await openFile(path) });
    await first.pass(30);
    const known = await first.run.monitor.view.eventsAfter(0, 100);
    await first[Symbol.asyncDispose]();
    clock.pass(30 * 60_000);
    receivers.respond = () => delivered;
    const restart = async () =>
      runNotified({ plan, probe: () => found('available'), receivers, clock, store: await openFile(path) });
    const second = await restart();
    await second.pass(5);
    await second[Symbol.asyncDispose]();
    await using third = await restart();
    await third.pass(5);
    const sent = known.filter(({ event }) => event !== 'state').map(({ event, id }) => `ops POST ${event} ${id} ok`);
    assert.ok(sent.length >= 2);
    assert.deepEqual(acceptedBy(receivers.log, 'ops').slice(0, sent.length), sent);
    const all = acceptedBy(receivers.log, 'ops');
    assert.equal(new Set(all).size, all.length);
  });

  it('is given up after a day', async () => {
    const receivers = createReceivers();
    receivers.respond = () => refused('status 502');
    const plan = planOf([imageResource('app', { intervalMs: 60 * 60_000 })], { notifiers: [notifierTo('ops')] });
    await using notified = await runNotified({ plan, probe: () => found('unavailable'), receivers });
    await notified.pass(2 * 60);
    assert.equal(notified.notify.counts()[0]?.pending, 1);
    await notified.pass(25 * 60);
    assert.equal(notified.notify.counts()[0]?.pending, 0);
    assert.deepEqual(notified.changes.at(-1), { notifier: 'ops', problem: 'status 502', isGivenUp: true });
    const attempts = receivers.log.length;
    await notified.pass(60);
    assert.equal(receivers.log.length, attempts);
  });

  it('is sent nothing again that it said is gone', async () => {
    const receivers = createReceivers();
    receivers.respond = () => refused('status 410', { isFinal: true, isRefusal: true });
    const plan = planOf([imageResource('app')], { notifiers: [notifierTo('ops')] });
    await using notified = await runNotified({ plan, probe: () => found('unavailable'), receivers });
    await notified.pass(30);
    assert.equal(receivers.log.length, 1);
    assert.deepEqual(notified.notify.counts(), [{ notifier: 'ops', failed: 1, pending: 0 }]);
  });

  it('that never responds delays no other, nor the end of the monitor', async () => {
    const receivers = createReceivers();
    receivers.respond = (name) => (name === 'silent' ? undefined : delivered);
    const plan = planOf([imageResource('app')], { notifiers: [notifierTo('silent'), notifierTo('alive')] });
    await using notified = await runNotified({ plan, probe: flapping(), receivers });
    await notified.pass(30);
    assert.ok(acceptedBy(receivers.log, 'alive').length > 2);
    assert.equal(receivers.log.filter((line) => line.startsWith('silent')).length, 1);
  });

  it('is asked as late as it asks for', async () => {
    const receivers = createReceivers();
    receivers.respond = () => refused('status 429', { waitMs: 20 * 60_000 });
    const plan = planOf([imageResource('app')], { notifiers: [notifierTo('ops')] });
    await using notified = await runNotified({ plan, probe: () => found('unavailable'), receivers });
    await notified.pass(20);
    assert.equal(receivers.log.length, 1);
    await notified.pass(5);
    assert.equal(receivers.log.length, 2);
  });
});

describe('an event that a working receiver refuses', () => {
  it('does not hold up later ones for long', async () => {
    const receivers = createReceivers();
    let refusedId: number | undefined;
    receivers.respond = (_, { body = '' }) => {
      const { id } = JSON.parse(body);
      refusedId ??= id;
      return id === refusedId ? refused('status 500', { isRefusal: true }) : delivered;
    };
    const plan = planOf([imageResource('app')], { notifiers: [notifierTo('ops')] });
    await using notified = await runNotified({ plan, probe: flapping(), receivers });
    await notified.pass(30);
    assert.ok(acceptedBy(receivers.log, 'ops').length > 2);
    assert.equal(notified.notify.counts()[0]?.pending, 1);
  });
});

describe('which notifier gets an event', () => {
  it('depends on its events and groups; a muted resource sends none, and is recorded', async () => {
    const receivers = createReceivers();
    const plan = planOf(
      [imageResource('a', { group: 'shop' }), imageResource('b'), imageResource('c', { group: 'shop', isMuted: true })],
      {
        notifiers: [
          notifierTo('shop', { groups: ['shop'], events: ['outage'] }),
          notifierTo('all', { events: ['outage', 'state'] }),
        ],
      },
    );
    await using notified = await runNotified({ plan, probe: () => found('unavailable'), receivers });
    await notified.pass(5);
    const resources = (name: string) =>
      receivers.requests
        .filter(({ url }) => url.hostname.startsWith(name))
        .map(({ body = '' }) => `${JSON.parse(body).event} ${JSON.parse(body).resource.id}`);
    assert.deepEqual(resources('shop'), ['outage a']);
    assert.deepEqual(resources('all').sort(), ['outage a', 'outage b', 'state a', 'state b']);
    const events = await notified.run.monitor.view.eventsAfter(0, 100);
    assert.ok(events.some(({ event, resource }) => event === 'outage' && resource === 'c'));
  });

  it('changes with a reload; what a removed notifier had left is given up', async () => {
    const receivers = createReceivers();
    receivers.respond = (name) => (name === 'old' ? refused('status 500') : delivered);
    const resources = [imageResource('app')];
    const plan = planOf(resources, { notifiers: [notifierTo('old')] });
    await using notified = await runNotified({ plan, probe: flapping(), receivers });
    await notified.pass(3);
    await notified.run.monitor.applyPlan(planOf(resources, { notifiers: [notifierTo('new')] }));
    await notified.pass(10);
    assert.deepEqual([...(await pendingOf(notified.run.store))], []);
    assert.deepEqual(notified.notify.counts(), [{ notifier: 'new', failed: 0, pending: 0 }]);
    assert.match(acceptedBy(receivers.log, 'new')[0] ?? '', /reload/);
  });
});

async function pendingOf(store: MonitorStore): Promise<ReadonlyMap<string, number>> {
  const pending = await store.countPending();
  return pending.ok ? pending.value : assert.fail(pending.error.message);
}

describe('resources that are undetermined together', () => {
  it('are one event when no host can be reached', async () => {
    const receivers = createReceivers();
    const resources = Array.from({ length: 30 }, (_, index) => httpResource(`r${index}`));
    const plan = planOf(resources, { notifiers: [notifierTo('ops')] });
    const probe = () => found('unavailable', { reason: 'no-answer', cause: 'dns' });
    await using notified = await runNotified({ plan, probe, receivers });
    await notified.pass(90);
    assert.deepEqual(
      acceptedBy(receivers.log, 'ops').map((line) => line.split(' ')[2]),
      ['network'],
    );
  });

  it('are one event when their registry does not say', async () => {
    const receivers = createReceivers();
    const resources = Array.from({ length: 30 }, (_, index) => imageResource(`r${index}`, { host: 'ghcr.io' }));
    let state: ProbeResult['state'] = 'undetermined';
    const plan = planOf([...resources, imageResource('other')], { notifiers: [notifierTo('ops')] });
    const probe = ({ id }: { readonly id: string }) => found(id === 'other' ? 'available' : state);
    await using notified = await runNotified({ plan, probe, receivers });
    await notified.pass(60);
    const bodies = () => receivers.requests.map(({ body = '' }) => JSON.parse(body));
    assert.deepEqual(
      bodies().map(({ event, resource, message }) => [event, resource, message]),
      [
        [
          ...['undetermined-long', null],
          'None of the 30 resources on ghcr.io has been determined for half an hour: It is undetermined.',
        ],
      ],
    );
    state = 'available';
    await notified.pass(5);
    state = 'undetermined';
    await notified.pass(60);
    assert.equal(bodies().length, 2);
  });
});

describe('a reminder', () => {
  it('comes each time the outage has been open for so long; a recovery ends it', async () => {
    const receivers = createReceivers();
    const store = { fails: true };
    const notifiers = [
      notifierTo('calm', { events: ['outage'] }),
      notifierTo('eager', { remindAfterMs: 4 * 3_600_000 }),
    ];
    const plan = planOf([imageResource('app', { intervalMs: 10 * 60_000 })], { notifiers });
    const probe = () => found(store.fails ? 'unavailable' : 'available');
    await using notified = await runNotified({ plan, probe, receivers });
    await notified.pass(9 * 60);
    const eventsOf = (name: string) => acceptedBy(receivers.log, name).map((line) => line.split(' ')[2]);
    assert.deepEqual(eventsOf('calm'), ['outage']);
    assert.deepEqual(eventsOf('eager'), ['outage', 'reminder', 'reminder']);
    store.fails = false;
    await notified.pass(6 * 60);
    assert.deepEqual(eventsOf('eager'), ['outage', 'reminder', 'reminder', 'recovered']);
  });
});

describe('a reminder over a restart', { skip: driver === null && 'no SQLite' }, () => {
  it('comes when it is due, not with the restart, and not twice', async () => {
    using folder = createTemporaryFolder();
    const path = `${folder.path}/monitor.db`;
    const clock = createHeldClock();
    const receivers = createReceivers();
    const notifiers = [notifierTo('eager', { remindAfterMs: 4 * 3_600_000 })];
    const plan = planOf([imageResource('app', { intervalMs: 10 * 60_000 })], { notifiers });
    const open = async () =>
      runNotified({ plan, probe: () => found('unavailable'), receivers, clock, store: await openFile(path) });
    const reminders = () => receivers.log.filter((line) => line.includes(' reminder ')).length;
    const first = await open();
    await first.pass(5 * 60);
    assert.equal(reminders(), 1);
    await first[Symbol.asyncDispose]();
    const second = await open();
    await second.pass(2 * 60);
    assert.equal(reminders(), 1);
    await second[Symbol.asyncDispose]();
    // Two are missed while the monitor is off: one makes up for them.
    clock.pass(9 * 3_600_000);
    const third = await open();
    await third.pass(60);
    assert.equal(reminders(), 2);
    await third.pass(4 * 60);
    assert.equal(reminders(), 3);
    await third[Symbol.asyncDispose]();
    // The clock was ahead by a year when the last one was sent.
    clock.set(clock.now() - 365 * 86_400_000);
    await using fourth = await open();
    await fourth.pass(5 * 60);
    assert.equal(reminders(), 4);
    assert.equal(new Set(receivers.log).size, receivers.log.length);
  });
});

describe('a dead man’s switch', () => {
  it('is pinged every minute while the monitor works, and gets no event', async () => {
    const receivers = createReceivers();
    const plan = planOf([imageResource('app')], { notifiers: [notifierTo('switch', { kind: 'ping' })] });
    await using notified = await runNotified({ plan, probe: flapping(), receivers });
    await notified.pass(10);
    assert.deepEqual(new Set(receivers.log), new Set(['switch GET   ok']));
    assert.equal(receivers.log.length, 11);
  });
});

describe('one attempt for everything', () => {
  it('is made without waiting, and ends at the first receiver that is down', async () => {
    const receivers = createReceivers();
    const plan = planOf([imageResource('a'), imageResource('b')], {
      notifiers: [notifierTo('down'), notifierTo('up'), notifierTo('switch', { kind: 'ping' })],
      failAfter: 1,
    });
    receivers.respond = (name) => (name === 'down' ? refused('no connection') : delivered);
    const options = { plan, probe: () => found('unavailable'), receivers, isStarted: false, isNotifying: false };
    await using notified = await runNotified(options);
    const { signal } = new AbortController();
    await notified.run.monitor.runOnce(signal);
    await notified.notify.deliverOnce(signal);
    assert.deepEqual(receivers.log.map((line) => line.replace(/ \d+ /, ' ')).sort(), [
      ...['down POST outage failed', 'switch GET   ok', 'up POST outage ok', 'up POST outage ok'],
    ]);
  });
});
