// Bundles by esbuild: the command for dist/command, the same as one file for the executable, and the library.

import { readFileSync, writeFileSync } from 'node:fs';
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
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:yaml|tldts)$/ }, ({ path }) => ({ path: `${root}${BUNDLES[path]}` }));
    onResolve({ filter: /load-bundle\.js$/ }, () => ({ path: 'load-bundle', namespace: 'one file' }));
    onLoad({ filter: /.*/, namespace: 'one file' }, () => ({
      contents: `exports.loadBundle = () => require('./${BUNDLES.main}');`,
      resolveDir: root,
    }));
  },
};

const lean = {
  name: 'only what the command uses',
  setup({ onResolve, onLoad }) {
    // An eighth of the package: the rest would take a fifth of the processor time of a check.
    onResolve({ filter: /^undici$/ }, () => ({ path: `${root}scripts/undici-client.cjs` }));
    for (const [importer, names] of Object.entries(SUBSTITUTES)) {
      for (const [name, contents] of Object.entries(names)) {
        const path = `${importer} ${name}`;
        onResolve({ filter: new RegExp(`^${name}$`) }, (from) =>
          from.importer.includes(`/node_modules/${importer}/`) ? { path, namespace: 'substitute' } : undefined,
        );
        onLoad({ filter: new RegExp(`^${path}$`), namespace: 'substitute' }, () => ({ contents, resolveDir: root }));
      }
    }
  },
};

/**
 * By package and imported name: what a package would load at every start for something that the command does not use, and
 * what is there instead.
 */
const SUBSTITUTES = {
  commander: {
    // For commands that are programs of their own.
    'node:child_process': '',
  },
  chalk: {
    // Asks the terminal for its colors; every use of chalk sets them.
    '#supports-color': 'export default { stdout: false, stderr: false };',
  },
  undici: {
    // The pool has its own HTTP/2 (src/http/http2-session.ts), and the agent its own limit for the header section.
    './client-h2.js': '',
    'node:http': 'exports.IncomingMessage = class {};',
    'node:assert': `module.exports = (value, message) => {
      if (!value) require('node:assert')(value, message);
    };`,
  },
};

/** Node's modules of which a run needs some. Each takes a millisecond or two to load. */
const ON_DEMAND = [
  ...['child_process', 'crypto', 'dns/promises', 'fs/promises', 'http', 'http2', 'os', 'perf_hooks', 'sqlite', 'tls'],
  ...['tty', 'v8', 'worker_threads', 'zlib'],
];

/** Loads those when one of their properties is read. For CommonJS, where the bundler leaves such reads where they are. */
const REQUIRE_ON_DEMAND = `"use strict";require=((load)=>{
const names=new Set(${JSON.stringify(ON_DEMAND.map((name) => `node:${name}`))});
const onDemand=(name)=>new Proxy({},{get:(_,key)=>load(name)[key]});
return(name)=>names.has(name)?onDemand(name):load(name)})(require);`;

/** Short names make a bundle smaller; keeping the long ones for stack traces takes time when it is loaded. */
const COMPACT = { minifyIdentifiers: true, keepNames: true };

/** The bundles of commands for which a few milliseconds do not matter. */
const isUnhurried = ([name]) => ['monitor-command', 'report-command'].includes(name);

/** What most runs do without stays in bundles of its own. Returns the metafiles. */
export async function bundleCommand() {
  const bundles = Object.entries(BUNDLES);
  const options = {
    outdir: 'dist/command',
    outExtension: { '.js': '.cjs' },
    banner: { js: REQUIRE_ON_DEMAND },
    plugins: [separate, lean],
  };
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

const bundle = async ({ define, ...options }) => {
  const metafile = await buildFor({
    // CommonJS has no such property.
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__filename', ...define },
    // Node loads CommonJS faster than ES modules.
    format: 'cjs',
    supported: { 'dynamic-import': false },
    ...options,
  });
  for (const output of Object.keys(metafile.outputs).filter((name) => name.endsWith('.cjs')))
    escapeRegExps(`${root}${output}`);
  return metafile;
};

/** bin/load-bundle.js reads Latin-1. esbuild escapes non-ASCII characters, but not those in regular expressions. */
function escapeRegExps(file) {
  const source = readFileSync(file, 'utf8');
  const escaped = source.replace(/[^\0-\x7f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  if (escaped !== source) writeFileSync(file, escaped);
}

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
