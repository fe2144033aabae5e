// The short form of `npm run soak`: each scene once, interrupted as soon as the command is up.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PROGRAM } from '../support/process.ts';
import { requireLinux, requirePrograms } from '../support/require-programs.ts';
import { interrupt } from './interrupt.ts';
import { SCENES } from './scene.ts';

const skip = requireLinux() || requirePrograms('mkfifo');

describe('an interruption leaves a whole document and nothing running, in the scene', { skip, concurrency: 2 }, () => {
  const program = [process.execPath, PROGRAM];
  for (const [index, scene] of Object.keys(SCENES).entries()) {
    it(scene, async () => {
      const ended = await interrupt({ program, seed: 1, index, names: [scene], early: false, maxDelayMs: 0 });
      assert.deepEqual(ended.problems, [], `${ended.signal}`);
    });
  }
});
