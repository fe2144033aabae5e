// Builds dist/: the library's modules and declarations by tsc, the command as one bundle by esbuild.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { joinFiles } from './join-files.js';
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
const { build, transform } = await import('esbuild');

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });

const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist/command',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  plugins: [
    {
      name: 'the leaner form of a package',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^undici$/ }, () => ({ path: `${root}scripts/undici-client.cjs` }));
        // Node is given yaml as CommonJS, whose names are lost in a bundle when it is loaded late.
        onResolve({ filter: /^yaml$/ }, () => ({ path: `${root}node_modules/yaml/browser/index.js` }));
        // The same of the list of public suffixes.
        onResolve({ filter: /^tldts$/ }, () => ({ path: `${root}node_modules/tldts/dist/es6/index.js` }));
        // Commander loads it for commands that are programs of their own; there are none.
        onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
          importer.includes('/commander/') ? { path: 'child_process', namespace: 'nothing' } : undefined,
        );
        onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }));
      },
    },
  ],
  legalComments: 'linked',
  logLevel: 'warning',
  metafile: true,
  write: false,
});

/** esbuild splits ES modules only; Node starts CommonJS faster (4 ms for the first module, 0.3 ms for each). */
async function toCommonJs(text) {
  const to = { format: 'cjs', platform: 'node', target: 'node20.18', supported: { 'dynamic-import': false } };
  return (await transform(text, to)).code;
}

const files = new Map();
for (const { path, text } of outputFiles)
  files.set(basename(path), path.endsWith('.cjs') ? await toCommonJs(text) : text);
const imports = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output.imports]));
const names = [...files.keys()];
const isCheck = (name) => name.startsWith('check-command');
const joined = joinFiles(files, imports, ['main.cjs', names.find(isCheck)]);
mkdirSync(`${root}dist/command`);
for (const [name, text] of joined) writeFileSync(`${root}dist/command/${name}`, text);
writeFileSync(`${root}dist/command/THIRD-PARTY-NOTICES.txt`, collectNotices(metafile, root));
