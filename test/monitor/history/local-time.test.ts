import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  faceMs,
  isTimeZone,
  type LocalTime,
  parseLocalTime,
  parseTimeOfDay,
  toLocal,
  toUtc,
} from '../../../src/monitor/history/local-time.ts';

function local(text: string): LocalTime {
  const parsed = parseLocalTime(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}
const utc = (text: string, timeZone: string) => new Date(toUtc(local(text), timeZone)).toISOString().slice(0, 16);

describe('toUtc', () => {
  it('uses the offset of the date', () => {
    assert.equal(utc('2026-12-01T22:00', 'Europe/Berlin'), '2026-12-01T21:00');
    assert.equal(utc('2026-07-01T22:00', 'Europe/Berlin'), '2026-07-01T20:00');
    assert.equal(utc('2026-07-01T22:00', 'UTC'), '2026-07-01T22:00');
    assert.equal(utc('2026-01-01T00:15', 'Asia/Kathmandu'), '2025-12-31T18:30');
    assert.equal(utc('2026-01-01T00:00', 'Pacific/Kiritimati'), '2025-12-31T10:00');
    assert.equal(utc('2026-01-01T00:00', 'Pacific/Pago_Pago'), '2026-01-01T11:00');
  });

  it('moves a time that does not occur by the length of the gap', () => {
    assert.equal(utc('2026-03-29T01:59', 'Europe/Berlin'), '2026-03-29T00:59');
    assert.equal(utc('2026-03-29T02:30', 'Europe/Berlin'), '2026-03-29T01:30');
    assert.equal(utc('2026-03-29T03:00', 'Europe/Berlin'), '2026-03-29T01:00');
    assert.equal(utc('2026-03-08T02:30', 'America/New_York'), '2026-03-08T07:30');
    assert.equal(utc('2026-10-04T02:15', 'Australia/Lord_Howe'), '2026-10-03T15:45');
  });

  it('takes the first of two', () => {
    assert.equal(utc('2026-10-25T02:30', 'Europe/Berlin'), '2026-10-25T00:30');
    assert.equal(utc('2026-10-25T03:00', 'Europe/Berlin'), '2026-10-25T02:00');
    assert.equal(utc('2026-11-01T01:30', 'America/New_York'), '2026-11-01T05:30');
    assert.equal(utc('2026-04-05T01:45', 'Australia/Lord_Howe'), '2026-04-04T14:45');
  });

  it('is the inverse of toLocal, but for the second of two', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Tehran', 'America/St_Johns'];
    const minutes = fc.integer({ min: Date.UTC(2025, 0) / 60_000, max: Date.UTC(2028, 0) / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minutes, (zone, minute) => {
        const timeMs = minute * 60_000;
        const shown = toLocal(timeMs, zone);
        const back = toUtc(shown, zone);
        assert.ok(back === timeMs || (back < timeMs && faceMs(toLocal(back, zone)) === faceMs(shown)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseLocalTime', () => {
  it('reads date and time', () => {
    assert.deepEqual(local('2026-12-01T22:05'), { year: 2026, month: 12, day: 1, minutes: 22 * 60 + 5 });
    assert.deepEqual(local('2028-02-29 00:00'), { year: 2028, month: 2, day: 29, minutes: 0 });
  });

  it('refuses everything else', () => {
    for (const text of ['', '2026-12-01', '2026-12-01T24:00', '2026-12-01T22:60', '2026-12-01T22:00Z', '1-1-1T1:1']) {
      assert.deepEqual(parseLocalTime(text), { ok: false, error: 'use a time such as 2026-12-01T22:00' });
    }
    for (const text of ['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31']) {
      assert.deepEqual(parseLocalTime(`${text}T10:00`), { ok: false, error: `${text} is not a date` });
    }
  });
});

describe('parseTimeOfDay', () => {
  it('reads minutes since midnight', () => {
    assert.deepEqual(
      ['00:00', '22:30', '24:00'].map(parseTimeOfDay).map((parsed) => parsed.ok && parsed.value),
      [0, 1350, 1440],
    );
    for (const text of ['', '9:00', '24:01', '12:60', '12:00:00']) assert.equal(parseTimeOfDay(text).ok, false);
  });
});

describe('isTimeZone', () => {
  it('knows the names of the IANA database', () => {
    assert.deepEqual(['Europe/Berlin', 'UTC', 'Europe/Atlantis', ''].map(isTimeZone), [true, true, false, false]);
  });
});
