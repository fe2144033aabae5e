// The text of a scrape: exact lines, what is left out, hostile texts, and ten thousand resources.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetrics } from '../../../src/monitor/metrics/create-metrics.ts';
import type { MonitorView, ResourceView } from '../../../src/monitor/view/monitor-view.ts';
import { createMonitorScene, SCENE_NOW } from '../../support/monitor-scene.ts';
import { requirePrograms } from '../../support/require-programs.ts';
import { promtool } from './promtool.ts';

const NOT_KAIROS = { kairosMetrics: () => false };

async function scrape(view: MonitorView, accept = '', options = NOT_KAIROS): Promise<readonly string[]> {
  const metrics = createMetrics(view, options);
  const { body } = await metrics.format(accept);
  metrics.close();
  return body.split('\n');
}

/** Its samples, without the prefix. */
const samplesOf = (lines: readonly string[], name: string): string[] =>
  lines.flatMap((line) => (new RegExp(`^kairos_pull_${name}[{ ]`).test(line) ? line.slice('kairos_pull_'.length) : []));

/** The scene with other resources. */
function withResources(change: (views: readonly ResourceView[]) => readonly ResourceView[]): MonitorView {
  const scene = createMonitorScene();
  const views = change(scene.resources());
  return { ...scene, resources: () => views, resource: (id) => views.find((one) => one.id === id) ?? null };
}

const onlyFirst = (fields: Partial<ResourceView>): MonitorView =>
  withResources(([first]) => {
    assert.ok(first);
    return [{ ...first, id: 'app', name: 'App', group: 'shop', kind: 'image', target: 'ghcr.io/org/app:1', ...fields }];
  });

describe('the metrics of a resource', () => {
  it('say everything about one that is unavailable', async () => {
    const view = onlyFirst({
      ...{ state: 'unavailable', reason: 'not-found', cause: 'tag', sinceMs: SCENE_NOW - 60_000, digestMoves: 3 },
      ...{ lastCheckedAtMs: SCENE_NOW - 1_500, lastDefiniteAtMs: SCENE_NOW - 1_500, durationMs: 250 },
      outage: { id: 7, startedAtMs: SCENE_NOW - 60_000 },
      uptime: {
        '24h': { availableRatio: 0.75, knownRatio: 1 },
        '7d': { availableRatio: 0, knownRatio: 0.5 },
        '30d': { availableRatio: null, knownRatio: 0 },
        '90d': { availableRatio: null, knownRatio: 0 },
      },
    });
    const lines = await scrape(view);
    const own = lines.filter((line) => line.includes('resource="app"')).map((line) => line.replace('kairos_pull_', ''));
    const labels = 'resource="app",group="shop",kind="image"';
    assert.deepEqual(own, [
      `resource_available{${labels}} 0`,
      `resource_state{state="unavailable",${labels}} 1`,
      `resource_state{state="undetermined",${labels}} 0`,
      `resource_state{state="available",${labels}} 0`,
      `resource_state{state="pending",${labels}} 0`,
      `resource_state{state="paused",${labels}} 0`,
      `resource_reason_info{reason="not-found",cause="tag",${labels}} 1`,
      `resource_info{name="App",target="ghcr.io/org/app:1",${labels}} 1`,
      `resource_interval_seconds{${labels}} 300`,
      `resource_last_check_timestamp_seconds{${labels}} ${(SCENE_NOW - 1_500) / 1000}`,
      `resource_last_definite_timestamp_seconds{${labels}} ${(SCENE_NOW - 1_500) / 1000}`,
      `resource_last_change_timestamp_seconds{${labels}} ${(SCENE_NOW - 60_000) / 1000}`,
      `resource_last_check_duration_seconds{${labels}} 0.25`,
      `resource_outage_active{${labels}} 1`,
      `resource_outage_start_timestamp_seconds{${labels}} ${(SCENE_NOW - 60_000) / 1000}`,
      `resource_uptime_ratio{window="24h",${labels}} 0.75`,
      `resource_uptime_ratio{window="7d",${labels}} 0`,
      'image_digest_changes_total{resource="app",group="shop"} 3',
    ]);
  });

  for (const state of ['undetermined', 'pending', 'paused'] as const) {
    it(`do not say whether one that is ${state} is available`, async () => {
      const lines = await scrape(onlyFirst({ state }));
      assert.deepEqual(samplesOf(lines, 'resource_available'), []);
      assert.equal(samplesOf(lines, 'resource_state').filter((line) => line.endsWith(' 1')).length, 1);
    });
  }

  it('are gone with the resource, and follow its name', async () => {
    const scene = createMonitorScene();
    const metrics = createMetrics(scene, NOT_KAIROS);
    const [first, second] = scene.resources();
    assert.ok(first && second);
    const textOf = async () => (await metrics.format('')).body;
    assert.ok((await textOf()).includes(`resource="${first.id}"`));
    scene.remove(first.id);
    scene.rename(second.id, 'Another name');
    const later = await textOf();
    assert.ok(!later.includes(`resource="${first.id}"`));
    assert.ok(later.includes('name="Another name"') && !later.includes(`name="${second.name}"`));
  });

  it('contain no digest, message or credential', async () => {
    const digest = `sha256:${'ab'.repeat(32)}`;
    const view = onlyFirst({ digest, message: 'secret words', target: 'https://user:hunter2@shop.example/?token=abc' });
    const text = (await scrape(view)).join('\n');
    for (const word of [digest, 'secret words', 'hunter2', 'token=abc']) assert.ok(!text.includes(word), word);
  });

  it('keep one line per sample, whatever names and groups contain', async () => {
    const name = 'a"} 1\nkairos_pull_resource_available{resource="fake"} 1\r\\\u0000\ud800';
    const lines = await scrape(onlyFirst({ name, group: 'back\\slash "quote"\nline', state: 'available' }));
    assert.deepEqual(samplesOf(lines, 'resource_available'), [
      'resource_available{resource="app",group="back\\\\slash \\"quote\\" line",kind="image"} 1',
    ]);
    assert.equal(lines.filter((line) => line.startsWith('kairos_pull_resource_info')).length, 1);
  });
});

describe('the metrics of the monitor', () => {
  it('count checks, quotas, certificates, notifications and reloads', async () => {
    const view: MonitorView = {
      ...createMonitorScene({ health: { reload: 'a mistake', lastReloadAtMs: SCENE_NOW, isReady: false } }),
      counters: () => ({
        checks: [{ kind: 'image', registry: 'ghcr.io', verdict: 'pullable', reason: null, count: 41 }],
        durations: [
          { kind: 'image', registry: 'ghcr.io', buckets: [0, 1, 2, 2, 2, 2, 2, 2, 2, 2], sum: 42.5, count: 3 },
        ],
        ...{ lagSeconds: 0.25, skipped: 2, notifications: [{ notifier: 'ops', failed: 5, pending: 1 }] },
      }),
      registries: () => [
        { registry: 'docker.io', quotaLimit: 100, quotaRemaining: 7, pausedUntilMs: SCENE_NOW },
        { registry: 'ghcr.io', quotaLimit: null, quotaRemaining: null, pausedUntilMs: null },
      ],
      certificates: () => [{ host: 'ghcr.io', expiresAtMs: SCENE_NOW }],
    };
    const lines = await scrape(view);
    const at = SCENE_NOW / 1000;
    const expected: Readonly<Record<string, readonly string[]>> = {
      checks_total: ['{kind="image",registry="ghcr.io",verdict="pullable",reason=""} 41'],
      check_duration_seconds_sum: ['{kind="image",registry="ghcr.io"} 42.5'],
      check_duration_seconds_count: ['{kind="image",registry="ghcr.io"} 3'],
      registry_quota_limit: ['{registry="docker.io"} 100'],
      registry_quota_remaining: ['{registry="docker.io"} 7'],
      registry_paused_until_timestamp_seconds: [`{registry="docker.io"} ${at}`],
      certificate_expiry_timestamp_seconds: [`{host="ghcr.io"} ${at}`],
      scheduler_lag_seconds: [' 0.25'],
      scheduler_skipped_total: [' 2'],
      notifications_failed_total: ['{notifier="ops"} 5'],
      notifications_pending: ['{notifier="ops"} 1'],
      config_last_reload_successful: [' 0'],
      config_last_reload_success_timestamp_seconds: [` ${at}`],
      ready: [' 0'],
      network_down: [' 0'],
    };
    for (const [name, samples] of Object.entries(expected)) {
      assert.deepEqual(
        samplesOf(lines, name),
        samples.map((sample) => `${name}${sample}`),
      );
    }
    assert.deepEqual(
      samplesOf(lines, 'check_duration_seconds_bucket').map((line) =>
        /le="([^"]+)".* (\d+)$/.exec(line)?.slice(1).join(' '),
      ),
      ['0.05 0', '0.1 1', '0.25 2', '0.5 2', '1 2', '2.5 2', '5 2', '10 2', '30 2', '60 2', '+Inf 3'],
    );
    assert.equal(samplesOf(lines, 'build_info').length, 1);
  });

  it('include those of the process once, however often they are scraped', async () => {
    const metrics = createMetrics(createMonitorScene(), NOT_KAIROS);
    await metrics.format('');
    const lines = (await metrics.format('')).body.split('\n');
    for (const name of ['process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds', 'process_start_time_seconds']) {
      assert.equal(lines.filter((line) => line.startsWith(`${name} `)).length, 1, name);
    }
    assert.ok(!lines.some((line) => /nodejs_active_\w+_total/.test(line)));
  });
});

describe('the format', () => {
  it('is the text of Prometheus, or OpenMetrics where it is preferred', async () => {
    const metrics = createMetrics(createMonitorScene(), NOT_KAIROS);
    const prometheus = 'text/plain; version=0.0.4; charset=utf-8';
    const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
    const types: Readonly<Record<string, string>> = {
      '': prometheus,
      '*/*': prometheus,
      'text/html,application/xhtml+xml': prometheus,
      'text/plain;version=0.0.4': prometheus,
      'application/openmetrics-text': openMetrics,
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1':
        openMetrics,
      'application/openmetrics-text; version=0.0.1; q=0.2, text/plain': prometheus,
      'application/openmetrics-text;version=2.0.0,text/plain;q=0.5': prometheus,
      'application/openmetrics-text;q=0': prometheus,
      [`${'text/plain,'.repeat(10_000)}application/openmetrics-text`]: prometheus,
    };
    for (const [accept, contentType] of Object.entries(types)) {
      assert.equal((await metrics.format(accept)).contentType, contentType, accept.slice(0, 100));
    }
  });

  it('of OpenMetrics names counters in its own way, and ends with EOF', async () => {
    const lines = await scrape(createMonitorScene(), 'application/openmetrics-text');
    assert.ok(lines.includes('# TYPE kairos_pull_checks counter'));
    assert.ok(lines.includes('# TYPE process_cpu_seconds counter'));
    assert.ok(samplesOf(lines, 'checks_total').length > 0);
    assert.deepEqual(lines.slice(-2), ['# EOF', '']);
    const before = await scrape(createMonitorScene());
    assert.ok(before.includes('# TYPE kairos_pull_checks_total counter'));
    assert.ok(before.some((line) => line.startsWith('process_cpu_seconds_total ')));
  });

  it('satisfies promtool', { skip: requirePrograms('promtool') }, async () => {
    for (const hostile of [false, true]) {
      const lines = await scrape(createMonitorScene({ hostile }), '', { kairosMetrics: () => true });
      assert.equal(promtool(['check', 'metrics'], lines.join('\n')), '');
    }
  });
});

describe('ten thousand resources', () => {
  it('give every sample once, with HELP and TYPE once; other work runs meanwhile', async () => {
    const scene = createMonitorScene();
    const views = Array.from({ length: 1_000 }, () => scene.resources())
      .flat()
      .map((one, index) => ({ ...one, id: `id-${index}` }));
    const metrics = createMetrics({ ...scene, resources: () => views }, NOT_KAIROS);
    let turns = 0;
    let isDone = false;
    const turn = (): void => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    const [first, second] = await Promise.all([metrics.format(''), metrics.format('')]);
    isDone = true;
    assert.equal(first.body, second.body);
    assert.ok(turns > 10, String(turns));
    const lines = first.body.split('\n');
    const series = lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/ \S+$/, ''));
    assert.equal(new Set(series).size, series.length);
    assert.equal(samplesOf(lines, 'resource_state').length, 50_000);
    const types = lines.filter((line) => line.startsWith('# TYPE '));
    assert.equal(new Set(types).size, types.length);
  });
});
