// Feeds parsers, formatters and reports with made-up inputs: a million of them, unless told otherwise.
//   npm run fuzz                                   everything, with a new seed, which is printed
//   npm run fuzz -- manifest report-               only targets whose name holds one of the words
//   npm run fuzz -- --runs 50000 --seconds 60      so many inputs, and no longer than that
//   npm run fuzz -- --seed 7 --only 4711 manifest  one input again

import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const build = 'build-fuzz';
rmSync(`${root}${build}`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '--outDir', build], { cwd: root, stdio: 'inherit' });

const main = `${root}${build}/test/fuzz/main.js`;
const { status } = spawnSync(process.execPath, [main, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
