// Runs a program without a shell, with text on standard input and limits on time and output.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Env } from '../core/env.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { findOpenFileLimit } from '../file/open-file-limit.ts';

export interface ProgramRun {
  /** Absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly env: Env;
  readonly timeoutMs: number;
  /** Limit of standard output: more is a failure. Standard error is cut there. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramExit {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** For what a program wrote before it exited to be read. */
const GRACE_MS = 500;

/** The error completes the sentence "the program …". */
export type RunProgram = (run: ProgramRun) => Promise<Outcome<ProgramExit, string>>;

/** The error after the time limit. */
export const timeoutProblem = (timeoutMs: number): string => `did not respond within ${timeoutMs / 1000} s`;

export const runProgram: RunProgram = (run) =>
  new Promise((resolve) => {
    if (run.signal?.aborted) return resolve(failure('was not started'));
    const isGroup = process.platform !== 'win32';
    const started = start(run, isGroup);
    if (!started.ok) return resolve(started);
    const child = started.value;

    let grace: NodeJS.Timeout | undefined;
    const settle = (outcome: Outcome<ProgramExit, string>): void => {
      clearTimeout(timer);
      clearTimeout(grace);
      run.signal?.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    // A helper is often a script: kill the whole group, or what it started would keep running.
    const stop = (problem: string): void => {
      settle(failure(problem));
      for (const stream of child.stdio) stream?.destroy();
      try {
        if (isGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // It has just ended.
      }
    };
    const onAbort = (): void => stop('was stopped');
    const timer = setTimeout(() => stop(timeoutProblem(run.timeoutMs)), run.timeoutMs);
    run.signal?.addEventListener('abort', onAbort, { once: true });

    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let outBytes = 0;
    let errBytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes > run.maxBytes) stop(`printed more than ${run.maxBytes / 1024} KiB`);
      else stdout.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (errBytes < run.maxBytes) stderr.push(chunk.subarray(0, run.maxBytes - errBytes));
      errBytes += chunk.length;
    });
    // A program that ends without reading its input is judged by its output.
    for (const stream of child.stdio) stream?.on('error', () => {});
    child.stdin.end(run.input);

    child.on('error', (error) => settle(failure(notStarted(error))));
    const onEnd = (exitCode: number | null, signalName: NodeJS.Signals | null): void =>
      settle(
        exitCode === null
          ? failure(`was killed by ${signalName}`)
          : success({ exitCode, stdout: `${Buffer.concat(stdout)}`, stderr: `${Buffer.concat(stderr)}` }),
      );
    child.on('close', onEnd);
    child.on('exit', (exitCode, signalName) => {
      // What it started, such as an agent, may keep the pipes open for hours. Without any output, it may still write some.
      grace = setTimeout(() => {
        if (stdout.length === 0 && exitCode === 0) return;
        onEnd(exitCode, signalName);
        for (const stream of child.stdio) stream?.destroy();
      }, GRACE_MS);
    });
  });

/** Node reports some failures by an event and others by throwing; without free descriptors there are no streams. */
function start(run: ProgramRun, detached: boolean): Outcome<ChildProcessWithoutNullStreams, string> {
  try {
    const child = spawn(run.file, run.args, { env: { ...run.env }, detached, windowsHide: true });
    if (child.stdio !== undefined) return success(child);
    // The event would only repeat it.
    (child as ChildProcessWithoutNullStreams).on('error', () => {});
    return failure(notStarted({ code: findOpenFileLimit() ?? 'EMFILE' }));
  } catch (error) {
    return failure(notStarted(error));
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  E2BIG: 'the environment is too large',
  EACCES: 'permission denied',
  EAGAIN: 'too many processes',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  ENOENT: 'the program or its interpreter is missing',
  ENOEXEC: 'not a program for this machine',
  ENOMEM: 'not enough memory',
  EPERM: 'permission denied',
  ETXTBSY: 'the file is being written',
};

function notStarted(error: unknown): string {
  const { code } = error as { code?: unknown };
  const cause = typeof code === 'string' ? CAUSES[code] : undefined;
  return `could not be started${cause === undefined ? '' : `: ${cause}`} (${code ?? 'unknown error'})`;
}
