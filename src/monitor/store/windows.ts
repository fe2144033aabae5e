// Windows of time as differences of rows of running totals: what they read, and what they are.

import type { TimedState } from './changes.ts';
import { withGap } from './rollup-totals.ts';
import { type RollupUnit, UNIT_MS, unitNumber } from './rollup-unit.ts';
import { numberOf, numberOrNull, type Row } from './row.ts';
import type { StoredWindow } from './store.ts';

/** Each has a column. */
export const TIMED_STATES = ['available', 'unavailable', 'undetermined', 'paused'] as const satisfies TimedState[];
/** Later than every rollup. */
export const NEVER_MS = 8_640_000_000_000_000;
export const NO_TIME: StoredWindow['rest'] = { available: 0, unavailable: 0, undetermined: 0, paused: 0 };

export interface Window {
  readonly unit: RollupUnit;
  /** The unit that contains the beginning; null if retention has removed it. */
  readonly edge: number | null;
  /** The first unit that counts. */
  readonly first: number;
}

/** `keptFrom`: the first unit that retention has left. */
export function toWindows(keptFrom: Readonly<Record<RollupUnit, number>>, sinceMs: readonly number[]): Window[] {
  return sinceMs.map((atMs) => {
    const [hour, day] = [unitNumber('hour', atMs), unitNumber('day', atMs)];
    if (hour >= keptFrom.hour) return { unit: 'hour', edge: hour, first: hour };
    return day >= keptFrom.day
      ? { unit: 'day', edge: day, first: day }
      : { unit: 'day', edge: null, first: keptFrom.day };
  });
}

/** `h`, `d`: the last hour and day; `e`: the unit of the beginning; `b`: the last row before the first that counts. */
export function columnsOf(_: Window, index: number): string {
  const columns = TIMED_STATES.map((state) => {
    const before = `coalesce(b${index}.${state}, 0)`;
    const end = `coalesce(e${index}.${state}, ${before})`;
    return `, ${end} - ${before} AS edge_${state}${index}, coalesce(h.${state}, coalesce(d.${state}, 0)) - ${end} AS rest_${state}${index}`;
  });
  return `${columns.join('')}, e${index}.n AS edge_n${index}`;
}

export function toWindow(row: Row, { unit, first }: Window, index: number): StoredWindow {
  const durations = (part: 'edge' | 'rest'): Record<TimedState, number> => ({
    available: numberOf(row, `${part}_available${index}`),
    unavailable: numberOf(row, `${part}_unavailable${index}`),
    undetermined: numberOf(row, `${part}_undetermined${index}`),
    paused: numberOf(row, `${part}_paused${index}`),
  });
  const rest = durations('rest');
  if (numberOrNull(row, `edge_n${index}`) === null) return { edge: null, rest };
  const fromMs = first * UNIT_MS[unit];
  return { edge: { fromMs, toMs: fromMs + UNIT_MS[unit], durations: withGap(durations('edge'), UNIT_MS[unit]) }, rest };
}
