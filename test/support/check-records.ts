// Check records for tests, and an independent history: a state for every second, found by definition.

import fc from 'fast-check';
import type { CheckedState, CheckRecord } from '../../src/monitor/history/check-record.ts';
import type { SpanState, TimeRange } from '../../src/monitor/history/span.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A check every five minutes unless said otherwise. */
export function checkAt(atMs: number, state: CheckedState, fields: Partial<CheckRecord> = {}): CheckRecord {
  return {
    ...{ resource: 'app', atMs, state, digest: null, durationMs: 100, intervalMs: 5 * MINUTE },
    ...(state === 'available'
      ? { reason: null, cause: null, message: null }
      : { reason: state === 'unavailable' ? 'not-found' : 'unreachable', cause: null, message: `It is ${state}.` }),
    ...fields,
  };
}

const STATES: Readonly<Record<string, CheckedState>> = { a: 'available', u: 'unavailable', '?': 'undetermined' };

/** `aau?`: one check an interval; a dot is a check that did not happen. */
export function checksEvery(intervalMs: number, fromMs: number, letters: string): CheckRecord[] {
  return [...letters].flatMap((letter, index) => {
    const state = STATES[letter];
    return state === undefined ? [] : [checkAt(fromMs + index * intervalMs, state, { intervalMs })];
  });
}

/** The milliseconds of each state, counted second by second; every time is a whole second. */
export function countSeconds(
  records: readonly CheckRecord[],
  pauses: readonly TimeRange[],
  { fromMs, toMs }: TimeRange,
): Record<SpanState, number> {
  const counted = { available: 0, unavailable: 0, undetermined: 0, paused: 0, gap: 0 };
  for (let ms = fromMs; ms < toMs; ms += 1000) counted[stateAt(records, pauses, ms)] += 1000;
  return counted;
}

function stateAt(records: readonly CheckRecord[], pauses: readonly TimeRange[], ms: number): SpanState {
  if (pauses.some((pause) => pause.fromMs <= ms && ms < pause.toMs)) return 'paused';
  const last = records.findLast(({ atMs }) => atMs <= ms);
  return last !== undefined && ms < last.atMs + 2 * last.intervalMs ? last.state : 'gap';
}

export interface Calendar {
  readonly records: readonly CheckRecord[];
  readonly pauses: readonly TimeRange[];
}

const seconds = (max: number) => fc.integer({ min: 1, max }).map((count) => count * 1000);

/** Checks at irregular times, with changing intervals, missing ones and pauses that overlap, from `startMs` on. */
export const calendars = (startMs: number): fc.Arbitrary<Calendar> =>
  fc
    .record({
      steps: fc.array(
        fc.record({
          waitMs: fc.oneof({ weight: 6, arbitrary: seconds(400) }, { weight: 1, arbitrary: seconds(9_000) }),
          state: fc.constantFrom<CheckedState[]>('available', 'unavailable', 'undetermined'),
          intervalMs: fc.constantFrom(10_000, 60_000, 300_000, 3_600_000),
          durationMs: fc.integer({ min: 0, max: 30_000 }),
        }),
        { maxLength: 40 },
      ),
      pauses: fc.array(fc.record({ afterMs: seconds(15_000), lengthMs: seconds(3_000) }), { maxLength: 4 }),
      isPausedForever: fc.boolean(),
    })
    .map(({ steps, pauses, isPausedForever }) => {
      let atMs = startMs;
      const records = steps.map(({ waitMs, ...fields }) => {
        atMs += waitMs;
        return checkAt(atMs, fields.state, fields);
      });
      const ranges = pauses.map(({ afterMs, lengthMs }, index) => {
        const fromMs = startMs + afterMs;
        const isOpen = isPausedForever && index === 0;
        return { fromMs, toMs: isOpen ? Number.POSITIVE_INFINITY : fromMs + lengthMs };
      });
      return { records, pauses: ranges };
    });
