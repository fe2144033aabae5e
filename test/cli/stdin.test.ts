import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { fakeChecker } from './fake-checker.ts';
import { runMain } from './run-main.ts';

/** A terminal where this was typed; it records whether it echoes. */
function terminal(typed: string) {
  const modes: boolean[] = [];
  const stream = new PassThrough();
  stream.end(typed);
  return Object.assign(stream, { isTTY: true, setRawMode: (isRaw: boolean) => modes.push(isRaw), modes });
}

const LOGIN = ['check', 'r.example/app:1', '-u', 'ada', '--password-stdin'];

describe('standard input on a terminal', () => {
  it('says that it waits for images', async () => {
    const checker = fakeChecker();
    const { stderr } = await runMain(['check', '-f', '-'], { stdin: terminal('a:1\nb:1\n'), checker });
    assert.match(stderr, /^Reading images from the terminal, one per line\. End with Ctrl-D\.\n/);
    assert.deepEqual(checker.checked, ['a:1', 'b:1']);
  });

  it('says nothing if it is a pipe', async () =>
    assert.equal((await runMain(['check', '-f', '-'], { stdin: 'a:1\n' })).stderr, ''));

  it('asks for the password, and does not show it', async () => {
    const checker = fakeChecker();
    const stdin = terminal('wrong\u0015seccret\u007f\u007f\u007f\u007fret\rx');
    const { exitCode, stdout, stderr } = await runMain(LOGIN, { stdin, checker });
    assert.equal(exitCode, 0);
    assert.equal(stderr, 'Password (not shown; press Enter when done):\n');
    assert.ok(!stdout.includes('secret'));
    assert.equal(checker.options[0]?.login?.password.reveal(), 'secret');
    assert.deepEqual(stdin.modes, [true, false]);
  });

  it('passes Ctrl-C on', async () => {
    const stop = new AbortController();
    const stdin = terminal('sec\u0003');
    const circumstances = { stdin, interruption: stop.signal, interrupt: () => stop.abort() };
    assert.equal((await runMain(LOGIN, circumstances)).exitCode, 130);
    assert.deepEqual(stdin.modes, [true, false]);
  });
});
