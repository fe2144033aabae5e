// A checker with scripted results; it records its options and the images.

import type { ImageChecker } from '../../src/check/checker.ts';
import type { CheckerSettings } from '../../src/check/checker-settings.ts';
import { type Cause, type Reason, type Result, UNPULLABLE_REASONS } from '../../src/core/result.ts';
import type { Target } from '../../src/core/target.ts';
import { failedResult, pullableResult } from '../support/results.ts';

/** `pullable`, a reason, or a reason with its cause. */
export type FakeResult = 'pullable' | Reason | `${Reason}/${Cause}`;
/** By image; a list is one result after the other, the last one repeated. */
export type FakeResults = Readonly<Record<string, FakeResult | readonly FakeResult[]>>;

export interface FakeChecker {
  readonly createChecker: (options: CheckerSettings) => ImageChecker;
  /** Of each checker that was created. */
  readonly options: CheckerSettings[];
  /** Texts in the order they were checked. */
  readonly checked: string[];
  /** The targets of these texts. */
  readonly targets: Target[];
  isFinished(): boolean;
}

/** Images without a result are pullable. `beforeEach` runs before each result, and may throw. */
export function fakeChecker(
  results: FakeResults = {},
  beforeEach: (text: string, signal: AbortSignal | undefined) => Promise<void> | void = () => undefined,
): FakeChecker {
  const created: CheckerSettings[] = [];
  const checked: string[] = [];
  const targets: Target[] = [];
  const timesChecked = new Map<string, number>();
  let finished = false;
  const finish = async (): Promise<void> => {
    finished = true;
  };

  const check: ImageChecker['check'] = async (target, options) => {
    const whole = typeof target === 'string' ? { text: target, foundAt: [] } : target;
    const { text, foundAt } = whole;
    await beforeEach(text, options?.signal);
    const times = timesChecked.get(text) ?? 0;
    timesChecked.set(text, times + 1);
    checked.push(text);
    targets.push(whole);
    return resultFor(results[text] ?? 'pullable', times, { text, foundAt });
  };
  const createChecker = (options: CheckerSettings): ImageChecker => {
    created.push(options);
    return {
      check,
      async *checkAll(targets, options) {
        for await (const target of targets) {
          if (options?.signal?.aborted) return;
          yield await check(target, options);
        }
      },
      finish,
      close: finish,
    };
  };
  return { createChecker, options: created, checked, targets, isFinished: () => finished };
}

export function resultFor(
  results: FakeResult | readonly FakeResult[],
  times: number,
  { text, foundAt }: Target,
): Result {
  const list = typeof results === 'string' ? [results] : results;
  const result = list[Math.min(times, list.length - 1)] ?? 'pullable';
  const changes = { input: text, foundAt };
  if (result === 'pullable') return pullableResult(changes);
  const [reason, cause = null] = result.split('/') as [Reason, Cause?];
  const message = UNPULLABLE_REASONS.some((refusal) => refusal === reason)
    ? `${text} is refused.`
    : `${text} is not known.`;
  return failedResult(reason, cause, { ...changes, message });
}
