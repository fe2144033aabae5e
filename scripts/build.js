// Builds dist/: the library's modules and declarations by tsc, the command as bundles by esbuild.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { collectNotices } from './notices.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

// `npm install -g .` in a fresh clone comes here without the build's own packages.
if (!existsSync(tsc)) {
  const env = { ...process.env, npm_config_global: 'false', npm_config_prefix: undefined };
  execFileSync('npm', ['ci', '--ignore-scripts'], {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
const { BUNDLES, bundleCommand } = await import('./bundle.js');

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });

// The compiler renames only what runs: declarations would import `.ts` files, which older compilers refuse.
for (const name of readdirSync(`${root}dist`, { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
  const file = `${root}dist/${name}`;
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/((?:from |import\()['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
}

const metafile = await bundleCommand({ entryPoints: BUNDLES, outdir: 'dist/command', outExtension: { '.js': '.cjs' } });
// What the pages of the monitor load: served as it is written.
for (const folder of ['client', 'style']) {
  cpSync(`${root}src/monitor/web/${folder}`, `${root}dist/command/assets`, { recursive: true });
}
writeFileSync(`${root}dist/command/THIRD-PARTY-NOTICES.txt`, collectNotices(metafile, root));
mkdirSync(`${root}dist/man`);
writeFileSync(`${root}dist/man/kairos-pull.1`, execFileSync(process.execPath, [`${root}bin/kairos-pull.js`, 'man']));
