// Writes the parts of the pages that are generated from the code: the test of them does it.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const test = fileURLToPath(new URL('test.js', import.meta.url));
execFileSync(process.execPath, [test, 'docs/generated'], {
  env: { ...process.env, UPDATE_DOCS: '1' },
  stdio: 'inherit',
});
