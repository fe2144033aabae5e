import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeQuota } from '../../../src/monitor/history/quota-watch.ts';

const NOON = Date.UTC(2026, 0, 15, 12);

/** Which of the responses, by what remains of 100, caused an event. */
function reported(...remaining: (number | null)[]): (number | null)[] {
  let wasLow = false;
  return remaining.filter((count) => {
    const rateLimit = { limit: 100, remaining: count, windowSeconds: 21_600 };
    const { isLow, event } = judgeQuota(wasLow, 'docker.io', rateLimit, NOON);
    wasLow = isLow;
    return event !== undefined;
  });
}

describe('judgeQuota', () => {
  it('has an event when less than a tenth remains', () => {
    const { event } = judgeQuota(false, 'docker.io', { limit: 100, remaining: 9, windowSeconds: null }, NOON);
    assert.deepEqual(
      [event?.event, event?.resource, event?.message],
      ['quota-low', null, 'docker.io allows 9 more of 100 pulls.'],
    );
    assert.deepEqual(reported(11, 10), []);
  });

  it('says it once, and again after the quota has recovered', () => {
    assert.deepEqual(reported(12, 9, 8, 0, 9), [9]);
    assert.deepEqual(reported(9, 11, 9, 15, 8), [9]);
    assert.deepEqual(reported(9, 100, 7), [9, 7]);
  });

  it('changes nothing without figures', () => {
    assert.deepEqual(reported(9, null, 8), [9]);
    assert.deepEqual(judgeQuota(true, 'docker.io', { limit: null, remaining: null, windowSeconds: null }, NOON), {
      isLow: true,
    });
    assert.deepEqual(judgeQuota(false, 'docker.io', { limit: 0, remaining: 0, windowSeconds: null }, NOON), {
      isLow: false,
    });
  });
});
