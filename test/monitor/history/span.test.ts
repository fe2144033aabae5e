import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { noDurations } from '../../../src/monitor/history/duration.ts';
import { type StateSpan, spansOf, type TimeRange } from '../../../src/monitor/history/span.ts';
import { calendars, checkAt, checksEvery, countSeconds, HOUR, MINUTE } from '../../support/check-records.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const hourFrom = (fromMs: number): TimeRange => ({ fromMs, toMs: fromMs + HOUR });

/** `a5 -3`: state and minutes. */
function shown(spans: readonly StateSpan[]): string {
  const letters = { available: 'a', unavailable: 'u', undetermined: '?', paused: 'p', gap: '-' };
  return spans.map(({ state, fromMs, toMs }) => `${letters[state]}${(toMs - fromMs) / MINUTE}`).join(' ');
}

describe('spansOf', () => {
  it('is one gap without checks', () => {
    assert.equal(shown(spansOf([], [], hourFrom(NOON))), '-60');
  });

  it('holds a state from its check to the next one, and joins equal neighbors', () => {
    const records = checksEvery(5 * MINUTE, NOON, 'aaauu?aaaaaa');
    assert.equal(shown(spansOf(records, [], hourFrom(NOON))), 'a15 u10 ?5 a30');
  });

  it('is a gap before the first check', () => {
    const records = checksEvery(5 * MINUTE, NOON + 20 * MINUTE, 'aaaaaaaa');
    assert.equal(shown(spansOf(records, [], hourFrom(NOON))), '-20 a40');
  });

  it('continues what the last check before the range found', () => {
    const records = [checkAt(NOON - 3 * MINUTE, 'unavailable'), checkAt(NOON + 2 * MINUTE, 'available')];
    assert.equal(shown(spansOf(records, [], { fromMs: NOON, toMs: NOON + 4 * MINUTE })), 'u2 a2');
  });

  it('holds a state for two intervals at most: sleep, a stopped monitor, a removed resource', () => {
    const records = [...checksEvery(5 * MINUTE, NOON, 'aa'), checkAt(NOON + 40 * MINUTE, 'available')];
    assert.equal(shown(spansOf(records, [], hourFrom(NOON))), 'a15 -25 a10 -10');
  });

  it('has no gap when a restart is shorter than two intervals', () => {
    const records = [checkAt(NOON, 'available'), checkAt(NOON + 9 * MINUTE, 'available')];
    assert.equal(shown(spansOf(records, [], { fromMs: NOON, toMs: NOON + 12 * MINUTE })), 'a12');
  });

  it('measures each gap by the interval in force at the check', () => {
    const records = [
      checkAt(NOON, 'available', { intervalMs: MINUTE }),
      checkAt(NOON + 10 * MINUTE, 'available', { intervalMs: 10 * MINUTE }),
    ];
    assert.equal(shown(spansOf(records, [], hourFrom(NOON))), 'a2 -8 a20 -30');
  });

  it('shows a pause, whatever the checks say', () => {
    const records = checksEvery(5 * MINUTE, NOON, 'aaau');
    const pauses = [{ fromMs: NOON + 7 * MINUTE, toMs: NOON + 12 * MINUTE }];
    assert.equal(shown(spansOf(records, pauses, hourFrom(NOON))), 'a7 p5 a3 u10 -35');
  });

  it('shows a pause that covers a gap, that overlaps another, that has no end', () => {
    const pauses = [
      { fromMs: NOON + 20 * MINUTE, toMs: NOON + 30 * MINUTE },
      { fromMs: NOON - HOUR, toMs: NOON + 5 * MINUTE },
      { fromMs: NOON + 25 * MINUTE, toMs: NOON + 40 * MINUTE },
      { fromMs: NOON + 50 * MINUTE, toMs: Number.POSITIVE_INFINITY },
    ];
    assert.equal(shown(spansOf([], pauses, hourFrom(NOON))), 'p5 -15 p20 -10 p10');
  });

  it('ignores checks after the range: a clock that was ahead', () => {
    const records = [checkAt(NOON, 'available'), checkAt(NOON + 24 * HOUR, 'unavailable')];
    assert.equal(shown(spansOf(records, [], hourFrom(NOON))), 'a10 -50');
  });

  it('has 23 and 25 hours in the days when the clocks change, like any other hours', () => {
    const march = { fromMs: Date.parse('2026-03-29T00:00+01:00'), toMs: Date.parse('2026-03-30T00:00+02:00') };
    const october = { fromMs: Date.parse('2026-10-25T00:00+02:00'), toMs: Date.parse('2026-10-26T00:00+01:00') };
    const hourly = (fromMs: number) => checksEvery(HOUR, fromMs, 'a'.repeat(30));
    assert.equal(shown(spansOf(hourly(march.fromMs), [], march)), `a${23 * 60}`);
    assert.equal(shown(spansOf(hourly(october.fromMs), [], october)), `a${25 * 60}`);
  });

  it('agrees with counting every second', () => {
    const range = { fromMs: NOON, toMs: NOON + 4 * HOUR };
    fc.assert(
      fc.property(calendars(NOON - HOUR), ({ records, pauses }) => {
        const spans = spansOf(records, pauses, range);
        const sums = noDurations();
        for (const { state, fromMs, toMs } of spans) sums[state] += toMs - fromMs;
        assert.deepEqual(sums, countSeconds(records, pauses, range));
      }),
    );
  });

  it('covers every moment of the range exactly once, in order', () => {
    fc.assert(
      fc.property(calendars(NOON - HOUR), fc.integer({ min: 1, max: 5 * HOUR }), ({ records, pauses }, length) => {
        const spans = spansOf(records, pauses, { fromMs: NOON, toMs: NOON + length });
        assert.equal(spans[0]?.fromMs, NOON);
        assert.equal(spans.at(-1)?.toMs, NOON + length);
        for (const [index, span] of spans.slice(1).entries()) {
          assert.equal(span.fromMs, spans[index]?.toMs);
          assert.notEqual(span.state, spans[index]?.state);
        }
        assert.ok(spans.every(({ fromMs, toMs }) => fromMs < toMs));
      }),
    );
  });
});
