import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { missedSlots, slotAfter, slotsOf } from '../../../src/monitor/schedule/slot.ts';

const MINUTE = 60_000;
const ORIGIN = Date.UTC(2026, 0, 15, 12, 34, 56, 789);

describe('slotsOf', () => {
  it('has the same times after a restart', () => {
    const before = slotsOf('app', 5 * MINUTE, ORIGIN);
    const after = slotsOf('app', 5 * MINUTE, ORIGIN + 98_765);
    assert.equal((ORIGIN + before.phaseMs) % (5 * MINUTE), (ORIGIN + 98_765 + after.phaseMs) % (5 * MINUTE));
  });

  it('spreads resources over the interval', () => {
    const seconds = new Array(60).fill(0);
    for (let index = 0; index < 6_000; index += 1) {
      seconds[Math.floor(slotsOf(`image-${index}`, MINUTE, ORIGIN).phaseMs / 1000)] += 1;
    }
    assert.ok(Math.min(...seconds) > 50 && Math.max(...seconds) < 150, seconds.join(' '));
  });

  it('has a phase within the interval', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 10_000, max: 10 ** 9 }),
        fc.double({ min: 0, max: 1e13, noNaN: true }),
        (...args) => {
          const { phaseMs, intervalMs } = slotsOf(...args);
          assert.ok(phaseMs >= 0 && phaseMs < intervalMs);
        },
      ),
    );
  });
});

describe('slotAfter', () => {
  const slots = { intervalMs: 100, phaseMs: 30 };

  it('is the first slot at least half an interval later', () => {
    assert.equal(slotAfter(slots, 30), 130);
    assert.equal(slotAfter(slots, 40), 130);
    assert.equal(slotAfter(slots, 80), 130);
    assert.equal(slotAfter(slots, 81), 230);
    assert.equal(slotAfter(slots, -1_000), -870);
  });

  it('is never more than one and a half intervals later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 10 ** 8 }), fc.nat(), fc.nat(), (intervalMs, phase, startMs) => {
        const distance = slotAfter({ intervalMs, phaseMs: phase % intervalMs }, startMs) - startMs;
        assert.ok(distance >= intervalMs / 2 && distance < 1.5 * intervalMs);
      }),
    );
  });
});

describe('missedSlots', () => {
  it('counts all slots but the first', () => {
    const slots = { intervalMs: 100, phaseMs: 0 };
    assert.deepEqual(
      [50, 100, 199, 200, 450].map((nowMs) => missedSlots(slots, 100, nowMs)),
      [0, 0, 0, 1, 3],
    );
  });
});
