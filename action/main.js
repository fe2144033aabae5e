// The GitHub Action: turns its inputs into the command line of `kairos-pull check` and runs it in this process, so that
// exit code, signals, annotations, summary and outputs are those of the command.

import { existsSync } from 'node:fs';

const linesOf = (name) => inputOf(name).split(/\r?\n/).map(trim).filter(Boolean);
const wordsOf = (name) => inputOf(name).split(/\s+/).filter(Boolean);
const inputOf = (name) => process.env[`INPUT_${name.toUpperCase()}`] ?? '';
const trim = (text) => text.trim();

if (existsSync(new URL('../dist/command/main.cjs', import.meta.url))) {
  process.argv.splice(
    2,
    Number.POSITIVE_INFINITY,
    'check',
    '--output=text',
    '--output=github',
    ...wordsOf('platform').map((platform) => `--platform=${platform}`),
    ...wordsOf('proof').map((proof) => `--proof=${proof}`),
    ...linesOf('files').map((file) => `--file=${file}`),
    ...wordsOf('args'),
    // Everything after it is an image, even with a leading dash.
    '--',
    ...wordsOf('images'),
  );
  await import('../bin/kairos-pull.js');
} else {
  // GitHub reads commands from standard output.
  console.log(
    '::error title=kairos-pull is not built::This checkout of kairos-pull has no dist/. Use a release, ' +
      'or run "npm ci" in the checkout in a step before this one; docs/pipelines.md shows how.',
  );
  process.exitCode = 70;
}
