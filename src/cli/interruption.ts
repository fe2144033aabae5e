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

/**
 * npm, `timeout` and supervisors pass a signal on that the terminal or the process group has already sent: it comes twice.
 * A command that has an orderly stop must not take that for impatience.
 */
const SAME_SIGNAL_MS = 100;

export function listenForSignals(): Signals {
  const interruption = new AbortController();
  let hangupListener: (() => void) | undefined;
  let firstMs = Number.NEGATIVE_INFINITY;
  const onSignal = (): void => {
    const nowMs = performance.now();
    const isService = hangupListener !== undefined;
    if (isService && nowMs - firstMs < SAME_SIGNAL_MS) return;
    if (!interruption.signal.aborted) firstMs = nowMs;
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
