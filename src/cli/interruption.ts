// The signals that end a run: the first interrupts it, so that what was found is reported, the second ends the process.

import { untilAborted } from '../core/until-aborted.ts';
import { EXIT } from './exit-code.ts';

/** The keyboard, a supervisor, and a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted by the first signal. A second one, or one that comes when the command is done, ends the process. */
export function listenForSignals(): AbortSignal {
  const interruption = new AbortController();
  const onSignal = (): void => {
    if (interruption.signal.aborted || process.exitCode !== undefined) {
      // A turn later: by then the credential helpers are ended, which would go on without us.
      setImmediate(() => endProcess());
    }
    interruption.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return interruption.signal;
}

/**
 * Ends the process whatever it waits for, with its exit code or 130. Node waits for its threads even at `process.exit`,
 * and one may hang in a name server or a file system that does not answer: then only a signal ends the process, which
 * a shell tells as 130 too.
 */
export function endProcess(waits = MAX_WAITS): void {
  if (process.getActiveResourcesInfo().some((name) => THREAD_WORK.test(name))) {
    if (waits > 0) {
      setTimeout(endProcess, WAIT_MS, waits - 1);
      return;
    }
    for (const name of SIGNALS) process.removeAllListeners(name);
    process.kill(process.pid, 'SIGINT');
  }
  // The first process of a container is not ended by its own signal.
  process.exit(process.exitCode ?? EXIT.interrupted);
}

/** What a thread is about to finish, such as the end of a file, is not worth a signal. */
const WAIT_MS = 20;
const MAX_WAITS = 10;

/** As Node calls what its thread pool does: files and name look-ups. */
const THREAD_WORK = /^FSReq|^Get(?:Addr|Name)InfoReq/;

/** Undefined when the run is interrupted before the work is done. */
export async function unlessInterrupted<T>(work: Promise<T>, interruption: AbortSignal): Promise<T | undefined> {
  try {
    return await untilAborted(work, interruption);
  } catch (error) {
    if (interruption.aborted) return undefined;
    throw error;
  }
}
