// The tarball of npm, installed where there is nothing: no warning, one package, a command and a library that run.

import assert from 'node:assert/strict';
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { VERSION } from '../../src/core/version.ts';
import { mustRun, type Ran, runProgram } from '../support/process.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { ROOT } from './project-file.ts';

/** No configuration of the user, no network: a package that is not in the tarball would be missed. */
const SETTINGS = ['--offline', '--no-audit'];

describe('the tarball', { skip: requirePosix() }, () => {
  let folder: TemporaryFolder;
  let tarball: string;
  let env: Readonly<Record<string, string>>;
  let installed: Ran;
  const npm = (command: string, ...args: string[]) => runProgram('npm', [command, ...SETTINGS, ...args], { env });

  before(async () => {
    folder = createTemporaryFolder({ 'home/.keep': '', 'work/package.json': '{ "private": true }' });
    // The same Node.js as this one, and its npm.
    const path = [dirname(realpathSync(process.execPath)), process.env.PATH].join(delimiter);
    env = { HOME: join(folder.path, 'home'), PATH: path };
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder.path, ROOT];
    tarball = join(folder.path, (await mustRun('npm', pack, { env })).trim());
    installed = await npm('install', '--prefix', join(folder.path, 'work'), tarball);
  });
  after(() => folder[Symbol.dispose]());

  it('installs as one package, without a warning', () => {
    assert.equal(installed.stderr, '');
    assert.match(installed.stdout, /^\s*added 1 package in .*\s*$/);
    assert.deepEqual(readdirSync(join(folder.path, 'work/node_modules')).sort(), [
      '.bin',
      '.package-lock.json',
      'kairos-pull',
    ]);
  });

  it('has less than 6 MB installed', () => {
    const root = join(folder.path, 'work/node_modules/kairos-pull');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(root, name)));
    const bytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
    assert.ok(bytes > 1_000_000 && bytes < 6_000_000, `${bytes}`);
  });

  it('has a command that shows the demo', async () => {
    const { stdout } = await runProgram(join(folder.path, 'work/node_modules/.bin/kairos-pull'), ['demo'], { env });
    assert.match(stdout, /not found/);
  });

  it('has a library that checks an image', async () => {
    const script = folder.write(
      'work/check.mjs',
      `import { createChecker, parseReference } from 'kairos-pull';
       const checker = await createChecker({ retries: 0 });
       const { verdict, reason } = await checker.check('127.0.0.1:1/shop/a:1');
       console.log(JSON.stringify([verdict, reason, parseReference('nginx').ok]));`,
    );
    const { stdout, stderr } = await runProgram(process.execPath, [script], { env });
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), ['undetermined', 'unreachable', true]);
  });

  it('runs by npx', async () => {
    const { stdout, stderr } = await runProgram(
      'npx',
      ['--offline', '--yes', '--package', tarball, 'kairos-pull', '--version'],
      { env },
    );
    assert.deepEqual([stdout, stderr], [`${VERSION}\n`, '']);
  });
});
