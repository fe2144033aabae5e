import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { systemClock } from '../../src/core/clock.ts';

/** Node fires a timer of more milliseconds after one. */
const LONGEST_MS = 2 ** 31 - 1;

describe('the clock of the system', () => {
  it('never asks for a timer that Node would fire too early', async () => {
    const durations: unknown[] = [];
    const mocked = mock.method(globalThis, 'setTimeout', (_: unknown, durationMs: unknown) => {
      durations.push(durationMs);
    });
    const controller = new AbortController();
    const slept = systemClock.sleep(1e12, controller.signal);
    systemClock.startTimer(1e12, () => undefined);
    mocked.mock.restore();
    controller.abort();
    await assert.rejects(slept);
    assert.deepEqual(durations, [LONGEST_MS, LONGEST_MS]);
  });

  it('rejects a sleep with the reason of the signal, before and after it began', async () => {
    const reason = new Error('enough');
    await assert.rejects(systemClock.sleep(1000, AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const slept = systemClock.sleep(100_000, controller.signal);
    controller.abort(reason);
    await assert.rejects(slept, reason);
  });

  it('measures time that passes, whatever the clock of the machine shows', () => {
    const mocked = mock.method(Date, 'now', () => 0);
    const before = systemClock.elapsed();
    const after = systemClock.elapsed();
    mocked.mock.restore();
    assert.ok(before > 0 && after >= before);
  });
});
