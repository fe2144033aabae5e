// Ctrl-C and the other signals that end a run (SIGINT, SIGTERM, SIGHUP): the first interrupts it, and the results so far
// are reported; the second ends the process. A command may take SIGHUP for something else.

import { untilAborted } from '../core/until-aborted.ts';
import { endProcess, SIGNALS } from './end-process.ts';

export interface Signals {
  /** Aborted by the first signal. A second one, or one after the end of the command, ends the process. */
  readonly interruption: AbortSignal;
  /** From now on SIGHUP calls this instead. */
  readonly onHangup: (listener: () => void) => void;
}

export function listenForSignals(): Signals {
  const interruption = new AbortController();
  let hangupListener: (() => void) | undefined;
  const onSignal = (): void => {
    if (interruption.signal.aborted || process.exitCode !== undefined) {
      // On the next turn: by then the credential helpers have been ended, which would outlive the process.
      setImmediate(() => endProcess());
    }
    interruption.abort();
  };
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (name === 'SIGHUP' && hangupListener !== undefined) hangupListener();
      else onSignal();
    });
  }
  return {
    interruption: interruption.signal,
    onHangup: (listener) => {
      hangupListener = listener;
    },
  };
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
