// Where the processor time of one cold check goes, by module: a table from `node --cpu-prof`.
//   npm run profile                      an image of the built-in registry, nothing known, nothing cached
//   npm run profile -- --layers nginx    any arguments of `kairos-pull check`
// Times include what the profiler costs: compare the shares.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createImage } from '../build-modules/demo/image.js';
import { startRegistry } from '../build-modules/demo/registry.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kairos-pull-profile-'));
const given = process.argv.slice(2);

/** Runs the command with nothing of this user and no compile cache. */
function profile(args) {
  const options = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=100'];
  const env = { PATH: process.env.PATH, HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' };
  const child = spawn(process.execPath, [...options, join(root, 'bin/kairos-pull.js'), 'check', ...args], {
    env: given.length > 0 ? { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' } : env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve) => child.once('close', resolve));
}

/** The module of a frame: a bundle, a built-in module of Node.js, or the engine. */
function moduleOf({ url, functionName }) {
  if (url.startsWith('node:')) return url;
  if (url.startsWith('file:')) return basename(fileURLToPath(url));
  // Such as the WebAssembly of a parser.
  if (url !== '') return url.split(':', 1)[0];
  return functionName.startsWith('(') ? functionName : 'engine';
}

try {
  const registry = await startRegistry();
  registry.put('shop/web', '1', createImage());
  const exitCode = await profile(given.length > 0 ? given : [`${registry.name}/shop/web:1`]);
  await registry.close();
  console.log(`exit code ${exitCode}`);
  // Threads have profiles of their own: the main thread has the first.
  const [file] = readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .sort();
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const modules = new Map(nodes.map(({ id, callFrame }) => [id, moduleOf(callFrame)]));
  const times = new Map();
  for (const [index, id] of samples.entries()) {
    const name = modules.get(id);
    if (name !== '(idle)') times.set(name, (times.get(name) ?? 0) + timeDeltas[index] / 1000);
  }
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const rows = [...times].sort(([, a], [, b]) => b - a).slice(0, 25);
  const line = (name, ms) =>
    `${name.padEnd(48)} ${ms.toFixed(1).padStart(8)} ms ${((100 * ms) / total).toFixed(1).padStart(6)} %`;
  for (const [name, ms] of rows) console.log(line(name, ms));
  console.log(line(`other (${times.size - rows.length} modules)`, total - rows.reduce((sum, [, ms]) => sum + ms, 0)));
  console.log(line('all, without waiting', total));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
