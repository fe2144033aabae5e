// Ends the process even if one of its threads is blocked by a name server or a file system that does not respond. Node
// waits for its threads, even in `process.exit`.

import { accessSync, constants } from 'node:fs';
import { embeddedFiles } from '../core/embedded-files.ts';
import { EXIT } from '../core/exit-code.ts';

/** From the keyboard, a supervisor, and a closed terminal. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A thread may be about to finish, for example the end of a file. */
const WAIT_MS = 20;
const MAX_WAITS = 10;
const USUAL_END_MS = 300;

/** Node's names for the work of its thread pool: files and DNS lookups. */
const THREAD_WORK = /^FSReq|^Get(?:Addr|Name)InfoReq/;

/**
 * After a complete run: nearly always no thread is blocked, and everything was written. To free all memory before the end
 * takes V8 longer than to end.
 */
export function endCompleted(streams: readonly Stream[]): void {
  const isWritten = streams.every(({ writableLength = 0 }) => writableLength === 0);
  if (isWritten && !isThreadBusy()) process.exit();
  setTimeout(endProcess, USUAL_END_MS, streams).unref();
}

const isThreadBusy = (): boolean => process.getActiveResourcesInfo().some((name) => THREAD_WORK.test(name));

/** Uses the process's exit code, or that of an interruption. `streams`: of the process, after everything was written. */
export function endProcess(streams?: readonly Stream[], waits = MAX_WAITS): void {
  const exitCode = Number(process.exitCode ?? EXIT.interrupted);
  if (isThreadBusy()) {
    if (waits > 0) {
      setTimeout(endProcess, WAIT_MS, streams, waits - 1);
      return;
    }
    // From now on the default action of a signal ends the process.
    for (const name of SIGNALS) process.removeAllListeners(name);
    if (streams !== undefined) becomeAnother(exitCode, streams);
    // A shell reports the end by this signal as exit code 130.
    if (exitCode === EXIT.interrupted) process.kill(process.pid, 'SIGINT');
  }
  // The first process of a container does not end by its own signal.
  process.exit(exitCode);
}

interface Stream {
  /** Bytes that are not written yet. */
  readonly writableLength?: number;
  readonly _handle?: { setBlocking?: (isBlocking: boolean) => void } | null;
}

/**
 * execve(2): a process that becomes another program loses its threads immediately. The other program only ends with our
 * exit code. From Node 22.15 on; otherwise the process waits for the threads.
 */
function becomeAnother(exitCode: number, streams: readonly Stream[]): void {
  const { execve, execPath } = process as typeof process & { execve?: (...program: unknown[]) => never };
  // In the executable `execPath` is the command itself, for which `-e` is an option that it does not have.
  if (execve === undefined || process.platform === 'win32' || embeddedFiles !== undefined) return;
  try {
    // Without the file, Node would end with a stack trace.
    accessSync(execPath, constants.X_OK);
    // Node makes the pipes of the process non-blocking, and undoes this at its end for other users of the pipes.
    for (const stream of streams) stream._handle?.setBlocking?.(true);
    const program = [execPath, '-e', `process.exitCode = ${exitCode}`];
    execve.call(process, execPath, program, { ...process.env, NODE_OPTIONS: '' });
  } catch {
    // Not permitted: the process waits for the threads.
  }
}
