// --wait: repeats the checks that may still pass, at increasing intervals.

import type { Clock } from '../core/clock.ts';
import { EXIT, exitCodeOf, type Policy } from '../core/exit-code.ts';
import type { HintCode } from '../core/hint-code.ts';
import type { Judgement, Reason, Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { unlessInterrupted } from './interruption.ts';

export interface WaitOptions {
  readonly waitMs: number;
  /** Whether another check cannot change the outcome. */
  readonly isSettled: (result: Result) => boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Called before each pause. */
  readonly onPause?: (pause: Pause) => Promise<void>;
}

export interface Pause {
  /** The last result of the first of them. */
  readonly first: Result;
  /** Images that will be checked again. */
  readonly unsettled: number;
  readonly total: number;
  readonly pauseMs: number;
  /** Time until the last round. */
  readonly leftMs: number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** An image that exists but cannot be pulled as requested: a push that is running may still complete it. */
const COMPLETED_BY_A_PUSH: ReadonlySet<Reason | null> = new Set<Reason>(['platform-missing', 'incomplete']);

/** Of a failure of TLS: what only a change of the certificate, the configuration or the command can correct. */
const NEEDS_A_CHANGE: ReadonlySet<HintCode | null> = new Set<HintCode>([
  'trust-authority',
  'check-certificate',
  'check-name',
  'client-certificate',
  'plain-http',
]);

/** Whether the image passes, or waiting cannot make it pass. `hintCode`: of the result. */
export function isSettled(judgement: Judgement & { readonly hintCode?: HintCode | null }, policy: Policy): boolean {
  const { cause, hintCode = null } = judgement;
  if (cause === 'tls' && NEEDS_A_CHANGE.has(hintCode)) return true;
  const code = exitCodeOf(judgement, policy);
  if (code === EXIT.notAsRequested) return !COMPLETED_BY_A_PUSH.has(judgement.reason);
  return code === EXIT.ok || code === EXIT.usage || code === EXIT.refused;
}

/**
 * The last result of each target, in order, each as soon as it and all earlier ones are settled.
 * The last round begins when the time runs out, so that no result is older than that. Every round but the first gets
 * that time as `pausesUntilMs`, so that the last one does not pause. The first is a check as without `--wait`.
 */
export async function* checkUntilSettled(
  targets: readonly Target[],
  checkAll: (targets: readonly Target[], pausesUntilMs?: number) => AsyncIterable<Result>,
  { waitMs, isSettled, signal, clock, onPause }: WaitOptions,
): AsyncGenerator<Result> {
  const endsAt = clock.now() + waitMs;
  const latest = new Map<Target, Result>();
  /** When the registry of a target accepts requests again, if it has said so. */
  const heldUntilMs = new Map<Target, number>();
  let unsettled = targets;
  let reported = 0;
  let isFirst = true;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const round = unsettled[Symbol.iterator]();
    for await (const result of checkAll(unsettled, isFirst ? undefined : endsAt)) {
      const target = round.next().value;
      if (target === undefined) break;
      // The result of an interrupted check says less than the previous one.
      if (!signal.aborted || !latest.has(target)) latest.set(target, result);
      heldUntilMs.set(target, clock.now() + (result.retryAfterSeconds ?? 0) * 1000);
      for (let next = settledAt(reported); next !== undefined; next = settledAt(reported)) {
        reported += 1;
        yield next;
      }
    }
    isFirst = false;
    unsettled = unsettled.filter((target) => resultOf(target) === undefined);
    const leftMs = endsAt - clock.now();
    if (unsettled.length === 0 || leftMs <= 0 || signal.aborted) break;
    const first = unsettled.flatMap((target) => latest.get(target) ?? [])[0];
    if (first === undefined) break;
    // Before the first of them is accepted again, a round would only wait.
    const heldMs =
      unsettled.reduce((least, target) => Math.min(least, heldUntilMs.get(target) ?? 0), endsAt) - clock.now();
    const pause = {
      first,
      unsettled: unsettled.length,
      total: targets.length,
      pauseMs: Math.min(Math.max(pauseMs, heldMs), leftMs),
      leftMs,
    };
    await onPause?.(pause);
    await unlessInterrupted(clock.sleep(pause.pauseMs, signal), signal);
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
