import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { createRunTally } from '../../src/cli/run-tally.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { pullableResult } from '../support/results.ts';

const POLICY = { expect: 'present', warnOn: [] } as const;

describe('the progress of a run', () => {
  it('shows the first image without a result', async () => {
    const run = createRunTally(POLICY, createFakeClock(), 0);
    const targets = ['a', 'b', 'c'].map((text) => ({ text, foundAt: [] }));
    for await (const _ of run.watch(Readable.from(targets)));
    assert.deepEqual([run.progress().done, run.progress().total, run.progress().slowest], [0, 3, 'a']);
    run.add(pullableResult());
    assert.deepEqual([run.progress().done, run.progress().total, run.progress().slowest], [1, 3, 'b']);
    run.add(pullableResult());
    run.add(pullableResult());
    assert.deepEqual([run.progress().done, run.progress().total, run.progress().slowest], [3, 3, undefined]);
  });

  it('names the host with the longest pause, until it is over', async () => {
    const clock = createFakeClock();
    const run = createRunTally(POLICY, clock, 2);
    assert.equal(run.progress().pause, undefined);
    run.pause({ host: 'a.example', untilMs: clock.now() + 5000 });
    run.pause({ host: 'b.example', untilMs: clock.now() + 12_000 });
    assert.deepEqual(run.progress().pause, { host: 'b.example', leftMs: 12_000 });
    await clock.sleep(11_000, new AbortController().signal);
    assert.deepEqual(run.progress().pause, { host: 'b.example', leftMs: 1000 });
    await clock.sleep(1000, new AbortController().signal);
    assert.equal(run.progress().pause, undefined);
  });
});
