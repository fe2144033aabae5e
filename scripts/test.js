// Compiles src and test into build/ and runs the test files that match the arguments (all without any).
//   npm test                    everything
//   npm test -- core auth/token only files whose path holds one of the words
//   npm test -- -integration    all but those whose path holds the word

import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unwanted = process.argv.slice(2).flatMap((word) => (word.startsWith('-') ? word.slice(1) : []));

// KAIROS_PULL_TEST_BUILD lets two runs in one checkout keep out of each other's way.
const build = process.env.KAIROS_PULL_TEST_BUILD ?? 'build';
rmSync(`${root}${build}`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '--outDir', build], { cwd: root, stdio: 'inherit' });

const files = readdirSync(`${root}${build}/test`, { recursive: true })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .filter((file) => !unwanted.some((word) => file.includes(word)))
  .map((file) => `${build}/test/${file}`)
  .sort();
if (files.length === 0) {
  console.error(`no test file matches: ${process.argv.slice(2).join(' ')}`);
  process.exitCode = 1;
} else {
  const { status } = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
