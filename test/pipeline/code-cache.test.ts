// What the build compiles ahead is used, nothing depends on it, and a check loads no more of Node.js than it needs.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { ROOT } from './project-file.ts';

/** Prints whether V8 accepted the code of each bundle, and which modules of Node.js were loaded. */
const HOOK = `
const { basename } = require('node:path');
const vm = require('node:vm');
const caches = {};
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    caches[basename(options.filename)] = this.cachedDataRejected ?? 'none';
  }
};
process.on('exit', () => {
  const modules = process.moduleLoadList.flatMap((name) => /^NativeModule (\\w+(?:\\/promises)?)$/.exec(name)?.[1] ?? []);
  console.error(JSON.stringify({ caches, modules }));
});`;

interface Witness {
  /** By bundle: whether its code was rejected. */
  readonly caches: Readonly<Record<string, boolean | 'none'>>;
  readonly modules: readonly string[];
}

/** Runs the command in `root` against a registry that speaks plain HTTP. */
async function check(root: string, ...options: string[]): Promise<Witness> {
  using home = createTemporaryFolder({ 'hook.cjs': HOOK });
  await using registry = await startRegistry();
  registry.put('shop/web', '1', createImage());
  const image = `${registry.name}/shop/web:1`;
  const words = [
    '--require',
    join(home.path, 'hook.cjs'),
    join(root, 'bin/kairos-pull.js'),
    'check',
    ...options,
    image,
  ];
  const env = { PATH: process.env.PATH, HOME: home.path, NODE_DISABLE_COMPILE_CACHE: '1' };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, words, { cwd: home.path, env });
  assert.match(stdout, /shop\/web:1 .*image/);
  return JSON.parse(stderr) as Witness;
}

/** A copy of what is installed, to change. */
function copyCommand(root: string): string[] {
  for (const name of ['bin', 'dist/command', 'package.json']) {
    cpSync(join(ROOT, name), join(root, name), { recursive: true });
  }
  const compiled = join(root, 'dist/command/compiled');
  return readdirSync(compiled, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.cjs'))
    .map((name) => join(compiled, name));
}

describe('the code cache of the build', () => {
  it('is accepted for every bundle of a check', async () => {
    const { caches } = await check(ROOT, '--plain-http');
    assert.deepEqual(caches, { 'main.cjs': false, 'commands.cjs': false, 'pool.cjs': false });
  });

  it('is accepted for every bundle of a list', async () => {
    using list = createTemporaryFolder({ 'more.txt': '' });
    const { caches } = await check(ROOT, '--plain-http', '-f', join(list.path, 'more.txt'));
    for (const name of ['main.cjs', 'commands.cjs', 'pool.cjs']) assert.equal(caches[name], false, name);
  });

  it('is of bundles in ASCII, which are read as Latin-1', () => {
    const folder = join(ROOT, 'dist/command');
    const bundles = readdirSync(folder).filter((name) => name.endsWith('.cjs'));
    assert.ok(bundles.includes('commands.cjs'));
    for (const name of bundles) assert.doesNotMatch(readFileSync(join(folder, name), 'utf8'), /[^\0-\x7f]/, name);
  });

  it('is of no account where it is damaged, cut off, or of another version', async () => {
    using root = createTemporaryFolder();
    const files = copyCommand(root.path);
    assert.equal(files.length, 3);
    const damage = [
      (bytes: Buffer) => Buffer.alloc(bytes.length, 7),
      (bytes: Buffer) => bytes.subarray(0, bytes.length / 2),
      () => Buffer.alloc(0),
    ];
    for (const [index, file] of files.entries()) {
      writeFileSync(file, damage[index % damage.length]?.(readFileSync(file)) ?? '');
    }
    const { caches } = await check(root.path, '--plain-http');
    assert.deepEqual(Object.values(caches), [true, true, true]);
  });

  it('is of no account where the bundle is another', async () => {
    using root = createTemporaryFolder();
    copyCommand(root.path);
    const main = join(root.path, 'dist/command/main.cjs');
    writeFileSync(main, `${readFileSync(main, 'utf8')}\n// changed\n`);
    const { caches } = await check(root.path, '--plain-http');
    assert.deepEqual(caches, { 'main.cjs': true, 'commands.cjs': false, 'pool.cjs': false });
  });
});

describe('a command that is not built', () => {
  it('says so, with or without its code cache', () => {
    using root = createTemporaryFolder();
    copyCommand(root.path);
    rmSync(join(root.path, 'dist/command/main.cjs'));
    const start = (): string => spawnSync(process.execPath, [join(root.path, 'bin/kairos-pull.js')]).stderr.toString();
    assert.equal(start(), 'kairos-pull is not built yet: run npm run build\n');
    rmSync(join(root.path, 'dist/command/compiled'), { recursive: true });
    assert.equal(start(), 'kairos-pull is not built yet: run npm run build\n');
  });
});

describe('a check over plain HTTP', () => {
  it('loads no module of Node.js that it does not need', async () => {
    const { modules } = await check(ROOT, '--plain-http');
    const unneeded = [
      'assert',
      'child_process',
      'crypto',
      'dgram',
      'dns/promises',
      'fs/promises',
      'http',
      'http2',
      'https',
    ];
    const more = ['os', 'perf_hooks', 'readline', 'sqlite', 'tls', 'tty', 'worker_threads', 'zlib'];
    assert.deepEqual(
      modules.filter((name) => [...unneeded, ...more].includes(name)),
      [],
    );
  });
});
