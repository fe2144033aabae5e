// Builds dist/: the library's modules and declarations by tsc, the command as one bundle by esbuild.

import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

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
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist/command',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  plugins: [
    {
      name: 'the leaner form of a package',
      setup({ onResolve }) {
        onResolve({ filter: /^undici$/ }, () => ({ path: `${root}scripts/undici-client.cjs` }));
        // Node is given yaml as CommonJS, whose names are lost in a bundle when it is loaded late.
        onResolve({ filter: /^yaml$/ }, () => ({ path: `${root}node_modules/yaml/browser/index.js` }));
      },
    },
  ],
  // undici is CommonJS inside: its require() of Node's own modules needs one in an ES module.
  banner: {
    js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
  },
  legalComments: 'linked',
  logLevel: 'warning',
});
