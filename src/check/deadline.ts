// Bounds the work of a check in time.

import { setMaxListeners } from 'node:events';
import type { Clock } from '../core/clock.ts';
import { formatDuration } from '../core/quantity.ts';
import { type Finding, finding } from './finding.ts';
import { OPTION_HINTS } from './hint.ts';
import type { Conclusion } from './result.ts';

/**
 * undefined if the deadline passes between two requests, while credentials are looked up. Rejects with the reason of
 * `signal` if that aborts.
 */
export async function untilDeadline<T>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  // Not AbortSignal.any: its result is kept as long as a signal that outlives many checks.
  const run = new AbortController();
  // Every running request listens, and there may be many.
  setMaxListeners(0, run.signal);
  // Exceptions record where they are created, which is expensive: most checks need neither.
  let deadline: DOMException | undefined;
  const stopTimer = clock.startTimer(timeoutMs, () => {
    deadline = new DOMException('the deadline has passed', 'TimeoutError');
    run.abort(deadline);
  });
  // Not the caller's own reason, which may be a TimeoutError: below, that is the deadline.
  let cancelled: DOMException | undefined;
  const onAbort = (): void => {
    cancelled = new DOMException('the check was cancelled', 'AbortError');
    run.abort(cancelled);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(run.signal);
  } catch (error) {
    if (deadline !== undefined && error === deadline) return undefined;
    throw cancelled !== undefined && error === cancelled ? signal.reason : error;
  } finally {
    stopTimer();
    signal.removeEventListener('abort', onAbort);
  }
}

export const timedOut = (timeoutMs: number): Finding =>
  finding({
    reason: 'unreachable',
    cause: 'timeout',
    message: `The check did not finish within ${timeoutMs / 1000} s.`,
    hint: OPTION_HINTS.increaseTimeout,
  });

/** Says which of the requests took the time. */
export function withTimes<C extends Conclusion>(conclusion: C): C {
  const slow = conclusion.requests.filter(({ durationMs }) => durationMs >= WORTH_SAYING_MS);
  if (slow.length < 2) return conclusion;
  const times = slow.map(({ purpose, durationMs }) => `${purpose} ${formatDuration(durationMs)}`);
  return { ...conclusion, message: `${conclusion.message} The requests took: ${times.join(', ')}.` };
}

const WORTH_SAYING_MS = 1_000;
