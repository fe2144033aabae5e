// Makes docs/monitor.png with Debian's Chromium, from the double of a monitor that the tests use.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });

run(`${root}scripts/build.js`);
run(`${root}node_modules/typescript/bin/tsc`, '--outDir', 'build');
run(`${root}build/test/browser/screenshot.js`, `${root}docs/monitor.png`);
