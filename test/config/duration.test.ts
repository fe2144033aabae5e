import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { missingUnit, parseDuration, parsePeriod } from '../../src/config/duration.ts';

describe('parseDuration', () => {
  const durations: readonly (readonly [string, number])[] = [
    ['500ms', 500],
    ['5s', 5000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1.5s', 1500],
    ['1m30s', 90_000],
    ['0s', 0],
    ['0', 0],
    ['00.0', 0],
    ['596h', 2_145_600_000],
  ];
  for (const [text, durationMs] of durations) {
    it(`reads ${text}`, () => assert.deepEqual(parseDuration(text), { ok: true, value: durationMs }));
  }

  const refusals: readonly (readonly [string, string])[] = [
    ['30', '"30" is missing a unit; use 30s for seconds.'],
    ['5 s', '"5 s" is not a duration; use a number with a unit, for example 500ms, 30s, 2m or 1h.'],
    ['-5s', '"-5s" is not a duration; use a number with a unit, for example 500ms, 30s, 2m or 1h.'],
    ['1d', '"1d" is not a duration; use a number with a unit, for example 500ms, 30s, 2m or 1h.'],
    ['', '"" is not a duration; use a number with a unit, for example 500ms, 30s, 2m or 1h.'],
    ['597h', '"597h" is too long; the maximum is 596h.'],
  ];
  for (const [text, error] of refusals) {
    it(`rejects "${text}"`, () => assert.deepEqual(parseDuration(text), { ok: false, error }));
  }

  it('never advises a duration of nothing', () => {
    assert.equal(missingUnit('0'), '"0" is missing a unit; use for example 30s.');
    assert.deepEqual(parsePeriod('0', '5s', '1h'), { ok: false, error: '"0" is too short; the minimum is 5s.' });
  });

  it('parses any number of units', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.constantFrom('ms', 's', 'm', 'h'), (count, unit) => {
        const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit] ?? 0;
        assert.deepEqual(parseDuration(`${count}${unit}`), { ok: true, value: count * unitMs });
      }),
    );
  });

  it('never throws, and never exceeds the range of a timer', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const duration = parseDuration(text);
        assert.ok(!duration.ok || (duration.value >= 0 && duration.value < 2 ** 31));
      }),
    );
  });
});
