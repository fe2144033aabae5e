import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runOnce } from '../../../src/monitor/schedule/run-once.ts';

const checks = (count: number, host: string) =>
  Array.from({ length: count }, (_, index) => ({ id: `${host}${index}`, host }));
const outcome = { state: 'available', isReachable: true } as const;

describe('runOnce', () => {
  it('runs every check once, in order, within the limits', async () => {
    const started: string[] = [];
    let running = 0;
    let most = 0;
    const run = async (id: string) => {
      started.push(id);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return outcome;
    };
    await runOnce([...checks(20, 'a'), ...checks(3, 'b')], run, { total: 5, perHost: 3 });
    assert.deepEqual([...started].sort(), [...checks(20, 'a'), ...checks(3, 'b')].map(({ id }) => id).sort());
    assert.deepEqual(started.slice(0, 5), ['a0', 'a1', 'a2', 'b0', 'b1']);
    assert.equal(most, 5);
  });

  it('ends without checks', async () => {
    await runOnce([], async () => outcome);
  });

  it('rejects with the first error, and starts nothing more', async () => {
    const started: string[] = [];
    const run = async (id: string) => {
      started.push(id);
      if (id === 'a1') throw new Error('bug');
      return outcome;
    };
    await assert.rejects(runOnce(checks(9, 'a'), run, { total: 2, perHost: 2 }), /bug/);
    assert.deepEqual(started, ['a0', 'a1']);
  });
});
