// Compiles src and test into build/, builds dist/ and runs the test files that match the arguments (all without any).
//   npm test                    everything
//   npm test -- core auth/token only files whose path holds one of the words
//   npm test -- -integration    all but those whose path holds the word
// With KAIROS_PULL_REQUIRE_PROGRAMS=1 a skipped test is a failure, whatever its reason.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unwanted = process.argv.slice(2).flatMap((word) => (word.startsWith('-') ? word.slice(1) : []));

// Some tests run the command of dist/: a stale one would prove nothing.
// KAIROS_PULL_TEST_BUILD lets two runs in one checkout keep out of each other's way; the second one leaves dist/ alone.
if (process.env.KAIROS_PULL_TEST_BUILD === undefined) {
  execFileSync(process.execPath, [`${root}scripts/build.js`], { cwd: root, stdio: 'inherit' });
}
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
  const reports = mkdtempSync(join(tmpdir(), 'kairos-pull-skipped-'));
  const list = join(reports, 'skipped');
  const options = [
    '--test',
    // Node leaves one processor free; most files wait more than they compute.
    `--test-concurrency=${availableParallelism()}`,
    // A file that waits for what never comes fails, and says where it was.
    '--test-timeout=900000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    '--test-reporter=./scripts/list-skipped.cjs',
    `--test-reporter-destination=${list}`,
  ];
  const { status } = spawnSync(process.execPath, [...options, ...files], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
  const skipped = readFileSync(list, 'utf8');
  rmSync(reports, { recursive: true });
  if (skipped !== '' && process.env.KAIROS_PULL_REQUIRE_PROGRAMS === '1') {
    console.error(`KAIROS_PULL_REQUIRE_PROGRAMS=1, and these tests were skipped:\n${skipped}`);
    process.exitCode ||= 1;
  }
}
