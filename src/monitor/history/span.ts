// Turns check records into spans: every moment of a range has exactly one state.

import type { CheckedState, CheckRecord } from './check-record.ts';

/** Milliseconds since 1970; the end is exclusive. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `gap`: no check covers this time. */
export type SpanState = CheckedState | 'paused' | 'gap';

export interface StateSpan extends TimeRange {
  readonly state: SpanState;
}

/** A state holds until the next check, but no longer than so many intervals. */
const MAX_INTERVALS = 2;

/** When the state of a record ends if no other check follows. */
export const holdsUntil = ({ atMs, intervalMs }: CheckRecord): number => atMs + MAX_INTERVALS * intervalMs;

/**
 * Spans that cover the whole range, in order, neighbors of different states. Records are those of one resource by
 * time, with the last one before the range; a pause overrides what the checks say and may end at Infinity.
 */
export function spansOf(records: readonly CheckRecord[], pauses: readonly TimeRange[], range: TimeRange): StateSpan[] {
  return overlayPauses(checkSpans(records, range), pauses);
}

/** Spans without gaps between them, in order, of which some may have the same state. */
export function overlayPauses(spans: Iterable<StateSpan>, pauses: readonly TimeRange[]): StateSpan[] {
  return join(withPauses(spans, mergeRanges(pauses)));
}

function* checkSpans(records: readonly CheckRecord[], { fromMs, toMs }: TimeRange): Generator<StateSpan> {
  let atMs = fromMs;
  for (const [index, record] of records.entries()) {
    if (record.atMs >= toMs) break;
    const endMs = Math.min(records[index + 1]?.atMs ?? Number.POSITIVE_INFINITY, holdsUntil(record), toMs);
    if (endMs <= atMs) continue;
    if (record.atMs > atMs) yield { fromMs: atMs, toMs: record.atMs, state: 'gap' };
    yield { fromMs: Math.max(atMs, record.atMs), toMs: endMs, state: record.state };
    atMs = endMs;
  }
  if (atMs < toMs) yield { fromMs: atMs, toMs, state: 'gap' };
}

function* withPauses(spans: Iterable<StateSpan>, pauses: readonly TimeRange[]): Generator<StateSpan> {
  let next = 0;
  for (const span of spans) {
    let atMs = span.fromMs;
    while (atMs < span.toMs) {
      const pause = pauses[next];
      if (pause === undefined || pause.fromMs >= span.toMs) {
        yield { ...span, fromMs: atMs };
        break;
      }
      if (pause.fromMs > atMs) yield { ...span, fromMs: atMs, toMs: pause.fromMs };
      const endMs = Math.min(pause.toMs, span.toMs);
      const startMs = Math.max(pause.fromMs, atMs);
      if (endMs > startMs) yield { fromMs: startMs, toMs: endMs, state: 'paused' };
      atMs = Math.max(startMs, endMs);
      if (pause.toMs <= span.toMs) next += 1;
    }
  }
}

/** Joins neighbors of one state. */
function join(spans: Iterable<StateSpan>): StateSpan[] {
  const joined: StateSpan[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last?.state === span.state) joined[joined.length - 1] = { ...last, toMs: span.toMs };
    else joined.push(span);
  }
  return joined;
}

/** The same times by start, without overlaps and empty ranges. */
export function mergeRanges(ranges: readonly TimeRange[]): TimeRange[] {
  const merged: TimeRange[] = [];
  for (const { fromMs, toMs } of [...ranges].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (toMs <= fromMs) continue;
    if (last !== undefined && fromMs <= last.toMs) {
      merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, toMs) };
    } else merged.push({ fromMs, toMs });
  }
  return merged;
}
