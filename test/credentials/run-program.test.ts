import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { extname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ProgramRun, runProgram } from '../../src/credentials/run-program.ts';
import { requireLinux, requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const node = (code: string, run: Partial<ProgramRun> = {}): ReturnType<typeof runProgram> =>
  runProgram({
    file: process.execPath,
    args: ['-e', code],
    input: '',
    env: { WORD: 'yes' },
    timeoutMs: 60_000,
    maxBytes: 1024,
    ...run,
  });

describe('runProgram', () => {
  it('passes input and environment, and returns output and exit code', async () => {
    const code = `process.stdin.on('data', (input) => { process.stdout.write(input + process.env.WORD + process.env.HOME);
      process.stderr.write('oops'); process.exitCode = 3 })`;
    assert.deepEqual(await node(code, { input: 'in ' }), {
      ok: true,
      value: { exitCode: 3, stdout: 'in yesundefined', stderr: 'oops' },
    });
  });

  it('accepts a program that does not read its input', async () => {
    const run = await node('console.log(1)', { input: 'x'.repeat(10_000_000) });
    assert.deepEqual(run, { ok: true, value: { exitCode: 0, stdout: '1\n', stderr: '' } });
  });

  it('passes arguments unchanged: there is no shell', async () => {
    const run = await node('console.log(process.argv[1])', {
      args: ['-e', 'console.log(process.argv[1])', '$(id); `id` && *'],
    });
    assert.ok(run.ok);
    assert.equal(run.value.stdout, '$(id); `id` && *\n');
  });

  it('kills a program that prints endlessly', async () => {
    const endless = `const go = () => process.stdout.write('x'.repeat(65536), go); go()`;
    assert.deepEqual(await node(endless), { ok: false, error: 'printed more than 1 KiB' });
  });

  it('keeps only the beginning of a long standard error', async () => {
    const run = await node(`process.stderr.write('y'.repeat(1_000_000))`);
    assert.deepEqual(run, { ok: true, value: { exitCode: 0, stdout: '', stderr: 'y'.repeat(1024) } });
  });

  it('kills a program that exceeds its time limit', async () => {
    const hanging = node('setInterval(() => {}, 1000)', { timeoutMs: 1 });
    assert.deepEqual(await hanging, { ok: false, error: 'did not respond within 0.001 s' });
  });

  it('also kills what the program started', async () => {
    using server = disposable(createServer().listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const hold = `require('net').connect(${address.port}, '127.0.0.1')`;
    const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(hold)}]); ${hold}`;
    const controller = new AbortController();
    const run = node(parent, { signal: controller.signal });
    const sockets: Socket[] = [];
    while (sockets.length < 2) sockets.push(...((await once(server, 'connection')) as [Socket]));
    const closed = sockets.map((socket) => once(socket.on('error', () => {}).resume(), 'close'));
    controller.abort();
    assert.deepEqual(await run, { ok: false, error: 'was stopped' });
    await Promise.all(closed);
  });

  for (const [name, exitCode] of [
    ['its output', 0],
    ['its failure', 3],
  ] as const) {
    it(`does not wait for what a program left behind with its pipes: ${name} counts`, async () => {
      const agent = `spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached: true })`;
      const code = `const { spawn } = require('child_process'); const agent = ${agent}; agent.unref();
        process.stdout.write(String(agent.pid)); process.exitCode = ${exitCode}`;
      const run = await node(code);
      assert.ok(run.ok);
      process.kill(Number(run.value.stdout), 'SIGKILL');
      assert.equal(run.value.exitCode, exitCode);
    });
  }

  it('starts nothing after the signal aborted', async () => {
    assert.deepEqual(await node('', { signal: AbortSignal.abort() }), { ok: false, error: 'was not started' });
  });

  it('reports the signal that killed a program', async () => {
    const run = await node(`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`);
    assert.deepEqual(run, { ok: false, error: 'was killed by SIGTERM' });
  });

  describe('reports why a program cannot be started', () => {
    const refused = (why: string) => ({ ok: false, error: `could not be started: ${why}` });

    it('is missing', async () =>
      assert.deepEqual(
        await node('', { file: '/nowhere/at-all' }),
        refused('the program or its interpreter is missing (ENOENT)'),
      ));

    it('is not executable', { skip: requirePosix() }, async () => {
      using folder = createTemporaryFolder({ program: '' });
      const run = await node('', { file: join(folder.path, 'program') });
      assert.deepEqual(run, refused('permission denied (EACCES)'));
    });

    it('is being written', { skip: requireLinux() }, async () => {
      using folder = createTemporaryFolder({ program: '#!/bin/sh\n' });
      const file = join(folder.path, 'program');
      chmodSync(file, 0o755);
      const writer = openSync(file, 'a');
      const run = await node('', { file });
      closeSync(writer);
      assert.deepEqual(run, refused('the file is being written (ETXTBSY)'));
      assert.equal((await node('', { file })).ok, true);
    });

    it('has too large an environment', { skip: requireLinux() }, async () => {
      const env = { LARGE: 'x'.repeat(1024 * 1024) };
      assert.deepEqual(await node('', { env }), refused('the environment is too large (E2BIG)'));
    });

    it('has an invalid environment', async () => {
      assert.deepEqual(await node('', { env: { WORD: '\0' } }), {
        ok: false,
        error: 'could not be started (ERR_INVALID_ARG_VALUE)',
      });
    });

    it('finds no free descriptors', { skip: requireLinux() }, async () => {
      const module = new URL(
        `../../src/credentials/run-program${extname(fileURLToPath(import.meta.url))}`,
        import.meta.url,
      );
      const script = `
        import { closeSync, openSync } from 'node:fs';
        import { runProgram } from ${JSON.stringify(module.href)};
        const run = { file: '/bin/true', args: [], input: '', env: {}, timeoutMs: 60_000, maxBytes: 1 };
        await runProgram(run);
        const taken = [];
        const takeAll = () => { try { for (;;) taken.push(openSync('/dev/null')); } catch {} };
        const errors = new Set();
        for (let left = 0; left < 5; left += 1) {
          takeAll();
          for (const fd of taken.splice(0, left)) closeSync(fd);
          errors.add((await runProgram(run)).error);
        }
        for (const fd of taken) closeSync(fd);
        process.stdout.write(JSON.stringify([...errors]));`;
      const limited = ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, script];
      const { stdout } = await promisify(execFile)('sh', limited);
      assert.deepEqual(JSON.parse(stdout), ['could not be started: too many open files (EMFILE)']);
    });
  });
});

const disposable = <T extends { close(): unknown }>(server: T): T & Disposable =>
  Object.assign(server, { [Symbol.dispose]: () => void server.close() });
