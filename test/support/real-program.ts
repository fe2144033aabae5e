// Runs a program to its end without blocking this process, which may be serving tokens to it meanwhile.

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `env` is the whole environment besides PATH: no login, proxy or home of the person running the tests leaks in. */
export async function runProgram(
  file: string,
  args: readonly string[],
  { env = {}, stdin = '' }: { env?: Readonly<Record<string, string>>; stdin?: string } = {},
): Promise<Ran> {
  const child = spawn(file, args, { env: { PATH: process.env.PATH ?? '', ...env } });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // A program that fails before it reads closes the pipe: its exit status says so, not EPIPE here.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { status, stdout, stderr };
}

/** The standard output of a program that must succeed. */
export async function mustRun(...call: Parameters<typeof runProgram>): Promise<string> {
  const { status, stdout, stderr } = await runProgram(...call);
  if (status !== 0) throw new Error(`${call[0]} ${call[1].join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
