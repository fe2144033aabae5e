// The images of files and directories, as the command collects them, without an environment and without options.

import assert from 'node:assert/strict';
import { collect } from '../../src/input/collect.ts';

export const collectFiles = (files: readonly string[]): ReturnType<typeof collect> =>
  collect({
    images: [],
    files,
    stdin: () => assert.fail(),
    signal: new AbortController().signal,
    nowMs: 0,
    env: {},
    buildArgs: {},
    profiles: [],
  });
