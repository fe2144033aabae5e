// Hourly and daily rollups: the time per state of a whole hour or day, in UTC, so that old checks can be deleted.

import type { CheckedState, CheckRecord } from './check-record.ts';
import { type StateDurations, sumDurations } from './duration.ts';
import { spansOf, type TimeRange } from './span.ts';
import { splitDurations } from './split.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Of one resource. An hour that is nothing but gap has none. */
export interface Rollup extends TimeRange {
  readonly durations: StateDurations;
  /** How many checks ended in it. */
  readonly checks: Readonly<Record<CheckedState, number>>;
  /** Duration of the checks with the state available: time-outs would distort it. */
  readonly responseSumMs: number;
  readonly responseMaxMs: number;
}

/** The last boundary at or before that time, in UTC. */
export const floorTo = (unitMs: number, timeMs: number): number => Math.floor(timeMs / unitMs) * unitMs;
export const ceilTo = (unitMs: number, timeMs: number): number => Math.ceil(timeMs / unitMs) * unitMs;

/**
 * The rollups of the whole hours in the range. An hour is final as soon as it is over, because no check is
 * recorded before the end of a rollup (`recordTime`). Records and pauses as for `spansOf`.
 */
export function rollUpHours(
  records: readonly CheckRecord[],
  pauses: readonly TimeRange[],
  range: TimeRange,
): readonly Rollup[] {
  const bounds = boundaries(HOUR_MS, range);
  const [fromMs = 0, toMs = fromMs] = [bounds[0], bounds.at(-1)];
  const durations = splitDurations(spansOf(records, pauses, { fromMs, toMs }), bounds);
  const hours = durations.map((hour, index) => ({
    ...{ fromMs: fromMs + index * HOUR_MS, toMs: fromMs + (index + 1) * HOUR_MS },
    durations: hour,
    checks: { available: 0, unavailable: 0, undetermined: 0 },
    responseSumMs: 0,
    responseMaxMs: 0,
  }));
  for (const { atMs, state, durationMs } of records) {
    const hour = hours[Math.floor((atMs - fromMs) / HOUR_MS)];
    if (hour === undefined) continue;
    hour.checks[state] += 1;
    if (state !== 'available') continue;
    hour.responseSumMs += durationMs;
    hour.responseMaxMs = Math.max(hour.responseMaxMs, durationMs);
  }
  return hours.filter((hour) => hour.durations.gap < HOUR_MS || Object.values(hour.checks).some((count) => count > 0));
}

/** The rollups of the whole days in the range, from all hours of these days. */
export function rollUpDays(hours: readonly Rollup[], range: TimeRange): readonly Rollup[] {
  const byDay = new Map<number, Rollup[]>();
  for (const hour of hours) {
    const day = floorTo(DAY_MS, hour.fromMs);
    if (day < range.fromMs || day + DAY_MS > range.toMs) continue;
    byDay.set(day, [...(byDay.get(day) ?? []), hour]);
  }
  return [...byDay].map(([fromMs, of]) => {
    const sum = sumDurations(of.map(({ durations }) => durations));
    return {
      ...{ fromMs, toMs: fromMs + DAY_MS },
      durations: { ...sum, gap: sum.gap + (24 - of.length) * HOUR_MS },
      checks: {
        available: sumOf(of, (hour) => hour.checks.available),
        unavailable: sumOf(of, (hour) => hour.checks.unavailable),
        undetermined: sumOf(of, (hour) => hour.checks.undetermined),
      },
      responseSumMs: sumOf(of, (hour) => hour.responseSumMs),
      responseMaxMs: Math.max(...of.map((hour) => hour.responseMaxMs)),
    };
  });
}

const sumOf = (hours: readonly Rollup[], amountOf: (hour: Rollup) => number): number =>
  hours.reduce((sum, hour) => sum + amountOf(hour), 0);

/** The boundaries of the whole units in the range, at least one. */
function boundaries(unitMs: number, { fromMs, toMs }: TimeRange): number[] {
  const first = ceilTo(unitMs, fromMs);
  const count = Math.max(0, Math.floor((toMs - first) / unitMs));
  return Array.from({ length: count + 1 }, (_, index) => first + index * unitMs);
}
