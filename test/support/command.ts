// Runs the command inside this process, with the test's own streams, environment, signal and time.

import assert from 'node:assert/strict';
import { delimiter } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Collaborators } from '../../src/cli/check-command.ts';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { createOutputStream, type OutputStream, type ProcessStream } from '../../src/cli/output-stream.ts';
import type { Result } from '../../src/core/result.ts';
import { dockerFolder } from './docker-program.ts';
import { createFakeClock } from './fake-clock.ts';

export interface Circumstances {
  readonly env?: Io['env'];
  readonly stdin?: string | Readable;
  /** Of a terminal. */
  readonly stdoutColumns?: number;
  readonly stderrColumns?: number;
  readonly stdout?: ProcessStream;
  readonly stderr?: ProcessStream;
  readonly interruption?: AbortSignal;
  readonly interrupt?: () => void;
  /** Its abort is a SIGHUP. */
  readonly hangup?: AbortSignal;
  readonly clock?: Io['clock'];
  /** The working directory. */
  readonly cwd?: string;
  readonly checker?: Partial<Collaborators>;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Checked extends Finished {
  /** Of the first image. */
  readonly result: Result;
  readonly results: readonly Result[];
}

/** No credential, proxy or home of the user who runs the tests; docker is on the PATH. */
export const BARE_ENV = {
  ...{ HOME: '/nonexistent', XDG_RUNTIME_DIR: '/nonexistent' },
  PATH: [dockerFolder(), '/usr/bin', '/bin'].join(delimiter),
};

/** With exactly this environment. It fails if the command reads standard input and there is none. */
export async function runMain(argv: readonly string[], circumstances: Circumstances = {}): Promise<Finished> {
  const { stdin, env = {}, interruption = new AbortController().signal, checker } = circumstances;
  const stdout = collector(circumstances.stdoutColumns);
  const stderr = collector(circumstances.stderrColumns);
  const io: Io = {
    stdin: () =>
      typeof stdin === 'string'
        ? Readable.from([Buffer.from(stdin)])
        : (stdin ?? assert.fail('standard input was read')),
    stdout: createOutputStream(circumstances.stdout ?? stdout.raw, interruption),
    stderr: createOutputStream(circumstances.stderr ?? stderr.raw, interruption),
    env,
    platform: 'linux',
    cwd: () => circumstances.cwd ?? '/nonexistent',
    interruption,
    interrupt: circumstances.interrupt ?? (() => assert.fail('the run was interrupted')),
    onHangup: (listener) => circumstances.hangup?.addEventListener('abort', listener),
    clock: circumstances.clock ?? createFakeClock(Date.UTC(2026, 0, 1)),
  };
  const exitCode = await main(argv, io, checker);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** Against servers of the test: `env` adds to BARE_ENV, and standard input is empty unless given. */
export const runCommand = (argv: readonly string[], circumstances: Circumstances = {}): Promise<Finished> =>
  runMain(argv, {
    stdin: '',
    cwd: process.cwd(),
    ...circumstances,
    env: { ...BARE_ENV, ...circumstances.env },
  });

/** `kairos-pull check ARGS -o json`, and its document. */
export async function checkJson(args: readonly string[], circumstances: Circumstances = {}): Promise<Checked> {
  const finished = await runCommand(['check', ...args, '-o', 'json'], circumstances);
  assert.notEqual(finished.stdout, '', finished.stderr);
  const { results, exitCode } = JSON.parse(finished.stdout);
  assert.equal(exitCode, finished.exitCode);
  assert.notEqual(results.length, 0, 'no image was checked');
  return { ...finished, result: results[0], results };
}

/** `METHOD purpose status`, as the report lists the requests. */
export const requestsOf = ({ requests }: Result): string[] =>
  requests.map(({ method, purpose, status }) => `${method} ${purpose} ${status ?? '-'}`);

export interface Collector {
  /** As the command gets it, in a run that nothing interrupts. */
  readonly stream: OutputStream;
  readonly raw: ProcessStream;
  readonly text: () => string;
}

export function collector(columns?: number): Collector {
  let text = '';
  const stream: ProcessStream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const raw = columns === undefined ? stream : Object.assign(stream, { isTTY: true, columns });
  return { stream: createOutputStream(raw, new AbortController().signal), raw, text: () => text };
}
