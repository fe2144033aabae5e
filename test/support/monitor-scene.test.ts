import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MonitorUpdate, RESOURCE_STATES } from '../../src/monitor/view/monitor-view.ts';
import { createMonitorScene } from './monitor-scene.ts';

describe('the scene of a monitor', () => {
  it('has every state among its first ten resources, and the same ones each time', async () => {
    const scene = createMonitorScene();
    const states = new Set(scene.resources().map(({ state }) => state));
    assert.deepEqual(states, new Set(RESOURCE_STATES));
    assert.deepEqual(scene.resources(), createMonitorScene().resources());
    const events = await scene.eventsAfter(0, 1_000);
    assert.deepEqual(
      events.map(({ id }) => id),
      events.map((_, index) => index + 1),
    );
  });

  it('has unique ids, counts that add up, and a bar for each of 1,000 resources', async () => {
    const scene = createMonitorScene({ resources: 1_000, hostile: true });
    const views = scene.resources();
    assert.equal(new Set(views.map(({ id }) => id)).size, 1_000);
    const { counts, outages } = scene.summary();
    assert.equal(
      RESOURCE_STATES.reduce((sum, state) => sum + counts[state], 0),
      1_000,
    );
    assert.equal(outages, views.filter(({ outage }) => outage !== null).length);
    const bars = await scene.bars({ window: '90d' });
    assert.deepEqual(new Set(bars.map(({ buckets }) => buckets.length)), new Set([90]));
  });

  it('opens and closes an outage as checks end', async () => {
    const scene = createMonitorScene();
    const updates: MonitorUpdate[] = [];
    const stop = scene.subscribe((update) => updates.push(update));
    scene.pass(60_000);
    scene.check('image-api', 'unavailable');
    scene.pass(60_000);
    scene.check('image-api', 'available');
    stop();
    scene.check('image-api', 'available');
    const seen = updates.map((update) => (update.kind === 'event' ? update.event.event : update.check.state));
    assert.deepEqual(seen, ['unavailable', 'state', 'outage', 'available', 'state', 'recovered']);
    const [outage] = await scene.outages({ resource: 'image-api', limit: 1 });
    assert.deepEqual(outage?.endedAtMs, (outage?.startedAtMs ?? 0) + 60_000);
    const checks = await scene.checks('image-api', { limit: 5 });
    assert.deepEqual(
      checks?.map(({ state }) => state),
      ['available', 'available', 'unavailable', 'available', 'available'],
    );
  });
});
