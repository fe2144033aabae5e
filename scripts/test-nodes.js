// Runs the tests and the demo on every Node.js the program promises to run on, one line each.
//   node scripts/test-nodes.js          the oldest promised and the newest of each line
//   node scripts/test-nodes.js 22 24.0.0
//   node scripts/test-nodes.js -integration   words with a dash go to scripts/test.js: all tests but those
// Needs dist/ (npm run build). The programs come from npm, into a temporary folder.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const words = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const versions = given.length > 0 ? given : ['20.18.1', '22', '24', '26'];

// What the npm package `node` would fetch by an install script, which npm may be told not to run.
const { platform, arch } = process;
const program = `${platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node'}-${platform}-${arch}`;

/** The folder of the `node` of that version, installed below `folder`. */
function installNode(version, folder) {
  const quietly = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', ...quietly, '--prefix', folder, `${program}@${version}`], { stdio: 'pipe' });
  return join(folder, 'node_modules', program, 'bin');
}

/** Runs a script of this project on that Node.js. */
function run(bin, ...args) {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const { status, stdout, stderr, error } = spawnSync(join(bin, 'node'), args, {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const output = `${stdout}${stderr}${error ?? ''}`;
  return { ok: status === 0, output };
}

for (const version of versions) {
  const folder = mkdtempSync(join(tmpdir(), 'kairos-pull-node-'));
  try {
    const bin = installNode(version, folder);
    const name = execFileSync(join(bin, 'node'), ['--version'], { encoding: 'utf8' }).trim();
    const tests = run(bin, 'scripts/test.js', ...words);
    const count = (what) => Number(new RegExp(`^\\S* ?${what} (\\d+)$`, 'm').exec(tests.output)?.[1] ?? 0);
    const demo = run(bin, 'bin/kairos-pull.js', 'demo');
    if (!tests.ok) console.log(tests.output);
    if (!demo.ok) console.log(`${name}: the demo failed\n${demo.output}`);
    console.log(`${name}: ${count('pass')} passed, ${count('fail')} failed, ${count('skipped')} skipped`);
    if (!tests.ok || !demo.ok || count('pass') === 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
