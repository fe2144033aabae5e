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
  annotateEarlyEnd();
  await import('../bin/kairos-pull.js');
} else {
  // GitHub reads commands from standard output.
  console.log(
    '::error title=kairos-pull is not built::This checkout of kairos-pull has no dist/. Use a release, ' +
      'or run "npm ci" in the checkout in a step before this one; docs/pipelines.md shows how.',
  );
  process.exitCode = 70;
}

/** A run that ends before its reports, such as for a wrong option, has written no annotation: its message becomes one. */
function annotateEarlyEnd() {
  let message = '';
  let isAnnotated = false;
  watch(process.stdout, (text) => {
    isAnnotated ||= /^::error /m.test(text);
  });
  watch(process.stderr, (text) => {
    const error = /^error: (.+)/m.exec(text)?.[1];
    if (!message.startsWith('error: ')) message = error === undefined ? message || text.trim() : `error: ${error}`;
  });
  process.on('exit', (code) => {
    if (isAnnotated || (code !== 2 && code !== 70)) return;
    const line = message.replace(/^error: /, '').split('\n', 1)[0] || `kairos-pull ended with exit code ${code}.`;
    process.stdout.write(`::error title=kairos-pull::${line.replace(/%/g, '%25').replace(/\r/g, '%0D')}\n`);
  });
}

function watch(stream, onText) {
  const write = stream.write.bind(stream);
  stream.write = (chunk, ...rest) => {
    onText(String(chunk));
    return write(chunk, ...rest);
  };
}
