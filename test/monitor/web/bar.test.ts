import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noDurations } from '../../../src/monitor/history/duration.ts';
import type { SpanState } from '../../../src/monitor/history/span.ts';
import type { Bucket } from '../../../src/monitor/history/timeline.ts';
import { barImage, describeBar } from '../../../src/monitor/web/bar.ts';

function bucket(...states: readonly SpanState[]): Bucket {
  const durations = noDurations();
  for (const state of states) durations[state] += 1000;
  return { fromMs: 0, toMs: 1000 * states.length, durations };
}

describe('the bar', () => {
  it('draws each run of a state once, at the height of its state; the worst of a bucket wins', () => {
    const buckets = [
      bucket('available'),
      bucket('available', 'gap'),
      bucket('available', 'unavailable'),
      bucket('undetermined', 'available'),
      bucket('gap'),
      bucket('paused'),
      bucket('available'),
    ];
    assert.equal(
      String(barImage(buckets, 'words')),
      '<svg class="bar" role="img" aria-label="words" viewBox="0 0 34 26" preserveAspectRatio="none">' +
        '<path class="unavailable" d="M10 13h4"/><path class="undetermined" d="M15 17.5h4"/>' +
        '<path class="available" d="M0 13h9M30 13h4"/><path class="none" d="M20 21h9"/></svg>',
    );
  });

  it('has the same in words', () => {
    const buckets = [bucket('available'), bucket('unavailable'), bucket('undetermined'), bucket('gap')];
    assert.equal(
      describeBar(buckets, '7d'),
      '7 days: 50 % available; of 4 parts 1 unavailable, 1 cannot tell, 1 not watched',
    );
    assert.equal(describeBar([bucket('available')], '24h'), '24 hours: 100 % available');
    assert.equal(describeBar([bucket('gap')], '24h'), '24 hours: no data; of 1 parts 1 not watched');
  });
});
