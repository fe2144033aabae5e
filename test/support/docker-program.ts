// A program called docker, for the PATH of a test: hints name the commands that are there. It cannot be run.

import { chmodSync } from 'node:fs';
import { once } from '../../src/core/once.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** The directory it is in; removed when the process ends. */
export const dockerFolder = once((): string => {
  const folder = createTemporaryFolder();
  chmodSync(folder.write('docker', '#!/bin/sh\nexit 1\n'), 0o755);
  process.once('exit', () => folder[Symbol.dispose]());
  return folder.path;
});
