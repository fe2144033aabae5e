import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { uptimeOf } from '../../../src/monitor/history/duration.ts';
import { ceilTo, DAY_MS, floorTo, HOUR_MS, rollUpDays, rollUpHours } from '../../../src/monitor/history/rollup.ts';
import { spansOf } from '../../../src/monitor/history/span.ts';
import { durationsIn, uptimeIn } from '../../../src/monitor/history/timeline.ts';
import { calendars, checkAt, checksEvery, countSeconds, DAY, HOUR, MINUTE } from '../../support/check-records.ts';

const MIDNIGHT = Date.UTC(2026, 0, 15);
const day = { fromMs: MIDNIGHT, toMs: MIDNIGHT + DAY };

describe('rollUpHours', () => {
  it('holds the time per state, the checks, and how long the available ones took', () => {
    const records = [
      checkAt(MIDNIGHT - 2 * MINUTE, 'available'),
      checkAt(MIDNIGHT + 3 * MINUTE, 'unavailable', { durationMs: 9_000 }),
      checkAt(MIDNIGHT + 8 * MINUTE, 'available', { durationMs: 300 }),
      checkAt(MIDNIGHT + 13 * MINUTE, 'undetermined', { durationMs: 30_000 }),
      checkAt(MIDNIGHT + 18 * MINUTE, 'available', { durationMs: 100 }),
    ];
    assert.deepEqual(rollUpHours(records, [], { fromMs: MIDNIGHT, toMs: MIDNIGHT + HOUR }), [
      {
        ...{ fromMs: MIDNIGHT, toMs: MIDNIGHT + HOUR },
        durations: {
          available: 18 * MINUTE,
          unavailable: 5 * MINUTE,
          undetermined: 5 * MINUTE,
          paused: 0,
          gap: 32 * MINUTE,
        },
        checks: { available: 2, unavailable: 1, undetermined: 1 },
        ...{ responseSumMs: 400, responseMaxMs: 300 },
      },
    ]);
  });

  it('has only whole hours, and none that is nothing but gap', () => {
    const records = checksEvery(10 * MINUTE, MIDNIGHT + 30 * MINUTE, 'aaa');
    const hours = rollUpHours(records, [], { fromMs: MIDNIGHT - MINUTE, toMs: MIDNIGHT + 3 * HOUR + MINUTE });
    assert.deepEqual(
      hours.map(({ fromMs }) => (fromMs - MIDNIGHT) / HOUR),
      [0, 1],
    );
    assert.deepEqual(rollUpHours(records, [], { fromMs: MIDNIGHT + 1, toMs: MIDNIGHT + HOUR }), []);
  });

  it('is final when the hour is over: later checks do not change it', () => {
    const records = checksEvery(7 * MINUTE, MIDNIGHT, 'aauaaua?aa..uuaaaaaa');
    const hour = { fromMs: MIDNIGHT + HOUR, toMs: MIDNIGHT + 2 * HOUR };
    const known = records.filter(({ atMs }) => atMs < hour.toMs);
    assert.ok(known.length < records.length);
    assert.deepEqual(rollUpHours(known, [], hour), rollUpHours(records, [], hour));
  });
});

describe('rollUpDays', () => {
  it('adds the hours of a day; missing ones are gap', () => {
    const hours = rollUpHours(checksEvery(HOUR, MIDNIGHT, 'aau...a'), [], day);
    const [sum, ...others] = rollUpDays(hours, day);
    assert.deepEqual(others, []);
    assert.deepEqual(sum, {
      ...day,
      durations: { available: 4 * HOUR, unavailable: 2 * HOUR, undetermined: 0, paused: 0, gap: 18 * HOUR },
      checks: { available: 3, unavailable: 1, undetermined: 0 },
      ...{ responseSumMs: 300, responseMaxMs: 100 },
    });
  });

  it('has only whole days of the range', () => {
    const records = checksEvery(HOUR, MIDNIGHT, 'a'.repeat(72));
    const hours = rollUpHours(records, [], { fromMs: MIDNIGHT, toMs: MIDNIGHT + 3 * DAY });
    const days = rollUpDays(hours, { fromMs: MIDNIGHT + 1, toMs: MIDNIGHT + 3 * DAY - 1 });
    assert.deepEqual(
      days.map(({ fromMs }) => fromMs),
      [MIDNIGHT + DAY],
    );
  });
});

describe('rollups', () => {
  it('give the uptime of the checks, to the millisecond', () => {
    const hours4 = { fromMs: MIDNIGHT, toMs: MIDNIGHT + 4 * HOUR };
    fc.assert(
      fc.property(calendars(MIDNIGHT - HOUR), ({ records, pauses }) => {
        const counted = countSeconds(records, pauses, hours4);
        const hours = rollUpHours(records, pauses, hours4);
        assert.deepEqual(durationsIn(hours, hours4), counted);
        assert.deepEqual(uptimeIn(hours, hours4), uptimeOf(counted));
        assert.deepEqual(durationsIn(rollUpDays(hours, day), day), durationsIn(spansOf(records, pauses, hours4), day));
      }),
    );
  });

  it('begin at UTC boundaries', () => {
    assert.equal(floorTo(HOUR_MS, MIDNIGHT + 1), MIDNIGHT);
    assert.equal(ceilTo(HOUR_MS, MIDNIGHT + 1), MIDNIGHT + HOUR);
    assert.equal(ceilTo(DAY_MS, MIDNIGHT), MIDNIGHT);
  });
});
