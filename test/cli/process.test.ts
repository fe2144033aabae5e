import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requirePosix } from '../support/require-programs.ts';

const siblingOf = (path: string): string =>
  new URL(path + extname(fileURLToPath(import.meta.url)), import.meta.url).href;

/** The command with a checker that answers at once, except for `slow` (waits for the signal) and `stuck` (ignores it). */
const PROGRAM = `
  import { main } from '${siblingOf('../../src/cli/main')}';
  import { fakeChecker } from '${siblingOf('./fake-checker')}';
  const checker = fakeChecker({ missing: 'not-found' }, (text, signal) => new Promise((resolve) => {
    if (text !== 'slow' && text !== 'stuck') return resolve();
    process.stderr.write('asked');
    const alive = setInterval(() => undefined, 1000);
    signal.addEventListener('abort', () => {
      process.stderr.write('aborted');
      if (text === 'stuck') return;
      clearInterval(alive);
      resolve();
    });
  }));
  process.exitCode = await main(process.argv.slice(2), undefined, checker);
`;

describe('the process', { skip: requirePosix() }, () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    await writeFile(join(folder, 'program.mjs'), PROGRAM);
  });
  after(() => rm(folder, { recursive: true }));

  const start = (...argv: string[]): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [join(folder, 'program.mjs'), ...argv], { env: { PATH: process.env.PATH } });
  const endOf = async (child: ChildProcessWithoutNullStreams) => {
    const [code, signal] = await once(child, 'close');
    return { code, signal };
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`ends with 130 on ${signal}, with a complete document of the results so far`, async () => {
      const child = start('check', 'missing', 'slow', '-o', 'json');
      const end = endOf(child);
      const stdout = text(child.stdout);
      assert.equal(String(await once(child.stderr, 'data')), 'asked');
      const stderr = text(child.stderr);
      child.kill(signal);
      assert.deepEqual(await end, { code: 130, signal: null });
      const { exitCode, results } = JSON.parse(await stdout);
      assert.equal(exitCode, 130);
      assert.equal(results[0].reason, 'not-found');
      assert.equal(await stderr, 'abortedInterrupted after 2 images.\n');
    });
  }

  it('ends immediately on the second SIGINT', async () => {
    const child = start('check', 'stuck');
    const end = endOf(child);
    assert.equal(String(await once(child.stderr, 'data')), 'asked');
    child.kill('SIGINT');
    assert.equal(String(await once(child.stderr, 'data')), 'aborted');
    child.kill('SIGINT');
    assert.deepEqual(await end, { code: 130, signal: null });
  });

  it('ends silently if the reader is gone, although standard input never ends', async () => {
    const child = start('check', '-f', '-', '-o', 'ndjson');
    const end = endOf(child);
    const stderr = text(child.stderr);
    child.stdin.on('error', () => undefined);
    child.stdin.write('missing\n');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.write('nginx\nredis\nbusybox\n');
    assert.deepEqual(await end, { code: 4, signal: null });
    assert.equal(await stderr, '');
  });

  it('writes all of a long report to a pipe', async () => {
    const child = start('check', '-f', '-', '-o', 'json');
    const end = endOf(child);
    const stdout = text(child.stdout);
    child.stdin.end(Array.from({ length: 5000 }, (_, index) => `registry.example.com/app:${index}\n`).join(''));
    assert.deepEqual(await end, { code: 0, signal: null });
    assert.equal(JSON.parse(await stdout).results.length, 5000);
  });

  it('reads the password from standard input', async () => {
    const child = start('check', 'nginx', '-u', 'me', '--password-stdin', '-o', 'ndjson');
    const end = endOf(child);
    child.stdin.end('hunter2\n');
    assert.deepEqual(await end, { code: 0, signal: null });
  });
});
