// The signals that end a run: the first interrupts it, so that what was found is reported, the second ends the process.

import { untilAborted } from '../core/until-aborted.ts';
import { endProcess, SIGNALS } from './end-process.ts';

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

/** Undefined when the run is interrupted before the work is done. */
export async function unlessInterrupted<T>(work: Promise<T>, interruption: AbortSignal): Promise<T | undefined> {
  try {
    return await untilAborted(work, interruption);
  } catch (error) {
    if (interruption.aborted) return undefined;
    throw error;
  }
}
