// A program that bundles the library runs without any package beside it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { build, type Format } from 'esbuild';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { BARE_ENV } from '../support/command.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { ROOT } from './project-file.ts';

const PROGRAM = `
import { createChecker, extractImages } from 'kairos-pull';
const run = async () => {
  const { images, problems } = await extractImages({ name: 'compose.yaml', text: process.argv[2] });
  const checker = createChecker({ proof: 'layers' });
  for await (const { verdict, message } of checker.checkAll(images)) console.log(verdict, message);
  await checker.close();
  console.log(problems.length);
};
run();
`;

/** Written outside the project, where no package is found. */
async function runBundled(format: Format, minify: boolean, text: string): Promise<string> {
  using folder = createTemporaryFolder({});
  const extension = format === 'esm' ? 'mjs' : 'cjs';
  const outfile = join(folder.path, `program.${extension}`);
  await build({
    stdin: { contents: PROGRAM, resolveDir: ROOT, sourcefile: 'program.js' },
    alias: { 'kairos-pull': join(ROOT, 'dist/index.js') },
    absWorkingDir: folder.path,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    minify,
    outfile,
    logLevel: 'silent',
  });
  const { stdout } = await promisify(execFile)(process.execPath, [outfile, text], { cwd: folder.path, env: BARE_ENV });
  return stdout;
}

describe('a program with the library in it', () => {
  for (const format of ['esm', 'cjs'] as const) {
    for (const minify of [false, true]) {
      it(`checks and extracts images as ${format}${minify ? ', minified' : ''}`, async () => {
        await using registry = await startRegistry();
        registry.put('shop/web', '1', createImage());
        const text = `services:\n  web:\n    image: ${registry.name}/shop/web:1\n`;
        const stdout = await runBundled(format, minify, text);
        assert.match(stdout, /^pullable .*\n0\n$/);
      });
    }
  }
});
