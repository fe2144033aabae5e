// Interrupts the built command at random moments, while it asks registries, reads files and waits for logins: each time
// it must end with 130, leave a whole document, and leave nothing running. Then the long proofs of the monitor: killed
// fifty times without losing what it has shown, and a simulated year of which every second is accounted for. Linux only.
//   npm run soak                              200 interruptions of a command that is up, 40 of one that is starting
//   npm run soak -- --runs 50 --seed 7 wait   so many, with that seed, in one scene
//   npm run soak -- --seed 7 --only 12        one of them again
//   npm run soak -- monitor-kill --kills 50   a monitor that is killed, and no interruptions
//   npm run soak -- monitor-year --resources 200 --days 365
//   npm run soak -- monitor-cluster --resources 1000 --seconds 300   workers killed and frozen, the database stopped
//   npm run soak -- monitor-stores --resources 10000   how long SQLite and PostgreSQL take
//   npm run soak -- shards --references 100000   ten shards, merged, against one run

import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const build = 'build-soak';
rmSync(`${root}${build}`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '--outDir', build], { cwd: root, stdio: 'inherit' });

const main = `${root}${build}/test/soak/main.js`;
const { status } = spawnSync(process.execPath, ['--expose-gc', main, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
