import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatProgress } from '../../src/report/progress.ts';

const progress = { done: 12, total: 40, failed: 2, slowest: 'quay.io/org/x:1', elapsedMs: 8900 };

describe('formatProgress', () => {
  it('shows the number of checked and failed images, and the slowest one', () => {
    assert.equal(formatProgress(progress, 80), '12/40 checked, 2 failed · 8 s · waiting for quay.io/org/x:1');
    assert.equal(
      formatProgress({ ...progress, elapsedMs: 999 }, 80),
      '12/40 checked, 2 failed · waiting for quay.io/org/x:1',
    );
    assert.equal(formatProgress({ done: 0, total: 3, failed: 0, elapsedMs: 0 }, 80), '0/3 checked');
  });

  it('fits the width: drops the time, then the host of the name, then the name', () => {
    assert.equal(formatProgress(progress, 55), '12/40 checked, 2 failed · waiting for quay.io/org/x:1');
    assert.equal(formatProgress(progress, 50), '12/40 checked, 2 failed · waiting for …/org/x:1');
    assert.equal(formatProgress(progress, 45), '12/40 checked, 2 failed · 8 s');
    assert.equal(formatProgress(progress, 13), '12/40 checked');
  });

  it('uses ASCII if nothing else is safe', () =>
    assert.equal(formatProgress(progress, 50, false), '12/40 checked, 2 failed - waiting for .../org/x:1'));

  it('shows which host is rate limiting and the seconds left', () => {
    const paused = { ...progress, pause: { host: 'registry.example', leftMs: 11_200 } };
    assert.equal(
      formatProgress(paused, 80),
      '12/40 checked, 2 failed · registry.example is rate limiting; resuming in 12 s',
    );
    assert.equal(formatProgress(paused, 30), '12/40 checked, 2 failed · regi');
  });
});
