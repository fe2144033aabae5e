import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { fakeChecker } from './fake-checker.ts';
import { documentOf, runMain } from './run-main.ts';

const SECRET = 'hunter2';

const breaking = () =>
  fakeChecker({}, (text) => {
    if (text === 'broken') {
      throw new TypeError(`cannot read https://me:${SECRET}@example.com with Authorization: Basic ${SECRET}`);
    }
  });

describe('an internal error', () => {
  it('ends with 70 and asks for a bug report, without a stack', async () => {
    const checker = breaking();
    const { exitCode, stderr } = await runMain(['check', 'broken'], { checker });
    assert.equal(exitCode, 70);
    assert.equal(
      stderr,
      `error: Internal error in kairos-pull 0.1.0 (TypeError, Node ${process.version}). This is a bug and says nothing about your images.\n` +
        'Please report it with the command you ran and the details that KAIROS_PULL_DEBUG=1 prints.\n',
    );
    assert.equal(checker.isFinished(), true);
  });

  it('still reports the results so far', async () => {
    const finished = await runMain(['check', 'nginx', 'broken', 'redis', '-o', 'json'], { checker: breaking() });
    const { exitCode, results } = documentOf(finished);
    assert.equal(exitCode, 70);
    assert.deepEqual(
      results.map(({ input }: { input: string }) => input),
      ['nginx'],
    );
  });

  it('shows the stack on request, and no secret', async () => {
    for (const [argv, env] of [
      [['check', 'broken', '-v'], {}],
      [['check', 'broken', '--verbose'], {}],
      [['check', 'broken'], { KAIROS_PULL_DEBUG: '1' }],
    ] as const) {
      const { stderr } = await runMain(argv, { checker: breaking(), env });
      assert.match(stderr, /\n\nTypeError: cannot read https:\/\/\*\*\*@example\.com .*: Basic \*\*\*\n {4}at /);
      assert.doesNotMatch(stderr, new RegExp(SECRET));
    }
  });
});

describe('an interruption', () => {
  it('ends with 130 and reports the results so far', async () => {
    const controller = new AbortController();
    const checker = fakeChecker({}, (text) => {
      if (text === 'redis') controller.abort();
    });
    const argv = ['check', 'nginx', 'redis', 'busybox', '-o', 'json'];
    const finished = await runMain(argv, { checker, interruption: controller.signal });
    const { exitCode, summary } = documentOf(finished);
    assert.equal(finished.exitCode, 130);
    assert.deepEqual({ exitCode, total: summary.total }, { exitCode: 130, total: 2 });
    assert.equal(finished.stderr, 'Interrupted: 2 of 3 images checked.\n');
  });

  it('takes effect while images settle without a pause', async () => {
    using folder = createTemporaryFolder();
    const list = folder.write('list.txt', Array.from({ length: 5000 }, (_, at) => `r.example/app:${at}\n`).join(''));
    const controller = new AbortController();
    const checker = fakeChecker({}, () => void setImmediate(() => controller.abort()));
    const argv = ['check', '-f', list, '-o', 'json'];
    const finished = await runMain(argv, { checker, interruption: controller.signal });
    assert.equal(finished.exitCode, 130);
    const { notChecked } = documentOf(finished);
    assert.ok(notChecked > 4000, `${notChecked}`);
  });

  it('aborts the signal of the checker', async () => {
    const controller = new AbortController();
    const signals: (AbortSignal | undefined)[] = [];
    const checker = fakeChecker({}, (_text, signal) => {
      signals.push(signal);
      assert.equal(signal?.aborted, false);
      controller.abort();
      assert.equal(signal?.aborted, true);
    });
    await runMain(['check', 'nginx'], { checker, interruption: controller.signal });
    assert.equal(signals.length, 1);
  });

  it('does not report an error of the interrupted check', async () => {
    const controller = new AbortController();
    const checker = fakeChecker({}, (_text, signal) => {
      controller.abort();
      signal?.throwIfAborted();
    });
    const finished = await runMain(['check', 'nginx', '-o', 'json'], { checker, interruption: controller.signal });
    assert.equal(finished.exitCode, 130);
    assert.deepEqual(documentOf(finished).results, []);
    assert.equal(finished.stderr, 'Interrupted: 0 of 1 image checked.\n');
  });

  it('releases standard input that never ends', async () => {
    const { PassThrough } = await import('node:stream');
    for (const argv of [
      ['check', '-f', '-'],
      ['check', 'nginx', '-u', 'me', '--password-stdin'],
      ['images', '-f', '-'],
    ]) {
      const controller = new AbortController();
      const stdin = new PassThrough();
      const running = runMain(argv, { stdin, interruption: controller.signal });
      stdin.write('nginx');
      controller.abort();
      assert.equal((await running).exitCode, 130, argv.join(' '));
    }
  });

  it('ends the demo after the results so far, without an unhandled rejection', async () => {
    const controller = new AbortController();
    const { Writable } = await import('node:stream');
    const stdout = new Writable({
      write(_chunk, _encoding, done) {
        controller.abort();
        done();
      },
    });
    const { exitCode, stderr } = await runMain(['demo'], { stdout, interruption: controller.signal });
    assert.deepEqual({ exitCode, stderr }, { exitCode: 130, stderr: 'Interrupted.\n' });
  });

  it('releases standard input if the run ends for another reason', async () => {
    const { PassThrough } = await import('node:stream');
    const stdin = new PassThrough();
    stdin.write('broken\n');
    const { exitCode } = await runMain(['check', '-f', '-'], { stdin, checker: breaking() });
    assert.equal(exitCode, 70);
    assert.equal(stdin.destroyed, true);
  });
});
