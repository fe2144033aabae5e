// Whatever reads text of others ends soon with 100 KB of the worst for it: its work grows with the text, and not with
// the square of it. What takes seconds of a processor here takes hours with the megabytes that are read.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runWorstTexts } from '../support/run-worst-texts.ts';

const SHARES = 8;

describe('the worst texts', { concurrency: 2 }, () => {
  for (let share = 0; share < SHARES; share += 1) {
    it(`are read soon and without a word, part ${share + 1} of ${SHARES}`, async () => {
      const { pairs, wrong } = await runWorstTexts(share, SHARES);
      assert.deepEqual(wrong, []);
      assert.ok(pairs > 300, `only ${pairs} pairs`);
    });
  }
});
