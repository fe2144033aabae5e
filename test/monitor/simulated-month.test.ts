// A month on a held clock that is often set back: scheduled checks, rolled up and deleted as time passes, against sums over all checks.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckedState, CheckRecord } from '../../src/monitor/history/check-record.ts';
import { recordTime } from '../../src/monitor/history/record-time.ts';
import { DAY_MS, floorTo, HOUR_MS, type Rollup, rollUpDays, rollUpHours } from '../../src/monitor/history/rollup.ts';
import { holdsUntil, spansOf } from '../../src/monitor/history/span.ts';
import { durationsIn, joinHistory, WINDOWS, windowEnding } from '../../src/monitor/history/timeline.ts';
import { checkAt, DAY, HOUR, MINUTE } from '../support/check-records.ts';
import { createScheduleScene, scheduled } from '../support/schedule-scene.ts';

const START = Date.UTC(2026, 2, 10);
const INTERVALS: Readonly<Record<string, number>> = { often: 10 * MINUTE, hourly: HOUR, rarely: 7 * HOUR };

/** What a store keeps of one resource, with short retentions. */
function createKept() {
  const all: CheckRecord[] = [];
  let hours: readonly Rollup[] = [];
  let days: readonly Rollup[] = [];
  let kept: CheckRecord[] = [];
  let rolledUpMs = START;
  let hoursFromMs = START;
  return {
    all,
    record(state: CheckedState, nowMs: number, intervalMs: number) {
      const latestMs = Math.max(all.at(-1)?.atMs ?? 0, rolledUpMs - 1);
      const record = checkAt(recordTime(nowMs, latestMs), state, { intervalMs });
      all.push(record);
      kept.push(record);
    },
    rollUp(nowMs: number) {
      const range = { fromMs: rolledUpMs, toMs: floorTo(HOUR_MS, nowMs) };
      if (range.toMs <= range.fromMs) return;
      hours = [...hours, ...rollUpHours(kept, [], range)];
      const dayRange = { fromMs: floorTo(DAY_MS, rolledUpMs), toMs: floorTo(DAY_MS, nowMs) };
      days = [...days, ...rollUpDays(hours, dayRange)];
      rolledUpMs = range.toMs;
      kept = kept.slice(
        Math.max(
          0,
          kept.findLastIndex(({ atMs }) => atMs <= rolledUpMs),
        ),
      );
      hoursFromMs = Math.max(START, floorTo(DAY_MS, nowMs) - 3 * DAY);
      hours = hours.filter(({ fromMs }) => fromMs >= hoursFromMs);
    },
    pieces(nowMs: number) {
      const spans = spansOf(kept, [], { fromMs: rolledUpMs, toMs: nowMs });
      return joinHistory({ days, hoursFromMs, hours, spansFromMs: rolledUpMs, spans });
    },
    sizes: () => ({ checks: kept.length, hours: hours.length, days: days.length }),
  };
}

/** Straight from the rule: until the next check, two intervals at most. */
function sumOf(records: readonly CheckRecord[], state: CheckedState, fromMs: number, toMs: number): number {
  let sum = 0;
  for (const [index, record] of records.entries()) {
    const endMs = Math.min(records[index + 1]?.atMs ?? toMs, holdsUntil(record), toMs);
    if (record.state === state) sum += Math.max(0, endMs - Math.max(record.atMs, fromMs));
  }
  return sum;
}

describe('a simulated month', () => {
  it('has the same figures from rollups as from all checks, to the millisecond', async () => {
    const kept = new Map(Object.keys(INTERVALS).map((id) => [id, createKept()]));
    let count = 0;
    const { scheduler, clock, run } = createScheduleScene({
      startMs: START,
      jitter: 0.1,
      random: () => ((count * 7) % 10) / 10,
      stateOf: (id) => {
        const number = count++;
        const state = number % 17 === 0 ? 'undetermined' : number % 40 < 5 ? 'unavailable' : 'available';
        kept.get(id)?.record(state, Math.round(clock.now()), INTERVALS[id] ?? HOUR);
        return state;
      },
    });
    scheduler.setResources(Object.entries(INTERVALS).map(([id, intervalMs]) => scheduled(id, { intervalMs })));
    await run(0);
    for (let step = 0; step < 31 * 24 * 6; step += 1) {
      clock.pass(10 * MINUTE + 7);
      await run(0);
      if (step % 1_000 === 500) clock.pass(((step % 7) + 2) * HOUR);
      if (step % 25 === 0) clock.set(clock.now() - 50 * MINUTE);
      if (step === 3_000) clock.set(clock.now() + 90 * MINUTE);
      for (const one of kept.values()) one.rollUp(clock.now());
    }
    for (const [id, { all, pieces, sizes }] of kept) {
      const toMs = floorTo(HOUR_MS, clock.now()) + 10 * MINUTE;
      for (const fromMs of [START, toMs - 10 * MINUTE - 24 * HOUR]) {
        const durations = durationsIn(pieces(toMs), { fromMs, toMs });
        for (const state of ['available', 'unavailable', 'undetermined'] as const) {
          assert.equal(durations[state], sumOf(all, state, fromMs, toMs), `${id} ${state}`);
        }
      }
      const window = windowEnding(toMs, WINDOWS['90d']);
      const { gap } = durationsIn(pieces(toMs), window);
      assert.ok(gap >= START - window.fromMs && gap < window.toMs - window.fromMs);
      assert.ok(sizes().checks <= 10 && sizes().hours <= 4 * 24 && sizes().days >= 25, JSON.stringify(sizes()));
    }
  });
});
