// Bars and timelines from days, hours and memory, against sums over all checks.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spansOf } from '../../../src/monitor/history/span.ts';
import { splitDurations } from '../../../src/monitor/history/split.ts';
import { createMemoryStore } from '../../../src/monitor/store/memory-store.ts';
import { WINDOW_NAMES } from '../../../src/monitor/view/monitor-view.ts';
import { createHeldClock } from '../../support/fake-clock.ts';
import { found, imageResource, planOf, runMonitor } from '../../support/monitor-run.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('a bar', () => {
  it('has the time of every state, whatever keeps it', async () => {
    const clock = createHeldClock(Date.UTC(2026, 0, 1));
    const store = createMemoryStore();
    const intervalMs = HOUR / 2;
    let count = 0;
    const resources = [imageResource('flaky', { intervalMs }), imageResource('calm', { intervalMs })];
    const plan = planOf(resources, { retention: { checksMs: 400 * DAY, hoursMs: 12 * DAY, daysMs: 400 * DAY } });
    await using run = await runMonitor({
      ...{ plan, clock, store },
      probe: ({ id }) => {
        count += 1;
        return found(id === 'calm' || count % 7 > 1 ? 'available' : 'unavailable');
      },
    });
    const { view } = run.monitor;
    for (let day = 0; day < 40; day += 1) {
      await run.pass(DAY, 10 * 60_000);
      // What is kept in memory grows with the rollups.
      if (day % 5 === 0) await view.bars({ window: '30d' });
    }
    for (const window of WINDOW_NAMES) {
      const bars = await view.bars({ window });
      assert.deepEqual(
        bars.map(({ resource }) => resource),
        ['flaky', 'calm'],
      );
      for (const { resource, buckets } of bars) {
        assert.deepEqual(await view.timeline(resource, { window, buckets: 90 }), buckets);
        const range = { fromMs: buckets[0]?.fromMs ?? 0, toMs: buckets.at(-1)?.toMs ?? 0 };
        const checks = await store.readCheckSpan({ resources: [resource], ...range });
        const [expected] = splitDurations(spansOf(checks.ok ? checks.value : [], [], range), [
          range.fromMs,
          range.toMs,
        ]);
        for (const state of ['available', 'unavailable', 'gap'] as const) {
          const sum = buckets.reduce((total, { durations }) => total + durations[state], 0);
          assert.ok(Math.abs(sum - (expected?.[state] ?? 0)) <= HOUR, `${resource} ${window} ${state} ${sum}`);
        }
      }
    }
    assert.deepEqual(run.errors, []);
  });
});
