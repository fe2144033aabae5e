// A monitor over simulated months: scripted checks on a held clock, and the uptime that follows from them by definition.

import assert from 'node:assert/strict';
import type { CheckedState } from '../../src/monitor/history/check-record.ts';
import type { ImageResource } from '../../src/monitor/resource/monitor-resource.ts';
import type { MonitorStore } from '../../src/monitor/store/store.ts';
import { WINDOW_NAMES } from '../../src/monitor/view/monitor-view.ts';
import { createHeldClock } from './fake-clock.ts';
import { found, imageResource, planOf, runMonitor } from './monitor-run.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WINDOW_MS = { '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY, '90d': 90 * DAY } as const;

export interface Simulation {
  readonly store: MonitorStore;
  readonly resources: number;
  readonly days: number;
  readonly intervalMs: number;
  readonly retention: { readonly checksMs: number; readonly hoursMs: number; readonly daysMs: number };
  /** After each day. */
  readonly onDay?: (day: number, nowMs: number) => void | Promise<void>;
}

interface Check {
  readonly atMs: number;
  readonly state: CheckedState;
}

/** Fails if a ratio differs from the independent computation by a second of the window. Returns how many checks ran. */
export async function simulate({ store, resources, days, intervalMs, retention, onDay }: Simulation): Promise<number> {
  const clock = createHeldClock(Date.UTC(2026, 0, 1, 7, 13, 21));
  const all = Array.from({ length: resources }, (_, index) => imageResource(`image-${index}`, { intervalMs }));
  const checks = new Map<string, Check[]>(all.map(({ id }) => [id, []]));
  let count = 0;
  await using run = await runMonitor({
    ...{ plan: planOf(all, { retention, jitter: 0.1 }), store, clock, random: () => ((count * 7) % 10) / 10 },
    probe: ({ id }) => {
      count += 1;
      const state = count % 17 === 0 ? 'undetermined' : count % 40 < 5 ? 'unavailable' : 'available';
      checks.get(id)?.push({ atMs: Math.floor(clock.now()), state });
      return found(state);
    },
  });
  const stepMs = Math.min(10 * MINUTE, intervalMs / 4);
  for (let day = 0; day < days; day += 1) {
    await run.pass(DAY - 3 * MINUTE, stepMs);
    // The machine sleeps now and then.
    await run.pass(day % 9 === 4 ? 5 * HOUR : 3 * MINUTE, day % 9 === 4 ? 5 * HOUR : 3 * MINUTE);
    for (const list of checks.values())
      list.splice(
        0,
        list.findIndex(({ atMs }) => atMs > clock.now() - 91 * DAY),
      );
    await onDay?.(day, clock.now());
    if (day % 7 !== 6 && day !== days - 1) continue;
    // Windows that begin with a whole hour, of which every second is known.
    await run.pass(HOUR - (clock.now() % HOUR), stepMs);
    verify(run.monitor.view.resources(), clock.now(), checks, all);
  }
  assert.deepEqual(run.errors, []);
  return count;
}

function verify(
  views: ReturnType<Awaited<ReturnType<typeof runMonitor>>['monitor']['view']['resources']>,
  nowMs: number,
  checks: ReadonlyMap<string, readonly Check[]>,
  resources: readonly ImageResource[],
): void {
  const toMs = Math.floor(nowMs / 1000) * 1000;
  for (const { id, intervalMs } of resources) {
    const { uptime } = views.find((view) => view.id === id) ?? assert.fail(id);
    for (const name of WINDOW_NAMES) {
      const lengthMs = WINDOW_MS[name];
      const { up, down } = sumOf(checks.get(id) ?? [], toMs - lengthMs, toMs, 2 * intervalMs);
      const { availableRatio, knownRatio } = uptime[name];
      assert.ok(Math.abs((knownRatio ?? 0) * lengthMs - (up + down)) < 1000, `${id} ${name} known ${knownRatio}`);
      const upMs = (availableRatio ?? 0) * (knownRatio ?? 0) * lengthMs;
      assert.ok(Math.abs(upMs - up) < 1000, `${id} ${name} available ${upMs} ${up}`);
    }
  }
}

/** Straight from the rule: until the next check, two intervals at most. */
function sumOf(checks: readonly Check[], fromMs: number, toMs: number, longestMs: number) {
  const sum = { up: 0, down: 0 };
  for (const [index, { atMs, state }] of checks.entries()) {
    const endMs = Math.min(checks[index + 1]?.atMs ?? toMs, atMs + longestMs, toMs);
    const lengthMs = Math.max(0, endMs - Math.max(atMs, fromMs));
    if (state === 'available') sum.up += lengthMs;
    if (state === 'unavailable') sum.down += lengthMs;
  }
  return sum;
}
