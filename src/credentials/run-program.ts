// Runs a program without a shell, with text on its standard input, within limits of time and output.

import { spawn } from 'node:child_process';
import { failure, type Outcome, success } from '../core/outcome.ts';

export interface ProgramRun {
  /** Absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** Of standard output; more is a failure. Of standard error so much is kept. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramExit {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An error is what the program did wrong, as the end of the sentence "the program …". */
export type RunProgram = (run: ProgramRun) => Promise<Outcome<ProgramExit, string>>;

export const runProgram: RunProgram = (run) =>
  new Promise((resolve) => {
    if (run.signal?.aborted) return resolve(failure('was not started'));
    const isGroup = process.platform !== 'win32';
    const child = spawn(run.file, run.args, { env: { ...run.env }, detached: isGroup, windowsHide: true });

    const settle = (outcome: Outcome<ProgramExit, string>): void => {
      clearTimeout(timer);
      run.signal?.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    // A helper is often a script: the whole group goes, or what it started would keep running.
    const stop = (problem: string): void => {
      settle(failure(problem));
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      try {
        if (isGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // It has just ended by itself.
      }
    };
    const onAbort = (): void => stop('was stopped');
    const timer = setTimeout(() => stop(`did not answer within ${run.timeoutMs / 1000} s`), run.timeoutMs);
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
    // A program that ends without reading its input is judged by its answer.
    child.stdin.on('error', () => {});
    child.stdin.end(run.input);

    child.on('error', (error: NodeJS.ErrnoException) => settle(failure(`could not be started (${error.code})`)));
    child.on('close', (exitCode, killedBy) =>
      settle(
        exitCode === null
          ? failure(`was ended by ${killedBy}`)
          : success({ exitCode, stdout: `${Buffer.concat(stdout)}`, stderr: `${Buffer.concat(stderr)}` }),
      ),
    );
  });
