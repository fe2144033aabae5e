// Hours and days of one resource in memory.

import type { HourRollup, TimedState } from './changes.ts';
import { createSeries, type Series } from './memory-series.ts';
import { type RollupUnit, UNIT_MS } from './rollup-unit.ts';
import type { StoredRollup, StoredWindow } from './store.ts';

export type MemoryRollups = Readonly<Record<RollupUnit, Series<StoredRollup>>>;

export function createMemoryRollups(): MemoryRollups {
  return { hour: createSeries(({ fromMs }) => fromMs), day: createSeries(({ fromMs }) => fromMs) };
}

export function setHour({ hour, day }: MemoryRollups, rollup: HourRollup): void {
  const fromMs = startOf('hour', rollup.fromMs);
  const before = hour.get(fromMs);
  const dayMs = startOf('day', fromMs);
  const sum = day.get(dayMs) ?? emptyRollup('day', rollup.resource, dayMs);
  const empty = emptyRollup('hour', rollup.resource, fromMs);
  hour.set({ ...combine(empty, rollup, 1), responseMaxMs: rollup.responseMaxMs });
  day.set(combine(before === undefined ? sum : combine(sum, before, -1), rollup, 1));
}

export const startOf = (unit: RollupUnit, atMs: number): number => Math.floor(atMs / UNIT_MS[unit]) * UNIT_MS[unit];

export const noTimes = (): Record<TimedState, number> => ({ available: 0, unavailable: 0, undetermined: 0, paused: 0 });

/** See `MonitorStore.readOverview`. */
export function windowSince(
  rollups: MemoryRollups,
  keptFromMs: Record<RollupUnit, number>,
  sinceMs: number,
  untilMs = Number.POSITIVE_INFINITY,
): StoredWindow {
  const unit = startOf('hour', sinceMs) >= keptFromMs.hour ? 'hour' : 'day';
  const edge = rollups[unit].get(startOf(unit, sinceMs));
  const endMs = startOf(unit, sinceMs) + UNIT_MS[unit];
  // Hours until the next day begins, then days: fewer to add up.
  const nextDayMs = unit === 'day' ? endMs : startOf('day', endMs + UNIT_MS.day - 1);
  const lastDayMs = Math.max(nextDayMs, Number.isFinite(untilMs) ? startOf('day', untilMs) : untilMs);
  const rest = noTimes();
  for (const [series, fromMs, toMs] of [
    [rollups.hour, endMs, Math.min(nextDayMs, untilMs)],
    [rollups.day, nextDayMs, lastDayMs],
    [rollups.hour, lastDayMs, untilMs],
  ] as const) {
    if (fromMs >= toMs) continue;
    for (const { durations } of series.slice(series.indexFrom(fromMs), series.indexFrom(toMs))) {
      for (const state of Object.keys(rest) as TimedState[]) rest[state] += durations[state];
    }
  }
  return {
    edge: edge === undefined ? null : { fromMs: edge.fromMs, toMs: edge.toMs, durations: edge.durations },
    rest,
  };
}

function emptyRollup(unit: RollupUnit, resource: string, fromMs: number): StoredRollup {
  return {
    resource,
    fromMs,
    toMs: fromMs + UNIT_MS[unit],
    durations: { ...noTimes(), gap: UNIT_MS[unit] },
    checks: { available: 0, unavailable: 0, undetermined: 0 },
    responseSumMs: 0,
    responseMaxMs: 0,
  };
}

function combine(sum: StoredRollup, { durations, checks, ...rollup }: HourRollup, sign: 1 | -1): StoredRollup {
  const added = {
    available: sum.durations.available + sign * durations.available,
    unavailable: sum.durations.unavailable + sign * durations.unavailable,
    undetermined: sum.durations.undetermined + sign * durations.undetermined,
    paused: sum.durations.paused + sign * durations.paused,
  };
  const known = added.available + added.unavailable + added.undetermined + added.paused;
  const gap = sum.toMs - sum.fromMs - known;
  return {
    ...sum,
    durations: { ...added, gap },
    checks: {
      available: sum.checks.available + sign * checks.available,
      unavailable: sum.checks.unavailable + sign * checks.unavailable,
      undetermined: sum.checks.undetermined + sign * checks.undetermined,
    },
    responseSumMs: sum.responseSumMs + sign * rollup.responseSumMs,
    responseMaxMs: Math.max(sum.responseMaxMs, rollup.responseMaxMs),
  };
}
