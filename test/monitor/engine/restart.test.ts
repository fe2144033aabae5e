// A monitor that stops and starts again on the same store, and one whose configuration changes.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProbeResult } from '../../../src/monitor/probe/probe.ts';
import { loadDriver } from '../../../src/monitor/store/sqlite-driver.ts';
import { openSqliteStore } from '../../../src/monitor/store/sqlite-store.ts';
import type { MonitorStore } from '../../../src/monitor/store/store.ts';
import { createHeldClock } from '../../support/fake-clock.ts';
import { found, httpResource, imageResource, planOf, runMonitor } from '../../support/monitor-run.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const driver = await loadDriver();

async function openFile(path: string): Promise<MonitorStore> {
  if (driver === null) throw new Error('no driver');
  const opened = await openSqliteStore(path, { driver });
  return opened.ok ? opened.value : assert.fail(opened.error.message);
}

describe('a restart', { skip: driver === null && 'no SQLite' }, () => {
  it('continues states, outages, digests and uptime; the time between is a gap', async () => {
    using folder = createTemporaryFolder();
    const path = `${folder.path}/monitor.db`;
    const clock = createHeldClock(Date.UTC(2026, 0, 1, 0, 0));
    const plan = planOf([imageResource('app'), imageResource('down')]);
    let digest = 'sha256:a';
    const probe = ({ id }: { readonly id: string }): ProbeResult =>
      id === 'down' ? found('unavailable') : found('available', { digest, phases: { connectMs: 30 } });
    const first = await runMonitor({ plan, probe, clock, store: await openFile(path) });
    await first.pass(3 * HOUR);
    const outage = first.monitor.view.resource('down')?.outage;
    const events = await first.monitor.view.eventsAfter(0, 100);
    await first[Symbol.asyncDispose]();
    assert.ok(outage && events.length === 3);

    clock.pass(2 * HOUR);
    digest = 'sha256:b';
    const second = await runMonitor({ plan, probe, clock, store: await openFile(path), isStarted: false });
    await using _ = second;
    const { view } = second.monitor;
    assert.equal(view.resource('app')?.state, 'available');
    assert.deepEqual(view.resource('down')?.outage, outage);
    second.monitor.start();
    await second.pass(30 * MINUTE);
    assert.deepEqual(view.resource('down')?.outage, outage);
    const later = await view.eventsAfter(events.at(-1)?.id ?? 0, 100);
    assert.deepEqual(
      later.map(({ event, previousDigest }) => [event, previousDigest]),
      [['digest-moved', 'sha256:a']],
    );
    const [check] = (await view.checks('app', { limit: 1 })) ?? [];
    assert.deepEqual([check?.durationMs, check?.connectMs], [120, 30]);
    const timeline = await view.timeline('app', { window: '24h', buckets: 1 });
    const { available, gap, unavailable } = timeline?.[0]?.durations ?? assert.fail();
    assert.equal(unavailable, 0);
    assert.ok(Math.abs(available - (3.5 * HOUR + 2 * MINUTE)) <= 2 * MINUTE, String(available));
    assert.equal(available + gap, DAY);
    assert.deepEqual(second.errors, []);
  });

  it('does not repeat what was reported: own network, quota, certificate', async () => {
    using folder = createTemporaryFolder();
    const path = `${folder.path}/monitor.db`;
    const clock = createHeldClock();
    const plan = planOf([httpResource('a'), httpResource('b')]);
    const probe = (): ProbeResult =>
      found('unavailable', {
        ...{ reason: 'no-answer', cause: 'dns', rateLimit: { limit: 100, remaining: 1, windowSeconds: null } },
        certificates: [{ host: 'a.example', expiresAtMs: clock.now() - (clock.now() % DAY) + 3 * DAY }],
      });
    const first = await runMonitor({ plan, probe, clock, store: await openFile(path) });
    await first.pass(5 * MINUTE);
    const before = await first.monitor.view.eventsAfter(0, 100);
    await first[Symbol.asyncDispose]();
    await using second = await runMonitor({ plan, probe, clock, store: await openFile(path) });
    await second.pass(5 * MINUTE);
    assert.equal((await second.monitor.view.eventsAfter(0, 100)).length, before.length);
    assert.equal(second.monitor.view.health().isNetworkDown, true);
  });

  it('ends a maintenance that was over meanwhile when it was to end', async () => {
    using folder = createTemporaryFolder();
    const path = `${folder.path}/monitor.db`;
    const clock = createHeldClock(Date.UTC(2026, 0, 1, 10));
    const day = { year: 2026, month: 1, day: 1 };
    const plan = planOf([imageResource('app')], {
      maintenances: [
        {
          ...{ name: 'night', timeZone: 'UTC', groups: undefined, repeat: 'once' },
          ...{ from: { ...day, minutes: 605 }, to: { ...day, minutes: 665 } },
        },
      ],
    });
    const first = await runMonitor({ plan, probe: () => found('available'), clock, store: await openFile(path) });
    await first.pass(10 * MINUTE);
    assert.equal(first.monitor.view.resource('app')?.state, 'paused');
    await first[Symbol.asyncDispose]();
    clock.pass(3 * HOUR);
    await using second = await runMonitor({
      plan,
      probe: () => found('available'),
      clock,
      store: await openFile(path),
    });
    assert.equal(second.monitor.view.resource('app')?.state, 'available');
    const timeline = await second.monitor.view.timeline('app', { window: '24h', buckets: 1 });
    assert.equal(timeline?.[0]?.durations.paused, HOUR);
  });
});

describe('a reload', () => {
  it('adds, archives and continues resources, and says so once', async () => {
    const app = imageResource('app');
    const other = imageResource('other');
    await using run = await runMonitor({ plan: planOf([app, other]), probe: () => found('available') });
    const { monitor } = run;
    await run.pass(10 * MINUTE);
    await monitor.applyPlan(planOf([{ ...app, name: 'renamed', intervalMs: 5 * MINUTE }]));
    await run.settle();
    assert.deepEqual(
      monitor.view.resources().map(({ id, name, intervalMs }) => [id, name, intervalMs]),
      [['app', 'renamed', 5 * MINUTE]],
    );
    assert.equal(monitor.view.resource('other'), null);
    const archived = await run.store.readArchived();
    assert.deepEqual(archived.ok && archived.value.map(({ id }) => id), ['other']);
    await run.pass(10 * MINUTE);
    await monitor.applyPlan(planOf([imageResource('new'), app, other]));
    await run.pass(10 * MINUTE);
    assert.deepEqual(
      monitor.view.resources().map(({ id }) => id),
      ['new', 'app', 'other'],
    );
    const checks = await monitor.view.checks('other', { limit: 100 });
    assert.ok((checks?.length ?? 0) >= 20, String(checks?.length));
    const timeline = await monitor.view.timeline('other', { window: '24h', buckets: 1 });
    assert.ok((timeline?.[0]?.durations.gap ?? 0) > DAY - 25 * MINUTE);
    const events = await monitor.view.eventsAfter(0, 100);
    assert.deepEqual(
      events.filter(({ event }) => event === 'reload').map(({ message }) => message),
      [
        'The configuration was reloaded: 1 resource, 0 added, 1 removed (other), 1 changed (name app to renamed and interval 1m to 5m: renamed).',
        'The configuration was reloaded: 3 resources, 2 added (new, other), 0 removed, 1 changed (name renamed to app and interval 5m to 1m: app).',
      ],
    );
    assert.deepEqual(run.errors, []);
  });

  it('that is refused keeps the configuration, and is one event', async () => {
    await using run = await runMonitor({ plan: planOf([imageResource('app')]), probe: () => found('available') });
    const { monitor } = run;
    await monitor.refuseReload('kairos-pull.yaml:3: monitor.interval: too short.');
    await monitor.refuseReload('kairos-pull.yaml:3: monitor.interval: too short.');
    assert.match(monitor.view.health().reload ?? '', /too short/);
    const events = await monitor.view.latestEvents({ limit: 10 });
    assert.equal(events.filter(({ event }) => event === 'reload').length, 1);
    await monitor.applyPlan(planOf([imageResource('app')]));
    assert.equal(monitor.view.health().reload, null);
  });

  it('drops the result of a check whose resource has left', async () => {
    const ends = new Map<string, () => void>();
    await using run = await runMonitor({
      plan: planOf([imageResource('app')]),
      probe: ({ id }) => new Promise<ProbeResult>((resolve) => void ends.set(id, () => resolve(found('available')))),
    });
    await run.monitor.applyPlan(planOf([imageResource('other')]));
    ends.get('app')?.();
    ends.get('other')?.();
    await run.settle();
    const checks = await run.store.readChecks({ resource: 'app', limit: 10 });
    assert.deepEqual(checks.ok && checks.value, []);
    assert.deepEqual(run.errors, []);
  });
});

describe('a stop', () => {
  it('lets running checks finish, and records none that it aborts', async () => {
    const ends: (() => void)[] = [];
    const run = await runMonitor({
      plan: planOf([imageResource('quick'), imageResource('slow')]),
      probe: ({ id }, signal) =>
        new Promise<ProbeResult>((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          if (id === 'quick') ends.push(() => resolve(found('available')));
        }),
    });
    const stopped = run.monitor.stop(1_000);
    for (const end of ends) end();
    await run.settle();
    assert.equal(run.monitor.view.resource('quick')?.state, 'available');
    run.clock.pass(1_000);
    await stopped;
    assert.equal(run.monitor.view.resource('slow')?.state, 'pending');
    assert.deepEqual(run.errors, []);
  });
});
