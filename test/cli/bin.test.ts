import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requirePosix } from '../support/require-programs.ts';

/** The folder of package.json: the compiled test lies deeper than its source. */
function rootOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(folder);
}

describe('bin/kairos-pull.js', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    await cp(join(rootOf(fileURLToPath(import.meta.url)), 'bin'), join(folder, 'bin'), { recursive: true });
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await mkdir(join(folder, 'dist', 'command'), { recursive: true });
  });
  after(() => rm(folder, { recursive: true }));

  /** Runs it with `main` as the built command, or without one. */
  const run = async (main: string | undefined, { argv = [] as string[], node = [] as string[] } = {}) => {
    const command = join(folder, 'dist', 'command', 'main.cjs');
    await rm(command, { force: true });
    if (main !== undefined) {
      await writeFile(
        command,
        `exports.main = ${main}; exports.formatInternalError = () => 'a bug\\n'; exports.endProcess = () => process.exit(130);
         exports.endCompleted = () => undefined;`,
      );
    }
    const bin = join(folder, 'bin', 'kairos-pull.js');
    const env = { PATH: process.env.PATH, NODE_DISABLE_COMPILE_CACHE: '1' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [...node, bin, ...argv], {
      env,
      encoding: 'utf8',
      maxBuffer: 2 ** 23,
    });
    return { status, stdout, stderr };
  };

  it('passes on the arguments and ends with the exit code of the command', async () => {
    const main = 'async (argv) => { console.log(argv.join("|")); return 4; }';
    assert.deepEqual(await run(main, { argv: ['check', 'nginx', '-q'] }), {
      status: 4,
      stdout: 'check|nginx|-q\n',
      stderr: '',
    });
  });

  it('writes all output before it ends', async () => {
    const main = 'async () => { process.stdout.write("x".repeat(3_000_000)); return 3; }';
    const { status, stdout } = await run(main);
    assert.deepEqual({ status, length: stdout.length }, { status: 3, length: 3_000_000 });
  });

  it('explains what to do in a checkout that is not built', async () =>
    assert.deepEqual(await run(undefined), {
      status: 70,
      stdout: '',
      stderr: 'kairos-pull is not built yet: run npm run build\n',
    }));

  it('ends with 70 on an unhandled exception', async () => {
    const main = 'async () => { setTimeout(() => { throw new Error("lost"); }); return new Promise(() => {}); }';
    assert.deepEqual(await run(main), { status: 70, stdout: '', stderr: 'a bug\n' });
    const rejecting = 'async () => { Promise.reject(new Error("lost")); return new Promise(() => {}); }';
    assert.deepEqual(await run(rejecting), { status: 70, stdout: '', stderr: 'a bug\n' });
  });

  it('does not wait once the command was interrupted', async () => {
    const main = 'async () => { setInterval(() => {}, 1000); return 130; }';
    assert.deepEqual(await run(main), { status: 130, stdout: '', stderr: '' });
  });

  it('loses no signal while the command is being loaded', { skip: requirePosix() }, async () => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      const listening = `new Promise((end) => process.on('${signal}', () => end(130)))`;
      const main = `(process.kill(process.pid, '${signal}'), () => (setInterval(() => {}, 1000), ${listening}))`;
      assert.deepEqual(await run(main), { status: 130, stdout: '', stderr: '' });
    }
  });

  for (const [version, isNewEnough] of [
    ['18.20.8', false],
    ['20.18.0', false],
    ['20.18.1', true],
    ['20.19.0', true],
    ['22.0.0', true],
    ['100.0.0', true],
  ] as const) {
    it(`${isNewEnough ? 'runs on' : 'refuses'} Node ${version}`, async () => {
      const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
      const node = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
      const refusal = `kairos-pull needs Node.js 20.18.1 or newer; this is ${version}.\n`;
      assert.deepEqual(
        await run('async () => 0', { node }),
        isNewEnough ? { status: 0, stdout: '', stderr: '' } : { status: 2, stdout: '', stderr: refusal },
      );
    });
  }
});
