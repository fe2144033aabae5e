// Whatever reads text of others ends soon with 200 KB of the worst for it: its work grows with the text, and not with
// the square of it. What takes seconds of a processor here takes hours with the megabytes that are read.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Step } from '../support/worst-run.ts';

const LENGTH = 200_000;
const SHARES = 8;
/** Of the processor. The slowest needs half a second; what takes the square of the length takes five at least. */
const MOST_CPU_MS = 3000;
/** Without a sign of life from a child; it is killed then. */
const PATIENCE_MS = 120_000;

const PROGRAM = fileURLToPath(new URL('../support/worst-run.js', import.meta.url));

/** What went wrong in one share of all pairs of a reader and a text. */
async function run(share: number): Promise<{ readonly pairs: number; readonly wrong: readonly string[] }> {
  const child = spawn(process.execPath, [PROGRAM, LENGTH, share, SHARES].map(String), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const wrong: string[] = [];
  let pairs = 0;
  let last = 'the start';
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    patience.refresh();
    const step = JSON.parse(line) as Step;
    last = step.pair;
    if (!('cpuMs' in step)) continue;
    pairs += 1;
    if (step.error !== undefined) wrong.push(`${step.pair} throws: ${step.error}`);
    if (step.cpuMs > MOST_CPU_MS) wrong.push(`${step.pair} takes ${Math.round(step.cpuMs)} ms of the processor`);
  }
  clearTimeout(patience);
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== 0) wrong.push(`it ended with ${child.exitCode ?? child.signalCode} in: ${last}\n${errors}`);
  else if (errors !== '') wrong.push(`it writes to standard error: ${errors}`);
  return { pairs, wrong };
}

describe('the worst texts', { concurrency: 2 }, () => {
  for (let share = 0; share < SHARES; share += 1) {
    it(`are read soon and without a word, part ${share + 1} of ${SHARES}`, async () => {
      const { pairs, wrong } = await run(share);
      assert.deepEqual(wrong, []);
      assert.ok(pairs > 300, `only ${pairs} pairs`);
    });
  }
});
