// What the engine makes of checks: states, outages, events, and what is shown while the store fails.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failure } from '../../../src/core/outcome.ts';
import type { ProbeResult } from '../../../src/monitor/probe/probe.ts';
import { createMemoryStore } from '../../../src/monitor/store/memory-store.ts';
import type { MonitorStore } from '../../../src/monitor/store/store.ts';
import type { MonitorUpdate } from '../../../src/monitor/view/monitor-view.ts';
import { found, httpResource, imageResource, planOf, runMonitor } from '../../support/monitor-run.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('checks', () => {
  it('tell subscribers what the store has kept, events first', async () => {
    let state: ProbeResult['state'] = 'available';
    await using run = await runMonitor({ plan: planOf([imageResource('app')]), probe: () => found(state) });
    const updates: string[] = [];
    const describeUpdate = (update: MonitorUpdate): string =>
      update.kind === 'event' ? `${update.event.id} ${update.event.event}` : `${update.resource.state}`;
    const unsubscribe = run.monitor.view.subscribe((update) => updates.push(describeUpdate(update)));
    state = 'unavailable';
    await run.pass(2 * MINUTE);
    assert.deepEqual(updates, ['2 state', 'unavailable', '3 outage', 'unavailable']);
    unsubscribe();
    await run.pass(MINUTE);
    assert.equal(updates.length, 4);
    const { counts, outages } = run.monitor.view.summary();
    assert.deepEqual([counts.unavailable, counts.available, outages], [1, 0, 1]);
    assert.deepEqual(run.errors, []);
  });

  it('of a probe with a bug are undetermined, and others go on', async () => {
    await using run = await runMonitor({
      plan: planOf([imageResource('bad'), imageResource('good')]),
      probe: ({ id }) => {
        if (id === 'bad') throw new TypeError('secret details');
        return found('available');
      },
    });
    const bad = run.monitor.view.resource('bad');
    assert.deepEqual([bad?.state, bad?.reason], ['undetermined', 'internal-error']);
    assert.doesNotMatch(bad?.message ?? '', /secret/);
    assert.equal(run.monitor.view.resource('good')?.state, 'available');
    assert.equal(run.errors.length, 1);
  });

  it('go on while the store is full, are not shown, and are all there afterwards', async () => {
    const store = createMemoryStore();
    let isFull = false;
    const full = { kind: 'full', message: 'no space is left' } as const;
    const failing: MonitorStore = {
      ...store,
      get failure() {
        return isFull ? full : null;
      },
      write: (changes) => (isFull ? Promise.resolve(failure(full)) : store.write(changes)),
    };
    let state: ProbeResult['state'] = 'available';
    await using run = await runMonitor({
      plan: planOf([imageResource('app')]),
      probe: () => found(state),
      store: failing,
    });
    const { view } = run.monitor;
    isFull = true;
    state = 'unavailable';
    await run.pass(5 * MINUTE);
    assert.equal(view.resource('app')?.state, 'available');
    assert.deepEqual(run.storeFailures, ['full']);
    const { isAlive, isReady, store: problem } = view.health();
    assert.deepEqual([isAlive, isReady, problem], [true, false, 'no space is left']);
    assert.equal((await view.checks('app', { limit: 100 }))?.length, 1);
    isFull = false;
    await run.pass(MINUTE);
    assert.equal(view.resource('app')?.state, 'unavailable');
    assert.equal((await view.checks('app', { limit: 100 }))?.length, 7);
    assert.equal(view.health().isReady, true);
  });

  it('count by kind, registry, verdict and reason', async () => {
    let state: ProbeResult['state'] = 'available';
    await using run = await runMonitor({
      plan: planOf([imageResource('app', { target: 'ghcr.io/org/app:1' }), httpResource('web')]),
      probe: ({ kind }) => found(kind === 'http' ? 'available' : state, { durationMs: 80 }),
    });
    state = 'unavailable';
    await run.pass(150_000);
    const { checks, durations } = run.monitor.view.counters();
    assert.deepEqual(
      checks.map(({ kind, registry, verdict, reason, count }) => [kind, registry, verdict, reason, count > 1]),
      [
        ['image', 'ghcr.io', 'pullable', null, false],
        ['http', 'web.example:443', 'pullable', null, true],
        ['image', 'ghcr.io', 'unpullable', 'not-found', true],
      ],
    );
    const [count] = [durations[0]?.count];
    assert.deepEqual(durations[0]?.buckets.slice(0, 3), [0, count, count]);
  });

  it('wait while their host asks for a pause', async () => {
    const started: string[] = [];
    await using run = await runMonitor({
      plan: planOf([imageResource('a'), imageResource('b')]),
      probe: ({ id }) => {
        started.push(id);
        return found('available');
      },
    });
    run.pauseHost('a.example', 50_000);
    started.length = 0;
    await run.pass(49_000);
    assert.ok(!started.includes('a') && run.monitor.view.registries()[0]?.pausedUntilMs !== null);
    await run.pass(MINUTE);
    assert.ok(started.includes('a'));
    assert.deepEqual(run.monitor.view.registries(), []);
  });

  it('of a web service do not wait for a pause that a registry at the same host asked for', async () => {
    const started: string[] = [];
    const host = 'shop.example:443';
    await using run = await runMonitor({
      plan: planOf([imageResource('app', { host }), httpResource('site', { host, intervalMs: 10_000 })]),
      probe: ({ id }) => {
        started.push(id);
        return found(id === 'site' ? 'unavailable' : 'available');
      },
    });
    const { view } = run.monitor;
    run.pauseHost(host, 10 * MINUTE);
    started.length = 0;
    await run.pass(50_000);
    assert.deepEqual([...new Set(started)], ['site']);
    assert.notEqual(view.resource('site')?.outage, null);
    const heldUntilMs = run.clock.now() - 50_000 + 10 * MINUTE;
    const [app, site] = [view.resource('app'), view.resource('site')];
    assert.deepEqual([app?.heldUntilMs, app?.nextCheckAtMs], [heldUntilMs, heldUntilMs]);
    assert.equal(site?.heldUntilMs, null);
    assert.ok((site?.nextCheckAtMs ?? 0) <= run.clock.now() + 10_000);
  });
});

describe('events about more than one resource', () => {
  it('are one when the network of the monitor is down, and one when it is back', async () => {
    let isDown = false;
    const resources = [httpResource('a'), httpResource('b'), httpResource('c')];
    await using run = await runMonitor({
      plan: planOf(resources),
      probe: () => (isDown ? found('unavailable', { reason: 'no-answer', cause: 'timeout' }) : found('available')),
    });
    const { view } = run.monitor;
    isDown = true;
    await run.pass(40 * MINUTE);
    assert.equal(view.health().isNetworkDown, true);
    assert.deepEqual([view.summary().counts.undetermined, view.summary().outages], [3, 0]);
    isDown = false;
    await run.pass(2 * MINUTE);
    assert.equal(view.health().isNetworkDown, false);
    const events = await view.eventsAfter(0, 100);
    const network = events.filter(({ event }) => event !== 'state');
    assert.deepEqual(
      network.map(({ event, resource, to }) => [event, resource, to]),
      [
        ['network', null, 'undetermined'],
        ['network', null, 'available'],
      ],
    );
  });

  it('say once that a quota is low and that a certificate expires', async () => {
    let remaining = 50;
    const expiresAtMs = Date.UTC(2026, 0, 10);
    await using run = await runMonitor({
      plan: planOf([imageResource('app', { target: 'docker.io/org/app:1' })]),
      probe: () =>
        found('available', {
          rateLimit: { limit: 100, remaining, windowSeconds: 3600 },
          certificates: [{ host: 'docker.io', expiresAtMs }],
        }),
    });
    const { view } = run.monitor;
    remaining = 5;
    await run.pass(5 * MINUTE);
    const events = (await view.eventsAfter(0, 100)).map(({ event, message }) => [event, message]).slice(1);
    assert.deepEqual(events, [
      ['certificate-expiry', 'The certificate of docker.io expires in 9 days: 2026-01-10 00:00 UTC.'],
      ['quota-low', 'docker.io allows 5 more of 100 pulls.'],
    ]);
    assert.deepEqual(view.registries(), [
      { registry: 'docker.io', quotaLimit: 100, quotaRemaining: 5, pausedUntilMs: null },
    ]);
    assert.deepEqual(view.certificates(), [{ host: 'docker.io', expiresAtMs }]);
  });

  it('are addressed to the notifiers that want them', async () => {
    const url = { kind: 'value', url: 'http://hook' } as const;
    const notifier = { kind: 'webhook', url, headers: {}, remindAfterMs: null } as const;
    let state: ProbeResult['state'] = 'available';
    await using run = await runMonitor({
      plan: planOf([imageResource('app', { group: 'shop' }), imageResource('other')], {
        notifiers: [
          { ...notifier, name: 'all', events: ['outage'], groups: undefined },
          { ...notifier, name: 'shop', events: ['outage', 'recovered'], groups: ['shop'] },
          { ...notifier, name: 'alive', kind: 'ping', events: ['outage'], groups: undefined },
        ],
      }),
      probe: () => found(state),
    });
    state = 'unavailable';
    await run.pass(150_000);
    const due = await run.store.readDueDeliveries({ nowMs: run.clock.now(), limit: 100 });
    const addressed = due.ok ? due.value.map(({ notifier: name, event }) => `${event.resource} ${name}`).sort() : [];
    assert.deepEqual(addressed, ['app all', 'app shop', 'other all']);
  });
});

describe('pauses', () => {
  it('of the configuration and of a maintenance: no checks, no events, and an open outage stays open', async () => {
    let count = 0;
    const midnight = { year: 2026, month: 1, day: 1 };
    await using run = await runMonitor({
      plan: planOf([imageResource('app', { group: 'shop' }), imageResource('off', { isPaused: true })], {
        maintenances: [
          {
            ...{ name: 'upgrade', timeZone: 'UTC', groups: ['shop'], repeat: 'once' },
            ...{ from: { ...midnight, minutes: 10 }, to: { ...midnight, minutes: 30 } },
          },
        ],
      }),
      probe: () => {
        count += 1;
        return found('unavailable');
      },
    });
    const { view } = run.monitor;
    await run.pass(10 * MINUTE);
    const [before, open] = [count, view.resource('app')?.outage];
    assert.ok(open);
    assert.deepEqual([view.resource('app')?.state, view.resource('app')?.maintenance], ['paused', 'upgrade']);
    assert.deepEqual([view.resource('off')?.state, view.resource('off')?.maintenance], ['paused', null]);
    assert.equal(view.requestCheck('app'), 'paused');
    await run.pass(19 * MINUTE);
    assert.equal(count, before);
    await run.pass(10 * MINUTE);
    assert.ok(count > before + 5);
    assert.deepEqual(view.resource('app')?.outage, open);
    assert.equal(view.resource('app')?.maintenance, null);
    const [bar] = await view.bars({ window: '24h', buckets: 1, ids: ['app'] });
    assert.equal(bar?.buckets[0]?.durations.paused, 20 * MINUTE);
  });
});

describe('time', () => {
  it('that passes while the machine sleeps is a gap, and one check makes up for it', async () => {
    let count = 0;
    await using run = await runMonitor({
      plan: planOf([imageResource('app')]),
      probe: () => {
        count += 1;
        return found('available');
      },
    });
    await run.pass(10 * MINUTE);
    const before = count;
    run.clock.pass(5 * 60 * MINUTE);
    await run.settle();
    assert.equal(count, before + 1);
    const { knownRatio, availableRatio } = run.monitor.view.resource('app')?.uptime['24h'] ?? assert.fail();
    assert.equal(availableRatio, 1);
    assert.ok(Math.abs((knownRatio ?? 0) * DAY - 12 * MINUTE) <= MINUTE, String(knownRatio));
  });

  it('that is set back leaves the checks in order', async () => {
    await using run = await runMonitor({ plan: planOf([imageResource('app')]), probe: () => found('available') });
    await run.pass(70 * MINUTE);
    run.clock.set(run.clock.now() - 30 * MINUTE);
    await run.pass(5 * MINUTE);
    const times = (await run.monitor.view.checks('app', { limit: 100 }))?.map(({ atMs }) => atMs) ?? [];
    assert.deepEqual(
      times,
      [...times].sort((a, b) => b - a),
    );
    assert.equal(new Set(times).size, times.length);
    assert.equal(run.monitor.view.resource('app')?.uptime['24h'].availableRatio, 1);
    assert.deepEqual(run.errors, []);
  });
});
