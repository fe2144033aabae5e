import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  noDurations,
  type StateDurations,
  sumDurations,
  totalOf,
  uptimeOf,
  wholeSeconds,
  worstOf,
} from '../../../src/monitor/history/duration.ts';

const durations = (fields: Partial<StateDurations>): StateDurations => ({ ...noDurations(), ...fields });

describe('uptimeOf', () => {
  it('weighs by time, and ignores what is not definite', () => {
    const uptime = uptimeOf(
      durations({ available: 9_000, unavailable: 1_000, undetermined: 5_000, paused: 4_000, gap: 1_000 }),
    );
    assert.deepEqual(uptime, { availableRatio: 0.9, knownRatio: 0.5 });
  });

  it('is 0 or 1 only if everything known is', () => {
    assert.equal(uptimeOf(durations({ unavailable: 1, gap: 9 })).availableRatio, 0);
    assert.equal(uptimeOf(durations({ available: 1, undetermined: 9 })).availableRatio, 1);
  });

  it('is null without a definite second, never 0 or 1', () => {
    const nothing = { availableRatio: null, knownRatio: null };
    assert.deepEqual(uptimeOf(durations({})), nothing);
    assert.deepEqual(uptimeOf(durations({ gap: 10 })), nothing);
    assert.deepEqual(uptimeOf(durations({ undetermined: 10, paused: 5 })), nothing);
  });
});

describe('worstOf', () => {
  it('is the worst state that occurs, and its share', () => {
    assert.deepEqual(worstOf(durations({ unavailable: 1, available: 3 })), { state: 'unavailable', share: 0.25 });
    assert.deepEqual(worstOf(durations({ undetermined: 2, available: 2 })), { state: 'undetermined', share: 0.5 });
    assert.deepEqual(worstOf(durations({ available: 1, gap: 3 })), { state: 'available', share: 0.25 });
    assert.deepEqual(worstOf(durations({ paused: 1, gap: 3 })), { state: 'paused', share: 0.25 });
    assert.deepEqual(worstOf(durations({ gap: 3 })), { state: 'gap', share: 1 });
    assert.deepEqual(worstOf(durations({})), { state: 'gap', share: 0 });
  });
});

describe('wholeSeconds', () => {
  it('gives the remaining seconds to the largest fractions', () => {
    assert.deepEqual(
      wholeSeconds(durations({ available: 1_600, unavailable: 1_700, gap: 700 })),
      durations({ available: 1, unavailable: 2, gap: 1 }),
    );
  });

  it('adds up to the range, and moves no state by a second', () => {
    const part = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(part, part, part, part, (available, unavailable, undetermined, paused) => {
        const sum = available + unavailable + undetermined + paused;
        const exact = { available, unavailable, undetermined, paused, gap: Math.ceil(sum / 1000) * 1000 - sum };
        const seconds = wholeSeconds(exact);
        assert.equal(totalOf(seconds), totalOf(exact) / 1000);
        for (const [state, value] of Object.entries(seconds)) {
          assert.ok(Math.abs(value * 1000 - exact[state as keyof typeof exact]) < 1000);
        }
      }),
    );
  });
});

describe('sumDurations', () => {
  it('adds state by state', () => {
    const sum = sumDurations([durations({ available: 1, gap: 2 }), durations({ available: 3, paused: 4 })]);
    assert.deepEqual(sum, durations({ available: 4, paused: 4, gap: 2 }));
  });
});
