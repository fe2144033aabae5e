import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFarAhead, recordTime } from '../../../src/monitor/history/record-time.ts';
import { spansOf } from '../../../src/monitor/history/span.ts';
import { durationsIn } from '../../../src/monitor/history/timeline.ts';
import { checkAt, HOUR, MINUTE } from '../../support/check-records.ts';

const NOON = Date.UTC(2026, 0, 15, 12);

describe('recordTime', () => {
  it('is the time of the clock', () => {
    assert.equal(recordTime(NOON, null), NOON);
    assert.equal(recordTime(NOON, NOON - 1), NOON);
  });

  it('never repeats a time', () => {
    assert.equal(recordTime(NOON, NOON), NOON + 1);
  });

  it('follows the previous record while the clock is behind', () => {
    assert.equal(recordTime(NOON - HOUR, NOON), NOON + 1);
  });

  it('believes the clock when the previous record is more than three hours ahead', () => {
    assert.equal(recordTime(NOON, NOON + 3 * HOUR + 1), NOON);
    assert.equal(recordTime(NOON, NOON + 3 * HOUR), NOON + 3 * HOUR + 1);
    assert.deepEqual([isFarAhead(NOON + 3 * HOUR + 1, NOON), isFarAhead(NOON + 3 * HOUR, NOON)], [true, false]);
  });

  it('counts no second twice when the clock is set back by an hour', () => {
    const clock = [0, 5, 10, -50, -45, -40, -35, -30, -25, -20, -15, -10, -5, 0, 5, 10, 15, 20];
    let previous: number | null = null;
    const records = clock.map((minutes, index) => {
      previous = recordTime(NOON + minutes * MINUTE, previous);
      return checkAt(previous, index === 5 ? 'unavailable' : 'available');
    });
    const range = { fromMs: NOON, toMs: NOON + 25 * MINUTE };
    assert.deepEqual(durationsIn(spansOf(records, [], range), range), {
      ...{ available: 25 * MINUTE - 1, unavailable: 1, undetermined: 0, paused: 0, gap: 0 },
    });
  });

  it('keeps the history when a machine starts with the clock of 1970', () => {
    const records = [
      checkAt(recordTime(60_000, NOON), 'unavailable'),
      checkAt(NOON - MINUTE, 'available'),
      checkAt(NOON, 'available'),
      checkAt(recordTime(NOON + 5 * MINUTE, 60_000), 'available'),
    ];
    assert.equal(records[0]?.atMs, 60_000);
    const range = { fromMs: NOON, toMs: NOON + 10 * MINUTE };
    assert.equal(durationsIn(spansOf(records, [], range), range).available, 10 * MINUTE);
  });
});
