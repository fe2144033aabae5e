// Writes what V8 compiled during typical checks beside the bundles, for bin/load-bundle.js. It is valid for the Node.js
// that runs this: another one compiles the bundles itself.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createImage } from '../build-modules/demo/image.js';
import { startRegistry } from '../build-modules/demo/registry.js';

const { loadBundle, compiledFolder } = createRequire(import.meta.url)('../bin/load-bundle.js');
const home = mkdtempSync(join(tmpdir(), 'kairos-pull-build-'));
const scripts = new Map();

const { main } = loadBundle('main.cjs', (name, script) => scripts.set(name, script));
async function run(...words) {
  const exitCode = await main(words);
  if (exitCode !== 0) throw new Error(`kairos-pull ${words.join(' ')} ended with ${exitCode}`);
}

/** Called before the flags of V8 are set for a check, and after: V8 accepts only code for the flags in force. */
function write(...names) {
  for (const name of names) writeFileSync(join(compiledFolder, name), scripts.get(name).createCachedData());
}

// Nothing of this user.
for (const name of Object.keys(process.env)) if (!/^(?:PATH|SystemRoot)$/i.test(name)) delete process.env[name];
Object.assign(process.env, { HOME: home, USERPROFILE: home });
process.chdir(home);
mkdirSync(compiledFolder, { recursive: true });
const registries = [await startRegistry(), await startRegistry({ auth: 'bearer' })];
try {
  for (const registry of registries) registry.put('shop/web', '1', createImage());
  const [open, token] = registries.map(({ name }) => `${name}/shop/web:1`);
  await run('images', open);
  write('main.cjs');
  // The first is tried over TLS.
  await run('check', open);
  await run('check', '--plain-http', token);
  await run('check', '--plain-http', token);
  await run('check', '--plain-http', '--layers', token);
  write('commands.cjs', 'pool.cjs');
} finally {
  for (const registry of registries) await registry.close();
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  rmSync(home, { recursive: true, force: true });
}
