// Builds dist/: the library's modules and declarations by tsc, the command as bundles by esbuild.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
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
const { build } = await import('esbuild');

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });

// The compiler renames only what runs: declarations would import `.ts` files, which older compilers refuse.
for (const name of readdirSync(`${root}dist`, { recursive: true }).filter((name) => name.endsWith('.d.ts'))) {
  const file = `${root}dist/${name}`;
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/((?:from |import\()['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
}

/**
 * What most runs do without is in bundles of their own, loaded when it is needed. Each has its own copy of the modules
 * that it shares with others: those keep no state but caches, and errors that cross from one to another are known by their names.
 */
const BUNDLES = {
  main: 'src/cli/main.ts',
  commands: 'src/cli/commands.ts',
  'completion-command': 'src/cli/completion-command.ts',
  'man-command': 'src/cli/man-command.ts',
  'monitor-command': 'src/cli/monitor-command.ts',
  'report-command': 'src/cli/report-command.ts',
  'config-files': 'scripts/config-files.js',
  'input-files': 'scripts/input-files.js',
  pool: 'src/http/pool.ts',
  scenarios: 'src/demo/scenarios.ts',
  'read-cluster': 'src/kubernetes/read-cluster.ts',
  // A thread of the monitor.
  'password-worker': 'src/monitor/web/password-worker.ts',
  // These packages give Node a CommonJS form, of which nothing can be left out.
  yaml: 'node_modules/yaml/browser/index.js',
  tldts: 'node_modules/tldts/dist/es6/index.js',
};

/** The modules of a bundle that is not named after its only one. */
const BUNDLE_OF = {
  'found-file': 'config-files',
  'mirror-files': 'config-files',
  'parse-config': 'config-files',
  extractors: 'input-files',
  'pull-secret': 'input-files',
};

const plugin = {
  name: 'bundles of their own',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:yaml|tldts)$/ }, ({ path }) => ({ path: `./${path}.cjs`, external: true }));
    onResolve({ filter: /\.ts$/ }, ({ kind, path }) => {
      const name = basename(path, '.ts');
      const bundle = BUNDLE_OF[name] ?? name;
      return kind === 'dynamic-import' && bundle in BUNDLES ? { path: `./${bundle}.cjs`, external: true } : undefined;
    });
    // An eighth of the package: the rest would take a fifth of the processor time of a check.
    onResolve({ filter: /^undici$/ }, () => ({ path: `${root}scripts/undici-client.cjs` }));
    // Commander loads it for commands that are programs of their own; there are none.
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'child_process', namespace: 'nothing' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }));
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: BUNDLES,
  outdir: 'dist/command',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  // An optional peer with a binary: loaded where it is installed.
  external: ['libsql', 'pg'],
  // CommonJS has no such property.
  define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename' },
  // Node loads CommonJS faster than ES modules.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  platform: 'node',
  target: 'node20.18',
  plugins: [plugin],
  legalComments: 'linked',
  logLevel: 'warning',
  metafile: true,
});
// What the pages of the monitor load: served as it is written.
for (const folder of ['client', 'style']) {
  cpSync(`${root}src/monitor/web/${folder}`, `${root}dist/command/assets`, { recursive: true });
}
writeFileSync(`${root}dist/command/THIRD-PARTY-NOTICES.txt`, collectNotices(metafile, root));
mkdirSync(`${root}dist/man`);
writeFileSync(`${root}dist/man/kairos-pull.1`, execFileSync(process.execPath, [`${root}bin/kairos-pull.js`, 'man']));
