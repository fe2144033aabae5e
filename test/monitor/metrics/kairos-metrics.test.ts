// What a dashboard of Kairos finds: only with the switch, by the names of Kairos.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetrics } from '../../../src/monitor/metrics/create-metrics.ts';
import { createMonitorScene } from '../../support/monitor-scene.ts';

const scraper = (scene = createMonitorScene()) => {
  const setting = { isOn: true };
  const metrics = createMetrics(scene, { kairosMetrics: () => setting.isOn });
  const linesOf = async (word: string) =>
    (await metrics.format('')).body.split('\n').filter((line) => line.startsWith(word));
  return { scene, setting, metrics, linesOf };
};

describe('kairosMetrics', () => {
  it('exposes status, latency and outages of every resource', async () => {
    const { scene, linesOf } = scraper();
    const values = { available: '1', unavailable: '0', undetermined: '-1', pending: '-1', paused: '-1' };
    const types = { image: 'DOCKER', http: 'HTTP', tcp: 'TCP' };
    assert.deepEqual(
      await linesOf('kairos_resource_status{'),
      scene
        .resources()
        .map(
          ({ name, kind, state }) =>
            `kairos_resource_status{resource_name="${name}",resource_type="${types[kind]}"} ${values[state]}`,
        ),
    );
    assert.deepEqual(await linesOf('kairos_active_outages'), [`kairos_active_outages ${scene.summary().outages}`]);
    const latencies = await linesOf('kairos_resource_last_check_latency_seconds{phase="total"');
    assert.equal(latencies.length, scene.resources().length);
  });

  it('counts checks and outages while it is on', async () => {
    const { scene, setting, linesOf, metrics } = scraper();
    const down = scene.resources().find(({ kind, state }) => kind === 'image' && state === 'available');
    assert.ok(down);
    const labels = `resource_name="${down.name}",resource_type="DOCKER"`;
    scene.check(down.id, 'unavailable', { reason: 'not-found' });
    scene.pass(90_000);
    scene.check(down.id, 'available');
    assert.deepEqual(
      (await linesOf('kairos_resource_checks_total')).filter((line) => line.includes(labels)),
      [
        `kairos_resource_checks_total{status="NOT_AVAILABLE",error_code="not-found",${labels}} 1`,
        `kairos_resource_checks_total{status="AVAILABLE",error_code="none",${labels}} 1`,
      ],
    );
    for (const name of ['outage_started_total', 'outage_resolved_total', 'outage_duration_seconds_count']) {
      assert.deepEqual(await linesOf(`kairos_resource_${name}{${labels}}`), [`kairos_resource_${name}{${labels}} 1`]);
    }
    assert.equal(scene.subscribers, 1);
    setting.isOn = false;
    assert.deepEqual(await linesOf('kairos_resource'), []);
    assert.equal(scene.subscribers, 0);
    setting.isOn = true;
    assert.deepEqual(await linesOf('kairos_resource_checks_total{'), []);
    metrics.close();
    assert.equal(scene.subscribers, 0);
  });

  it('gives two resources of one name different series', async () => {
    const { scene, linesOf } = scraper();
    const [first, second] = scene.resources().filter(({ kind }) => kind === 'image');
    assert.ok(first && second);
    scene.rename(first.id, 'same');
    scene.rename(second.id, 'same');
    const names = (await linesOf('kairos_resource_status{')).filter((line) => line.includes('"same'));
    assert.deepEqual(
      names.map((line) => /resource_name="([^"]*)"/.exec(line)?.[1]),
      [`same (${first.id})`, `same (${second.id})`],
    );
  });
});
