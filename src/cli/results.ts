// The results of a check: runs the checker, repeats it with --wait, and closes it at the end or on an interruption.

import type { CheckerObservers, ImageChecker } from '../check/checker.ts';
import type { CheckerSettings } from '../check/checker-settings.ts';
import { once } from '../core/once.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { unlessInterrupted } from './interruption.ts';
import type { Io } from './io.ts';
import type { CheckPlan } from './prepare.ts';
import type { Session } from './session.ts';
import { checkUntilSettled, isSettled } from './wait.ts';

export type CreateChecker = (options: CheckerSettings, observers: CheckerObservers) => ImageChecker;

/** In the order of the images. */
export async function* resultsOf(
  { settings, checkerOptions, signal }: CheckPlan,
  session: Session,
  { clock, interruption }: Io,
  createChecker: CreateChecker,
): AsyncGenerator<Result> {
  if (checkerOptions === undefined || interruption.aborted) return;
  const checker = createChecker(checkerOptions, session.observers);
  const close = once(() => checker.close());
  // On the next turn, when no check waits for them any more: a second signal must not leave credential helpers behind.
  const onInterruption = () => setImmediate(() => close().catch(() => undefined));
  interruption.addEventListener('abort', onInterruption, { once: true });

  const targets = session.targets();
  let isComplete = false;
  try {
    if (settings.wait === undefined) {
      yield* unlessStopped(checker.checkAll(targets, { signal }), signal);
    } else {
      const all: Target[] = [];
      for await (const target of targets) all.push(target);
      const checkAll = (some: readonly Target[], pausesUntilMs?: number) =>
        unlessStopped(checker.checkAll(some, { signal, pausesUntilMs }), signal);
      yield* checkUntilSettled(all, checkAll, {
        waitMs: settings.wait,
        isSettled: (result) => isSettled(result, settings),
        signal,
        clock,
        onPause: session.onWait,
      });
    }
    isComplete = true;
  } finally {
    await unlessInterrupted(isComplete ? checker.finish() : close(), interruption);
    // Usually the process ends before the next turn, which closes its connections in less time.
    if (isComplete) setImmediate(() => close().catch(() => undefined));
  }
}

/** The same results; they end when the signal aborts. */
async function* unlessStopped(results: AsyncIterable<Result>, signal: AbortSignal): AsyncGenerator<Result> {
  try {
    yield* results;
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
}
