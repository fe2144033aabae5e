// Bundles by esbuild: the command for dist/command, the same as one file for the executable, and the library.

import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

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

const separate = {
  name: 'bundles of their own',
  setup({ onResolve }) {
    onResolve({ filter: /^(?:yaml|tldts)$/ }, ({ path }) => ({ path: `./${path}.cjs`, external: true }));
    onResolve({ filter: /\.ts$/ }, ({ kind, path }) => {
      const name = basename(path, '.ts');
      const bundle = BUNDLE_OF[name] ?? name;
      return kind === 'dynamic-import' && bundle in BUNDLES ? { path: `./${bundle}.cjs`, external: true } : undefined;
    });
  },
};

/** The same packages, in the same form, but in the one file. */
const whole = {
  name: 'one file',
  setup({ onResolve }) {
    onResolve({ filter: /^(?:yaml|tldts)$/ }, ({ path }) => ({ path: `${root}${BUNDLES[path]}` }));
    onResolve({ filter: /main\.cjs$/ }, () => ({ path: `${root}${BUNDLES.main}` }));
  },
};

const lean = {
  name: 'only what the command uses',
  setup({ onResolve, onLoad }) {
    // An eighth of the package: the rest would take a fifth of the processor time of a check.
    onResolve({ filter: /^undici$/ }, () => ({ path: `${root}scripts/undici-client.cjs` }));
    // Commander loads it for commands that are programs of their own; there are none.
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'child_process', namespace: 'nothing' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '' }));
  },
};

/** Short names make a bundle smaller; keeping the long ones for stack traces takes time when it is loaded. */
const COMPACT = { minifyIdentifiers: true, keepNames: true };

/** The bundles of commands for which a few milliseconds do not matter. */
const isUnhurried = ([name]) => ['monitor-command', 'report-command'].includes(name);

/** What most runs do without stays in bundles of its own. Returns the metafiles. */
export async function bundleCommand() {
  const bundles = Object.entries(BUNDLES);
  const options = { outdir: 'dist/command', outExtension: { '.js': '.cjs' }, plugins: [separate, lean] };
  const quick = Object.fromEntries(bundles.filter((entry) => !isUnhurried(entry)));
  const unhurried = Object.fromEntries(bundles.filter(isUnhurried));
  return [
    await bundle({ ...options, entryPoints: quick }),
    await bundle({ ...options, entryPoints: unhurried, ...COMPACT }),
  ];
}

/** Everything in the file `outfile`; `files` are the files that it would read from dist/command. */
export const bundleExecutable = (outfile, files) =>
  bundle({
    outfile,
    entryPoints: ['bin/kairos-pull.js'],
    define: { EMBEDDED_FILES: JSON.stringify(files) },
    plugins: [whole, lean],
  });

/** The exports of the package, with what they load when it is needed beside them. Returns the metafile. */
export const bundleLibrary = () =>
  buildFor({
    outdir: 'dist',
    entryPoints: ['src/index.ts'],
    chunkNames: 'library/[name]-[hash]',
    format: 'esm',
    splitting: true,
    ...COMPACT,
    // undici is CommonJS, and ES modules have no `require` for Node's own modules. Not `createRequire`: a program that
    // bundles the library again, as CommonJS, has no `import.meta.url`.
    banner: { js: 'const require = process.getBuiltinModule;' },
    plugins: [lean],
  });

const bundle = ({ define, ...options }) =>
  buildFor({
    // CommonJS has no such property.
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename', ...define },
    // Node loads CommonJS faster than ES modules.
    format: 'cjs',
    supported: { 'dynamic-import': false },
    ...options,
  });

async function buildFor(options) {
  const { metafile } = await build({
    absWorkingDir: root,
    bundle: true,
    // An optional peer with a binary: loaded where it is installed.
    external: ['libsql', 'pg'],
    platform: 'node',
    target: 'node20.18',
    minifyWhitespace: true,
    minifySyntax: true,
    // Node prints the line of an error that the program of a user does not catch.
    lineLimit: 160,
    legalComments: 'linked',
    logLevel: 'warning',
    metafile: true,
    ...options,
  });
  return metafile;
}
