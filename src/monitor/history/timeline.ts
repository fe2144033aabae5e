// The history of one resource over a window: uptime, and the buckets of its bar.

import { type StateDurations, sumDurations, totalOf, type Uptime, uptimeOf, wholeSeconds } from './duration.ts';
import { DAY_MS, type Rollup } from './rollup.ts';
import type { SpanState, StateSpan, TimeRange } from './span.ts';
import { type Piece, splitDurations } from './split.ts';

/** Nominal lengths; each ends now. */
export const WINDOWS = { '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS, '90d': 90 * DAY_MS } as const;

/** In whole seconds, so that the seconds of a bucket can add up exactly. */
export function windowEnding(nowMs: number, lengthMs: number): TimeRange {
  const toMs = Math.floor(nowMs / 1000) * 1000;
  return { fromMs: toMs - lengthMs, toMs };
}

/** What the store keeps about one resource, coarse to fine. */
export interface KeptHistory {
  readonly days: readonly Rollup[];
  /** A start of a day in UTC: before it the days are used. */
  readonly hoursFromMs: number;
  readonly hours: readonly Rollup[];
  /** A start of an hour: before it the hours are used. Usually the end of the newest rollup. */
  readonly spansFromMs: number;
  readonly spans: readonly StateSpan[];
}

/** In order, without overlaps, each time from the finest source that has it. */
export function joinHistory({ days, hoursFromMs, hours, spansFromMs, spans }: KeptHistory): readonly Piece[] {
  return [
    ...days.filter(({ toMs }) => toMs <= hoursFromMs),
    ...hours.filter(({ fromMs, toMs }) => fromMs >= hoursFromMs && toMs <= spansFromMs),
    ...spans
      .filter(({ toMs }) => toMs > spansFromMs)
      .map((span) => ({ ...span, fromMs: Math.max(span.fromMs, spansFromMs) })),
  ];
}

export function durationsIn(pieces: readonly Piece[], { fromMs, toMs }: TimeRange): StateDurations {
  return sumDurations(splitDurations(pieces, [fromMs, toMs]));
}

export function uptimeIn(pieces: readonly Piece[], range: TimeRange): Uptime {
  return uptimeOf(durationsIn(pieces, range));
}

/** Rollups since the beginning of a window, already added up. */
export interface RollupWindow {
  /** The rollup that contains the beginning: only its part in the window counts. */
  readonly edge: (TimeRange & { readonly durations: StateDurations }) | null;
  readonly rest: Readonly<Record<Exclude<SpanState, 'gap'>, number>>;
}

/** The same as `durationsIn`; the spans begin where the rollups end. */
export function durationsOfWindow(
  { edge, rest }: RollupWindow,
  spans: readonly StateSpan[],
  { fromMs, toMs }: TimeRange,
): StateDurations {
  const known = sumDurations([
    ...(edge === null ? [] : splitDurations([edge], [fromMs, edge.toMs])),
    { ...rest, gap: 0 },
    ...splitDurations(spans, [Math.max(fromMs, spans[0]?.fromMs ?? toMs), toMs]),
  ]);
  return { ...known, gap: known.gap + toMs - fromMs - totalOf(known) };
}

export interface Bucket extends TimeRange {
  readonly durations: StateDurations;
}

/** So many buckets of nearly equal length; they begin and end on whole seconds if the range does. */
export function timeline(pieces: readonly Piece[], { fromMs, toMs }: TimeRange, count: number): readonly Bucket[] {
  const seconds = (toMs - fromMs) / 1000;
  const bounds = Array.from(
    { length: count + 1 },
    (_, index) => fromMs + Math.floor((seconds * index) / count) * 1000,
  ).with(count, toMs);
  return splitDurations(pieces, bounds).map((durations, index) => ({
    ...{ fromMs: bounds[index] ?? fromMs, toMs: bounds[index + 1] ?? toMs },
    durations,
  }));
}

/** As the API gives a bucket: whole seconds, whose sum is `to - from`. */
export function bucketSeconds({ durations }: Bucket): StateDurations {
  return wholeSeconds(durations);
}
