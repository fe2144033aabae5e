// Builds the single-file executable for the system that this runs on: the command and Node.js itself in one file.
//   npm run executable                       build-executable/kairos-pull
//   npm run executable -- build-x/my-name
// Needs Node.js 26 for `--build-sea`, and dist/. The licenses of all that is in the file are written beside it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleExecutable } from './bundle.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const suffix = process.platform === 'win32' ? '.exe' : '';
const output = resolve(process.argv[2] ?? `${root}build-executable/kairos-pull${suffix}`);

/** The pages' assets, and the thread for passwords: what the command reads from dist/command. */
function embeddedFiles() {
  const folder = join(root, 'dist/command');
  const assets = readdirSync(join(folder, 'assets')).map((name) => `assets/${name}`);
  const files = ['password-worker.cjs', ...assets, 'THIRD-PARTY-NOTICES.txt'];
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** That of Node.js lies above the program, or beside it on Windows. */
function licenses() {
  const at = ['../LICENSE', 'LICENSE'].map((path) => resolve(dirname(process.execPath), path)).find(existsSync);
  const missing = `https://github.com/nodejs/node/blob/${process.version}/LICENSE\n`;
  return [
    readFileSync(join(root, 'LICENSE'), 'utf8'),
    readFileSync(join(root, 'dist/command/THIRD-PARTY-NOTICES.txt'), 'utf8'),
    `Node.js ${process.version}, which is in the executable\n\n${at ? readFileSync(at, 'utf8') : missing}`,
  ].join(`\n${'='.repeat(80)}\n`);
}

if (Number.parseInt(process.versions.node, 10) >= 26) {
  const folder = mkdtempSync(join(tmpdir(), 'kairos-pull-executable-'));
  try {
    const main = join(folder, 'kairos-pull.cjs');
    await bundleExecutable(main, embeddedFiles());
    const config = join(folder, 'sea.json');
    writeFileSync(config, JSON.stringify({ main, output, disableExperimentalSEAWarning: true }));
    mkdirSync(dirname(output), { recursive: true });
    execFileSync(process.execPath, ['--build-sea', config], { stdio: ['ignore', 'ignore', 'inherit'] });
    writeFileSync(`${output}.LICENSES.txt`, licenses());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  console.error(`An executable is built by Node.js 26 or newer; this is ${process.versions.node}.`);
  process.exitCode = 1;
}
