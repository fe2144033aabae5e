import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sumDurations, totalOf } from '../../../src/monitor/history/duration.ts';
import { floorTo, rollUpDays, rollUpHours } from '../../../src/monitor/history/rollup.ts';
import { spansOf } from '../../../src/monitor/history/span.ts';
import {
  bucketSeconds,
  durationsIn,
  durationsOfWindow,
  joinHistory,
  timeline,
  uptimeIn,
  WINDOWS,
  windowEnding,
} from '../../../src/monitor/history/timeline.ts';
import { calendars, checksEvery, countSeconds, DAY, HOUR, MINUTE } from '../../support/check-records.ts';

const NOON = Date.UTC(2026, 0, 15, 12);

describe('windowEnding', () => {
  it('has its nominal length and ends now, on a whole second', () => {
    assert.deepEqual(windowEnding(NOON + 1_999, WINDOWS['24h']), { fromMs: NOON + 1_000 - DAY, toMs: NOON + 1_000 });
    assert.deepEqual(Object.values(WINDOWS), [DAY, 7 * DAY, 30 * DAY, 90 * DAY]);
  });
});

describe('timeline', () => {
  it('has the seconds of each state in each bucket', () => {
    const records = checksEvery(5 * MINUTE, NOON, 'aaauuaaa?...');
    const range = { fromMs: NOON, toMs: NOON + HOUR };
    const buckets = timeline(spansOf(records, [{ fromMs: NOON, toMs: NOON + MINUTE }], range), range, 3);
    assert.deepEqual(buckets.map(bucketSeconds), [
      { available: 840, unavailable: 300, undetermined: 0, paused: 60, gap: 0 },
      { available: 900, unavailable: 300, undetermined: 0, paused: 0, gap: 0 },
      { available: 0, unavailable: 0, undetermined: 600, paused: 0, gap: 600 },
    ]);
    assert.deepEqual(
      buckets.map(({ fromMs }) => (fromMs - NOON) / MINUTE),
      [0, 20, 40],
    );
  });

  it('adds up exactly in every bucket, and the buckets to the range, for any count and any time', () => {
    fc.assert(
      fc.property(
        calendars(NOON - 3 * HOUR),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 500, max: 20_000 }),
        fc.integer({ min: 0, max: 999 }),
        ({ records, pauses }, count, length, shift) => {
          const shifted = records.map((record) => ({ ...record, atMs: record.atMs + shift }));
          const range = { fromMs: NOON, toMs: NOON + length * 1000 };
          const buckets = timeline(spansOf(shifted, pauses, range), range, count);
          assert.equal(buckets.length, count);
          assert.equal(buckets[0]?.fromMs, range.fromMs);
          assert.equal(buckets.at(-1)?.toMs, range.toMs);
          for (const [index, bucket] of buckets.entries()) {
            if (index > 0) assert.equal(bucket.fromMs, buckets[index - 1]?.toMs);
            assert.equal(totalOf(bucket.durations), bucket.toMs - bucket.fromMs);
            assert.equal(totalOf(bucketSeconds(bucket)), (bucket.toMs - bucket.fromMs) / 1000);
          }
        },
      ),
    );
  });

  it('agrees with counting every second', () => {
    const range = { fromMs: NOON, toMs: NOON + 2 * HOUR };
    fc.assert(
      fc.property(calendars(NOON - HOUR), fc.integer({ min: 1, max: 90 }), ({ records, pauses }, count) => {
        for (const { durations, ...bucket } of timeline(spansOf(records, pauses, range), range, count)) {
          assert.deepEqual(durations, countSeconds(records, pauses, bucket));
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('joinHistory', () => {
  const start = Date.UTC(2026, 0, 1);
  const nowMs = start + 3 * DAY + 5 * HOUR + 20 * MINUTE;

  /** Checks kept since `spansFromMs`, with the last one before it. */
  const kept = (records: ReturnType<typeof checksEvery>, hoursFromMs: number, spansFromMs: number) => {
    const all = { fromMs: start, toMs: floorTo(HOUR, nowMs) };
    const hours = rollUpHours(records, [], all);
    const first = Math.max(
      0,
      records.findLastIndex(({ atMs }) => atMs <= spansFromMs),
    );
    return joinHistory({
      days: rollUpDays(hours, { fromMs: start, toMs: floorTo(DAY, nowMs) }),
      hoursFromMs,
      hours,
      spansFromMs,
      spans: spansOf(records.slice(first), [], { fromMs: spansFromMs, toMs: nowMs }),
    });
  };
  const pattern = 'aaaaaaaauuaaa?aaa..aaa....aau';
  const records = checksEvery(7 * MINUTE, start + 40 * MINUTE, pattern.repeat(25)).filter(({ atMs }) => atMs <= nowMs);
  const everything = { fromMs: start - DAY, toMs: nowMs };
  const raw = spansOf(records, [], everything);

  for (const [name, hoursFromMs, spansFromMs] of [
    ['checks', start, start],
    ['hours and checks', start, start + 2 * DAY + 7 * HOUR],
    ['days, hours and checks', start + DAY, start + 3 * DAY + 5 * HOUR],
    ['days and checks', start + 3 * DAY, start + 3 * DAY],
  ] as const) {
    it(`gives the figures of all checks from ${name}`, () => {
      const pieces = kept(records, hoursFromMs, spansFromMs);
      assert.deepEqual(durationsIn(pieces, everything), durationsIn(raw, everything));
      assert.deepEqual(uptimeIn(pieces, everything), uptimeIn(raw, everything));
    });
  }

  it('divides an hour of which only sums are kept so that its parts add up', () => {
    const pieces = kept(records, start, start + 3 * DAY);
    const range = { fromMs: start + 17 * MINUTE, toMs: nowMs };
    const buckets = timeline(pieces, range, 331);
    for (const { fromMs, toMs, durations } of buckets) {
      assert.equal(totalOf(durations), toMs - fromMs);
      assert.ok(Object.values(durations).every((ms) => Number.isInteger(ms) && ms >= 0));
    }
    const whole = buckets.filter(({ fromMs }) => fromMs >= start + HOUR);
    const from = whole[0]?.fromMs ?? 0;
    const sum = whole.reduce((total, { durations }) => total + durations.unavailable, 0);
    assert.equal(sum, durationsIn(pieces, { fromMs: from, toMs: nowMs }).unavailable);
  });

  it('is off by less than the hour at the edge when only sums are kept', () => {
    const pieces = kept(records, start, start + 3 * DAY);
    const range = { fromMs: start + 90 * MINUTE, toMs: nowMs };
    const difference = durationsIn(pieces, range).unavailable - durationsIn(raw, range).unavailable;
    assert.ok(Math.abs(difference) < 30 * MINUTE);
  });
});

describe('durationsOfWindow', () => {
  const start = Date.UTC(2026, 0, 1);
  const nowMs = start + 30 * HOUR + 20 * MINUTE;
  const hourMs = floorTo(HOUR, nowMs);

  it('gives the figures of all rollups and spans', () => {
    fc.assert(
      fc.property(
        calendars(start + 26 * HOUR),
        fc.integer({ min: 0, max: 30 * 60 }),
        ({ records, pauses }, minutes) => {
          const hours = rollUpHours(records, pauses, { fromMs: start, toMs: hourMs });
          const spans = spansOf(records, pauses, { fromMs: hourMs, toMs: nowMs });
          const range = { fromMs: start + minutes * MINUTE, toMs: nowMs };
          const edge = hours.find(({ fromMs, toMs }) => fromMs <= range.fromMs && toMs > range.fromMs) ?? null;
          const later = hours.filter(({ fromMs }) => fromMs > range.fromMs).map(({ durations }) => durations);
          const { gap: _, ...rest } = sumDurations(later);
          assert.deepEqual(durationsOfWindow({ edge, rest }, spans, range), durationsIn([...hours, ...spans], range));
        },
      ),
    );
  });

  it('is all gap without rollups and checks', () => {
    const rest = { available: 0, unavailable: 0, undetermined: 0, paused: 0 };
    const range = { fromMs: start, toMs: nowMs };
    assert.deepEqual(durationsOfWindow({ edge: null, rest }, [], range), { ...rest, gap: nowMs - start });
  });
});
