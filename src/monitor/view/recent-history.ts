// The latest history of one resource in memory: its checks as runs of the same state, so that a bar reads no rows.

import type { CheckRecord } from '../history/check-record.ts';
import { noDurations, type StateDurations } from '../history/duration.ts';
import { floorTo, HOUR_MS } from '../history/rollup.ts';
import { holdsUntil, overlayPauses, type StateSpan, type TimeRange } from '../history/span.ts';

export interface RecentHistory {
  /** The start of an hour: everything since then is known. */
  readonly fromMs: number;
  /** In order. */
  add(record: CheckRecord): void;
  /** Records from before `fromMs`, in order: everything since that time is known then. */
  extend(fromMs: number, records: readonly CheckRecord[]): void;
  /** The pause with this start, new or changed; its end is Infinity while it lasts. */
  setPause(pause: TimeRange): void;
  /** They cover the range from `fromMs` or the start of the range, whichever is later. */
  spans(range: TimeRange): readonly StateSpan[];
  /** The time of each state in the range, which begins at `fromMs` or later. */
  durations(range: TimeRange): StateDurations;
  forgetBefore(timeMs: number): void;
}

/** A resource that changes its state with every check must not fill the memory: its oldest hours are forgotten. */
const MAX_RUNS = 4_000;

export function createRecentHistory(startMs: number): RecentHistory {
  let fromMs = floorTo(HOUR_MS, startMs);
  let runs: StateSpan[] = [];
  let last: CheckRecord | null = null;
  let pauses: TimeRange[] = [];

  const close = (target: StateSpan[], record: CheckRecord, endMs: number): void => {
    const toMs = Math.min(endMs, holdsUntil(record));
    const before = target.at(-1);
    if (before !== undefined && before.state === record.state && before.toMs === record.atMs) {
      target[target.length - 1] = { ...before, toMs };
    } else target.push({ fromMs: record.atMs, toMs, state: record.state });
  };

  const forgetBefore = (timeMs: number): void => {
    const atMs = floorTo(HOUR_MS, timeMs);
    if (atMs <= fromMs) return;
    fromMs = atMs;
    runs = runs.filter(({ toMs }) => toMs > atMs);
    pauses = pauses.filter(({ toMs }) => toMs > atMs);
  };

  /** The index of the first run that ends later. */
  const firstAfter = (timeMs: number): number => {
    let [low, high] = [0, runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((runs[middle]?.toMs ?? 0) <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  function* covering(range: TimeRange): Generator<StateSpan> {
    let atMs = Math.max(fromMs, range.fromMs);
    const end = last === null ? undefined : { fromMs: last.atMs, toMs: holdsUntil(last), state: last.state };
    for (let index = firstAfter(atMs); index <= runs.length; index += 1) {
      const run = runs[index] ?? end;
      if (run === undefined) break;
      const toMs = Math.min(run.toMs, range.toMs);
      if (toMs <= atMs) continue;
      if (run.fromMs > atMs) yield { fromMs: atMs, toMs: Math.min(run.fromMs, range.toMs), state: 'gap' };
      if (run.fromMs >= range.toMs) return;
      yield { fromMs: Math.max(atMs, run.fromMs), toMs, state: run.state };
      atMs = toMs;
    }
    if (atMs < range.toMs) yield { fromMs: atMs, toMs: range.toMs, state: 'gap' };
  }

  return {
    get fromMs() {
      return fromMs;
    },
    add(record) {
      // After the clock was set far back, what was recorded for later times does not count any more.
      if (last !== null && record.atMs <= last.atMs) {
        runs = runs
          .filter((run) => run.fromMs < record.atMs)
          .map((run) => ({ ...run, toMs: Math.min(run.toMs, record.atMs) }));
        fromMs = Math.min(fromMs, floorTo(HOUR_MS, record.atMs));
      } else if (last !== null) close(runs, last, record.atMs);
      last = record;
      if (runs.length > MAX_RUNS) forgetBefore(Math.max(fromMs + HOUR_MS, runs[0]?.fromMs ?? 0));
    },
    extend(startMs, records) {
      const atMs = floorTo(HOUR_MS, startMs);
      if (atMs >= fromMs) return;
      const older: StateSpan[] = [];
      for (const [index, record] of records.entries()) close(older, record, records[index + 1]?.atMs ?? record.atMs);
      const [first] = runs;
      const beginMs = first?.fromMs ?? last?.atMs ?? Number.POSITIVE_INFINITY;
      const newest = records.at(-1);
      if (newest !== undefined) close(older, newest, beginMs);
      runs = [...older.filter(({ toMs, fromMs: from }) => toMs > from && toMs > atMs), ...runs];
      fromMs = atMs;
      while (runs.length > MAX_RUNS) forgetBefore(fromMs + HOUR_MS);
    },
    setPause(pause) {
      pauses = [...pauses.filter((other) => other.fromMs !== pause.fromMs), pause];
    },
    spans(range) {
      return overlayPauses(covering(range), pauses);
    },
    durations(range) {
      const sum = noDurations();
      const spans = pauses.length === 0 ? covering(range) : overlayPauses(covering(range), pauses);
      for (const span of spans) sum[span.state] += span.toMs - span.fromMs;
      return sum;
    },
    forgetBefore,
  };
}
