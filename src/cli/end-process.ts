// Ends the process when all is said, whatever still holds one of its threads: a name server or a file system that does
// not answer. Node waits for its threads, even at `process.exit`.

import { accessSync, constants } from 'node:fs';
import { EXIT } from './exit-code.ts';

/** The keyboard, a supervisor, and a terminal that was closed. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a thread is about to finish, such as the end of a file, is worth a moment. */
const WAIT_MS = 20;
const MAX_WAITS = 10;
const USUAL_END_MS = 300;

/** As Node calls what its thread pool does: files and name look-ups. */
const THREAD_WORK = /^FSReq|^Get(?:Addr|Name)InfoReq/;

/** After a run that came to its end: nearly always nothing holds it, and the process ends as it should. */
export function endIfHeld(streams: readonly Stream[]): void {
  setTimeout(endProcess, USUAL_END_MS, streams).unref();
}

/** With its exit code, or that of an interruption. `streams`: those of the process, when all is written. */
export function endProcess(streams?: readonly Stream[], waits = MAX_WAITS): void {
  const exitCode = Number(process.exitCode ?? EXIT.interrupted);
  if (process.getActiveResourcesInfo().some((name) => THREAD_WORK.test(name))) {
    if (waits > 0) {
      setTimeout(endProcess, WAIT_MS, streams, waits - 1);
      return;
    }
    // From now on a signal ends the process without us.
    for (const name of SIGNALS) process.removeAllListeners(name);
    if (streams !== undefined) becomeAnother(exitCode, streams);
    // A shell tells the end by that signal as the exit code 130.
    if (exitCode === EXIT.interrupted) process.kill(process.pid, 'SIGINT');
  }
  // The first process of a container is not ended by its own signal.
  process.exit(exitCode);
}

interface Stream {
  readonly _handle?: { setBlocking?: (isBlocking: boolean) => void } | null;
}

/**
 * execve(2): a process that becomes another program loses its threads at once. The other one does nothing but end with
 * our exit code. From Node 22.15 on; without it the threads are waited for.
 */
function becomeAnother(exitCode: number, streams: readonly Stream[]): void {
  const { execve, execPath } = process as typeof process & { execve?: (...program: unknown[]) => never };
  if (execve === undefined || process.platform === 'win32') return;
  try {
    // Where there is no such file, Node ends with a stack trace.
    accessSync(execPath, constants.X_OK);
    // Node makes the pipes of the process wait for nothing, and at its end undoes it for those who use them after us.
    for (const stream of streams) stream._handle?.setBlocking?.(true);
    const program = [execPath, '-e', `process.exitCode = ${exitCode}`];
    execve.call(process, execPath, program, { ...process.env, NODE_OPTIONS: '' });
  } catch {
    // Not allowed: the threads are waited for.
  }
}
