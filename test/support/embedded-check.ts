// Runs the command inside this process against embedded servers: real sockets, but streams and environment of the test.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import type { Result } from '../../src/core/result.ts';
import { collector } from '../cli/run-main.ts';
import { createFakeClock } from './fake-clock.ts';

export interface Circumstances {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Columns, where both streams are a terminal. */
  readonly columns?: number;
  readonly clock?: Io['clock'];
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Checked extends Ran {
  /** Of the first image. */
  readonly result: Result;
  readonly results: readonly Result[];
}

/** No login, proxy or home of the person who runs the tests. */
export const BARE_ENV = { HOME: '/nonexistent', XDG_RUNTIME_DIR: '/nonexistent', PATH: '/usr/bin:/bin' };

export async function runCommand(argv: readonly string[], circumstances: Circumstances = {}): Promise<Ran> {
  const { env = {}, stdin = '', columns, clock = createFakeClock() } = circumstances;
  const stdout = collector(columns);
  const stderr = collector(columns);
  const exitCode = await main(argv, {
    stdin: () => Readable.from([Buffer.from(stdin)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { ...BARE_ENV, ...env },
    platform: 'linux',
    cwd: () => process.cwd(),
    interruption: new AbortController().signal,
    clock,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** `kairos-pull check ARGS -o json`, the document read. */
export async function checkJson(args: readonly string[], circumstances: Circumstances = {}): Promise<Checked> {
  const ran = await runCommand(['check', ...args, '-o', 'json'], circumstances);
  assert.notEqual(ran.stdout, '', ran.stderr);
  const { results, exitCode } = JSON.parse(ran.stdout);
  assert.equal(exitCode, ran.exitCode);
  assert.notEqual(results.length, 0, 'no image was checked');
  return { ...ran, result: results[0], results };
}

/** `METHOD purpose status`, as the report tells the requests. */
export const requestsOf = ({ requests }: Result): string[] =>
  requests.map(({ method, purpose, status }) => `${method} ${purpose} ${status ?? '-'}`);
