// Runs the command in this process, with the test's own streams, environment, signals and time.

import assert from 'node:assert/strict';
import { PassThrough, Readable, Writable } from 'node:stream';
import type { Collaborators } from '../../src/cli/check-command.ts';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { createOutputStream, type OutputStream, type ProcessStream } from '../../src/cli/output-stream.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { fakeChecker } from './fake-checker.ts';

export interface Circumstances {
  readonly checker?: Collaborators;
  readonly stdin?: string | Readable;
  readonly env?: Io['env'];
  /** Columns, where the stream is a terminal. */
  readonly stdoutColumns?: number;
  readonly stderrColumns?: number;
  readonly stdout?: ProcessStream;
  readonly stderr?: ProcessStream;
  readonly interruption?: AbortSignal;
  readonly clock?: Io['clock'];
  /** Where the search for a config file begins; unset: where there is none. */
  readonly cwd?: string;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runMain(argv: readonly string[], circumstances: Circumstances = {}): Promise<Finished> {
  const { stdin, env = {}, interruption = new AbortController().signal } = circumstances;
  const stdout = collector(circumstances.stdoutColumns);
  const stderr = collector(circumstances.stderrColumns);
  const io: Io = {
    stdin: () => {
      assert.notEqual(stdin, undefined, 'standard input was read');
      return typeof stdin === 'string' ? Readable.from([Buffer.from(stdin)]) : (stdin ?? new PassThrough());
    },
    stdout: createOutputStream(circumstances.stdout ?? stdout.raw, interruption),
    stderr: createOutputStream(circumstances.stderr ?? stderr.raw, interruption),
    env,
    platform: 'linux',
    cwd: () => circumstances.cwd ?? '/nonexistent',
    interruption,
    clock: circumstances.clock ?? createFakeClock(),
  };
  const exitCode = await main(argv, io, circumstances.checker ?? fakeChecker());
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** The document `-o json` wrote. */
export const documentOf = ({ stdout }: Finished) => JSON.parse(stdout);

export interface Collector {
  /** As the command sees it, in a run that nothing interrupts. */
  readonly stream: OutputStream;
  readonly raw: ProcessStream;
  readonly text: () => string;
}

export function collector(columns: number | undefined): Collector {
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
