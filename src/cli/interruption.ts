// Ctrl-C and the other signals that end a run (SIGINT, SIGTERM, SIGHUP): the first interrupts it, and the results so far
// are reported; the second ends the process.

import { untilAborted } from '../core/until-aborted.ts';
import { endProcess, SIGNALS } from './end-process.ts';

/** Aborted by the first signal. A second one, or one after the end of the command, ends the process. */
export function listenForSignals(): AbortSignal {
  const interruption = new AbortController();
  const onSignal = (): void => {
    if (interruption.signal.aborted || process.exitCode !== undefined) {
      // On the next turn: by then the credential helpers have been ended, which would outlive the process.
      setImmediate(() => endProcess());
    }
    interruption.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return interruption.signal;
}

/** Undefined if the signal aborts before the work is done. */
export async function unlessInterrupted<T>(work: Promise<T>, interruption: AbortSignal): Promise<T | undefined> {
  try {
    return await untilAborted(work, interruption);
  } catch (error) {
    if (interruption.aborted) return undefined;
    throw error;
  }
}
