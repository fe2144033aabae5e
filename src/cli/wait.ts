// --wait: checks again, less and less often, what did not pass but still may.

import { formatWait } from '../core/quantity.ts';
import type { Judgement, Reason, Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { EXIT, exitCodeOf, type Policy } from './exit-code.ts';
import type { Clock } from './io.ts';

export interface WaitOptions {
  readonly waitMs: number;
  /** Whether waiting changes nothing. */
  readonly isSettled: (result: Result) => boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Before each pause. */
  readonly onPause?: (pause: Pause) => Promise<void>;
}

export interface Pause {
  /** Images that are asked for again, of all. */
  readonly unsettled: number;
  readonly total: number;
  readonly pauseMs: number;
  /** Until the last round begins. */
  readonly leftMs: number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** Of what is there but not as asked, a push under way may still complete these. */
const COMPLETED_BY_A_PUSH: ReadonlySet<Reason | null> = new Set<Reason>(['platform-missing', 'incomplete']);

/** Whether the image passes, or time alone will not make it pass. */
export function isSettled(judgement: Judgement, policy: Policy): boolean {
  const code = exitCodeOf(judgement, policy);
  if (code === EXIT.notAsAsked) return !COMPLETED_BY_A_PUSH.has(judgement.reason);
  return code === EXIT.ok || code === EXIT.usage || code === EXIT.refused;
}

/**
 * The last result of every target, in the order given, each as soon as it and those before it are settled.
 * The last round begins when the time is up, so that the answer is no older than that.
 */
export async function* checkUntilSettled(
  targets: readonly Target[],
  checkAll: (targets: readonly Target[]) => AsyncIterable<Result>,
  { waitMs, isSettled, signal, clock, onPause }: WaitOptions,
): AsyncGenerator<Result> {
  const endsAt = clock.now() + waitMs;
  const latest = new Map<Target, Result>();
  let unsettled = targets;
  let reported = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const round = unsettled[Symbol.iterator]();
    for await (const result of checkAll(unsettled)) {
      const target = round.next().value;
      if (target === undefined) break;
      // An interrupted check says less than the one before it.
      if (!signal.aborted || !latest.has(target)) latest.set(target, result);
      for (let next = settledAt(reported); next !== undefined; next = settledAt(reported)) {
        reported += 1;
        yield next;
      }
    }
    unsettled = unsettled.filter((target) => resultOf(target) === undefined);
    const leftMs = endsAt - clock.now();
    if (unsettled.length === 0 || leftMs <= 0 || signal.aborted) break;
    const pause = { unsettled: unsettled.length, total: targets.length, pauseMs: Math.min(pauseMs, leftMs), leftMs };
    await onPause?.(pause);
    await clock.sleep(pause.pauseMs, signal);
    if (signal.aborted) break;
  }
  for (const target of targets.slice(reported)) {
    const result = latest.get(target);
    if (result !== undefined) yield result;
  }

  function resultOf(target: Target | undefined): Result | undefined {
    const result = target && latest.get(target);
    return result !== undefined && isSettled(result) ? result : undefined;
  }
  function settledAt(index: number): Result | undefined {
    return resultOf(targets[index]);
  }
}

/** `2 of 5 not yet; asking again in 4 s, 3 min left` */
export const formatPause = ({ unsettled, total, pauseMs, leftMs }: Pause): string =>
  `${unsettled} of ${total} not yet; asking again in ${formatWait(pauseMs)}, ${formatWait(leftMs)} left`;
