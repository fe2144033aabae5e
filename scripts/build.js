// Builds dist/: library and command as bundles by esbuild, declarations by tsc. The modules of the library, for the
// scripts of this checkout, go into build-modules/.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectNotices } from './notices.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

// In a fresh clone the build's own packages are missing.
if (!existsSync(tsc)) {
  const env = { ...process.env, npm_config_global: 'false', npm_config_prefix: undefined };
  execFileSync('npm', ['ci', '--ignore-scripts'], {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
const { bundleCommand, bundleLibrary } = await import('./bundle.js');

for (const folder of ['dist', 'build-modules']) rmSync(`${root}${folder}`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });

/**
 * Copies a declaration and those that it imports. The compiler renames only what runs: declarations would import `.ts`
 * files, which older compilers refuse.
 */
function copyDeclarations(name, copied = new Set()) {
  if (copied.has(name)) return;
  copied.add(name);
  const text = readFileSync(`${root}build-modules/${name}.d.ts`, 'utf8');
  const renamed = text.replace(/((?:from |import\()['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2');
  mkdirSync(dirname(`${root}dist/${name}`), { recursive: true });
  writeFileSync(`${root}dist/${name}.d.ts`, renamed);
  for (const [, path] of renamed.matchAll(/(?:from |import\()['"](\.[^'"]*)\.js['"]/g)) {
    copyDeclarations(posix.join(dirname(name), path), copied);
  }
}

copyDeclarations('index');
const library = await bundleLibrary();
const command = await bundleCommand();
// What the pages of the monitor load: served as it is written.
for (const folder of ['client', 'style']) {
  cpSync(`${root}src/monitor/web/${folder}`, `${root}dist/command/assets`, { recursive: true });
}
writeFileSync(`${root}dist/command/THIRD-PARTY-NOTICES.txt`, collectNotices([library, ...command], root));
mkdirSync(`${root}dist/man`);
writeFileSync(`${root}dist/man/kairos-pull.1`, execFileSync(process.execPath, [`${root}bin/kairos-pull.js`, 'man']));
execFileSync(process.execPath, [`${root}scripts/code-cache.js`], { stdio: ['ignore', 'ignore', 'inherit'] });
