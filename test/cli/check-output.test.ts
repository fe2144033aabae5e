import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { requireLinux, requirePosix, requirePrograms } from '../support/require-programs.ts';
import { fakeChecker } from './fake-checker.ts';
import { documentOf, runMain } from './run-main.ts';

const ESCAPE = '\u001b';

describe('check -o', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('writes only results to standard output', async () => {
    const { stdout, stderr } = await runMain(['check', 'nginx', 'redis']);
    assert.match(stdout, /nginx.*redis/s);
    assert.equal(stderr, '');
  });

  it('writes several reports, with text on standard output by default', async () => {
    const json = join(folder, 'report.json');
    const lines = join(folder, 'report.ndjson');
    const { exitCode, stdout } = await runMain(['check', 'nginx', '-o', `json=${json}`, '-o', `ndjson=${lines}`]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /nginx/);
    assert.equal(JSON.parse(await readFile(json, 'utf8')).results[0].input, 'nginx');
    assert.equal(JSON.parse(await readFile(lines, 'utf8')).input, 'nginx');
  });

  it('leaves standard output to the format without a path', async () => {
    const text = join(folder, 'report.txt');
    const finished = await runMain(['check', 'nginx', '-o', `text=${text}`, '-o', 'json=-']);
    assert.equal(documentOf(finished).results.length, 1);
    assert.match(await readFile(text, 'utf8'), /nginx/);
  });

  it('rejects two formats on standard output', async () => {
    const { exitCode, stderr } = await runMain(['check', 'nginx', '-o', 'json', '-o', 'text']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: json and text cannot both go to standard output; use --output text=another-file\.\n/);
  });

  it('rejects two formats in one file', async () => {
    const path = join(folder, 'both');
    const { exitCode, stderr } = await runMain(['check', 'nginx', '-o', `json=${path}`, '-o', `text=${folder}/./both`]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: json and text cannot both go to /);
  });

  it('makes the directories of a report', async () => {
    const path = join(folder, 'reports', 'today', 'report.json');
    assert.equal((await runMain(['check', 'nginx', '-o', `json=${path}`])).exitCode, 0);
    assert.match(await readFile(path, 'utf8'), /nginx/);
  });

  it('makes no directory of a URL', async () => {
    const { exitCode, stderr } = await runMain(['check', 'nginx', '-o', 'json=https://r.example/report.json']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: cannot write https:\/\/r\.example\/report\.json: no such file or directory\.\n/);
  });

  it('rejects a path that cannot be written before the first check', async () => {
    const checker = fakeChecker();
    const path = join(folder, 'file', 'report.json');
    await writeFile(join(folder, 'file'), '');
    const { exitCode, stderr } = await runMain(['check', 'nginx', '-o', `json=${path}`], { checker });
    assert.equal(exitCode, 2);
    assert.equal(stderr.split('\n')[0], `error: cannot write ${path}: part of the path is not a directory.`);
    assert.deepEqual(checker.checked, []);
  });

  it('gives up on a directory that the system does not make', { skip: requireLinux(), timeout: 60_000 }, async () => {
    for (const path of ['/proc/nope/x.json', '/proc/nope/deep/x.json', '/sys/nope/x.json']) {
      const { exitCode, stderr } = await runMain(['check', 'nginx', '-o', `json=${path}`]);
      assert.equal(exitCode, 2, path);
      assert.match(
        stderr,
        new RegExp(`^error: cannot write ${path}: (no such file or directory|permission denied)\\.`),
      );
    }
  });

  it('gives up on a named pipe without a reader', {
    skip: requirePosix() || requirePrograms('mkfifo'),
  }, async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const checker = fakeChecker();
    const { exitCode, stderr } = await runMain(['check', 'nginx', '-o', `json=${path}`], { checker });
    assert.equal(exitCode, 2);
    assert.equal(stderr.split('\n')[0], `error: cannot write ${path}: no program reads from this pipe.`);
    assert.deepEqual(checker.checked, []);
  });

  it('lists the formats in an error', async () => {
    const { exitCode, stderr } = await runMain(['check', 'nginx', '-o', 'jsn']);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /^error: --output: "jsn" is unknown\. Did you mean json\? Use one of: text, json, ndjson.*\.\n/,
    );
  });

  it('-q shows only failures', async () => {
    const checker = fakeChecker({ bad: 'not-found' });
    const { stdout } = await runMain(['check', 'good', 'bad', '-q'], { checker });
    assert.match(stdout, /bad/);
    assert.doesNotMatch(stdout, /good/);
    assert.equal((await runMain(['check', 'good', '-q'])).stdout, '');
  });

  it('-v writes the steps to standard error', async () => {
    const finished = await runMain(['check', 'nginx', '-v', '-o', 'json']);
    assert.equal(documentOf(finished).results.length, 1);
    assert.match(finished.stderr, /^2026-01-01T00:00:00\.000Z {2}kairos-pull \S+ · Node\.js \S+ · linux\n/);
  });

  it('reports a full disk with exit code 2, not as a bug', { skip: requireLinux() }, async () => {
    const { exitCode, stderr } = await runMain(['check', 'nginx', '-o', 'json=/dev/full']);
    assert.equal(exitCode, 2);
    assert.equal(stderr.split('\n')[0], 'error: cannot write /dev/full: no space left on the device.');
  });

  it('a report on a full disk takes no result from the others', { skip: requireLinux() }, async () => {
    const [path, junit] = [join(folder, 'whole.json'), join(folder, 'whole.xml')];
    const { exitCode, stdout } = await runMain([
      ...['check', 'nginx', '-o', 'text=/dev/full', '-o', 'ndjson'],
      ...['-o', `json=${path}`, '-o', `junit=${junit}`],
    ]);
    assert.equal(exitCode, 2);
    const document = JSON.parse(await readFile(path, 'utf8'));
    assert.deepEqual([document.exitCode, document.results.length, document.summary.total], [2, 1, 1]);
    assert.match(await readFile(junit, 'utf8'), /<testsuites [^>]*tests="1"/);
    assert.equal(JSON.parse(stdout).verdict, 'pullable');
  });

  for (const word of ['--help', '--version']) {
    it(`a full disk fails ${word}, with a message`, { skip: requireLinux() }, async () => {
      const full = createWriteStream('/dev/full');
      const { exitCode, stderr } = await runMain([word], { stdout: full });
      full.destroy();
      assert.deepEqual(
        [exitCode, stderr],
        [2, 'error: cannot write to standard output: no space left on the device.\n'],
      );
    });
  }

  describe('--color', () => {
    const run = async (argv: readonly string[], env: Record<string, string>, stdoutColumns?: number) => {
      const { stdout } = await runMain(['check', 'nginx', ...argv], { env, ...(stdoutColumns && { stdoutColumns }) });
      return stdout.includes(ESCAPE);
    };
    it('a terminal has colors', async () => assert.equal(await run([], { TERM: 'xterm' }, 80), true));
    it('a pipe has no colors', async () => assert.equal(await run([], { TERM: 'xterm' }), false));
    it('NO_COLOR', async () => assert.equal(await run([], { TERM: 'xterm', NO_COLOR: '1' }, 80), false));
    it('FORCE_COLOR', async () => assert.equal(await run([], { FORCE_COLOR: '1' }), true));
    it('always', async () => assert.equal(await run(['--color', 'always'], {}), true));
    it('never', async () => assert.equal(await run(['--color', 'never'], { TERM: 'xterm' }, 80), false));
    it('KAIROS_PULL_COLOR', async () => assert.equal(await run([], { KAIROS_PULL_COLOR: 'always' }), true));
    it('a file has no colors although the output is a terminal', async () => {
      const path = join(folder, 'plain.txt');
      await runMain(['check', 'nginx', '-o', `text=${path}`], { env: { FORCE_COLOR: '1' }, stdoutColumns: 80 });
      assert.equal((await readFile(path, 'utf8')).includes(ESCAPE), false);
    });
  });

  describe('a reader that ends early', () => {
    /** Takes `writes` writes, then fails as a closed pipe does. */
    const closing = (writes: number) => {
      let left = writes;
      let text = '';
      const stream = new Writable({
        write(chunk, _encoding, done) {
          left -= 1;
          if (left < 0) return done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }));
          text += String(chunk);
          done();
        },
      });
      return { stream, text: () => text };
    };

    it('ends the run silently', async () => {
      const stdout = closing(1);
      const checker = fakeChecker({ a: 'not-found' });
      const argv = ['check', 'a', 'b', 'c', 'd', '-o', 'ndjson'];
      const { exitCode, stderr } = await runMain(argv, { checker, stdout: stdout.stream });
      assert.deepEqual(
        { exitCode, stderr, checked: checker.checked },
        { exitCode: 4, stderr: '', checked: ['a', 'b'] },
      );
      assert.equal(JSON.parse(stdout.text()).input, 'a');
      assert.equal(checker.isFinished(), true);
    });

    it('does not end the run if a report is written to a file', async () => {
      const path = join(folder, 'whole.json');
      const checker = fakeChecker();
      const argv = ['check', 'a', 'b', 'c', '-o', 'ndjson', '-o', `json=${path}`];
      await runMain(argv, { checker, stdout: closing(1).stream });
      assert.deepEqual(checker.checked, ['a', 'b', 'c']);
      assert.equal(JSON.parse(await readFile(path, 'utf8')).summary.total, 3);
    });

    it('does not break --help', async () => {
      const { exitCode, stderr } = await runMain(['--help'], { stdout: closing(0).stream });
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
    });
  });

  describe('the progress line', () => {
    it('is drawn on a terminal while more than one image is checked, and erased at the end', async () => {
      const { stderr, stdout } = await runMain(['check', 'a', 'b', 'c'], { stderrColumns: 80 });
      assert.match(stderr, /0\/3 checked/);
      assert.match(stderr, /1\/3 checked/);
      assert.equal(stderr.endsWith(`\r${ESCAPE}[2K`), true);
      assert.doesNotMatch(stdout, /checked/);
    });

    it('is erased while results are written', async () => {
      const screen: string[] = [];
      const write = (name: string) =>
        new Writable({
          write(chunk, _encoding, done) {
            screen.push(`${name}:${chunk}`);
            done();
          },
        });
      const stderr = Object.assign(write('err'), { isTTY: true, columns: 80 });
      await runMain(['check', 'a', 'b', 'c', '-o', 'ndjson'], { stdout: write('out'), stderr });
      const shown: string[] = [];
      for (const [index, text] of screen.entries()) {
        if (text.startsWith('out:')) shown.push(screen[index - 1] ?? '');
      }
      assert.deepEqual(
        shown.map((before) => before === `err:\r${ESCAPE}[2K` || before.startsWith('out:')),
        [true, true, true],
      );
    });

    it('is not drawn for one image', async () => {
      assert.equal((await runMain(['check', 'a'], { stderrColumns: 80 })).stderr, '');
    });

    it('is not drawn in a pipe or on a dumb terminal', async () => {
      assert.equal((await runMain(['check', 'a', 'b'])).stderr, '');
      assert.equal((await runMain(['check', 'a', 'b'], { stderrColumns: 80, env: { TERM: 'dumb' } })).stderr, '');
    });
  });
});
