// The single-file executable, built where Node.js can, and run with nothing on the PATH.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { VERSION } from '../../src/core/version.ts';
import { runProgram } from '../support/process.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { ROOT, readText } from './project-file.ts';

const canBuild = Number.parseInt(process.versions.node, 10) >= 26;
const build = (output: string) =>
  runProgram(process.execPath, [join(ROOT, 'scripts/build-executable.js'), output], { env: { HOME: '/nonexistent' } });

describe('the executable', () => {
  if (!canBuild) {
    it('needs a newer Node.js, which the script says', async () => {
      const { status, stderr } = await build('/nonexistent/kairos-pull');
      assert.equal(status, 1);
      assert.match(stderr, /^An executable is built by Node\.js 26 or newer; this is 2\d\./);
    });
    return;
  }

  it('runs without Node.js on the PATH, with its pages and its licenses', async () => {
    using folder = createTemporaryFolder({ 'kairos-pull.yaml': 'monitor: { resources: [{ tcp: "127.0.0.1:1" }] }\n' });
    const file = join(folder.path, 'kairos-pull.exe');
    const built = await build(file);
    assert.equal(built.status, 0, built.stderr);
    assert.ok(statSync(file).size > 50_000_000);
    assert.deepEqual(readdirSync(folder.path).sort(), [
      'kairos-pull.exe',
      'kairos-pull.exe.LICENSES.txt',
      'kairos-pull.yaml',
    ]);

    const run = (...args: string[]) => runProgram(file, args, { env: { PATH: '', HOME: folder.path } });
    assert.deepEqual(await run('--version'), { status: 0, stdout: `${VERSION}\n`, stderr: '' });
    assert.match((await run('demo')).stdout, /not found/);
    assert.match((await run('--help')).stdout, /^Documentation: kairos-pull man$/m);
    const list = folder.write('compose.yaml', 'services: { web: { image: "nginx:1.27" } }\n');
    assert.match((await run('images', '-f', list)).stdout, /^nginx:1\.27 /);
    const config = join(folder.path, 'kairos-pull.yaml');
    const once = await run('monitor', '--config', config, '--once', '--store', 'memory');
    assert.match(once.stdout, /^unavailable +127\.0\.0\.1:1 /, once.stderr);

    const licenses = readFileSync(`${file}.LICENSES.txt`, 'utf8');
    for (const name of ['LICENSE', 'dist/command/THIRD-PARTY-NOTICES.txt'])
      assert.ok(licenses.includes(readText(name)));
    assert.match(licenses, /^Node\.js v\d+\.\d+\.\d+, which is in the executable$/m);
  });
});
