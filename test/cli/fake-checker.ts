// A checker with the answers known beforehand; it notes what it was told and asked.

import type { Checker } from '../../src/check/checker.ts';
import type { CheckerOptions } from '../../src/check/checker-options.ts';
import { type Cause, REFUSALS, type Reason, type Result } from '../../src/core/result.ts';
import type { Target } from '../../src/core/target.ts';
import { failedResult, pullableResult } from '../support/sample-result.ts';

/** `pullable`, a reason, or a reason with its cause; a list is one answer after the other, the last for ever. */
export type Answer = 'pullable' | Reason | `${Reason}/${Cause}`;
export type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;

export interface FakeChecker {
  readonly createChecker: (options: CheckerOptions) => Checker;
  /** What each checker was told. */
  readonly told: CheckerOptions[];
  /** Texts in the order they were asked for. */
  readonly asked: string[];
  /** The same, whole. */
  readonly targets: Target[];
  isClosed(): boolean;
}

/** Images without an answer are pullable. `beforeEach` runs before every answer, and may throw. */
export function fakeChecker(
  answers: Answers = {},
  beforeEach: (text: string, signal: AbortSignal | undefined) => Promise<void> | void = () => undefined,
): FakeChecker {
  const told: CheckerOptions[] = [];
  const asked: string[] = [];
  const targets: Target[] = [];
  const timesAsked = new Map<string, number>();
  let closed = false;

  const check: Checker['check'] = async (target, options) => {
    const whole = typeof target === 'string' ? { text: target, foundAt: [] } : target;
    const { text, foundAt } = whole;
    await beforeEach(text, options?.signal);
    const times = timesAsked.get(text) ?? 0;
    timesAsked.set(text, times + 1);
    asked.push(text);
    targets.push(whole);
    return resultFor(answers[text] ?? 'pullable', times, { text, foundAt });
  };
  const createChecker = (options: CheckerOptions): Checker => {
    told.push(options);
    return {
      check,
      async *checkAll(targets, options) {
        for await (const target of targets) {
          if (options?.signal?.aborted) return;
          yield await check(target, options);
        }
      },
      async close() {
        closed = true;
      },
    };
  };
  return { createChecker, told, asked, targets, isClosed: () => closed };
}

export function resultFor(answers: Answer | readonly Answer[], times: number, { text, foundAt }: Target): Result {
  const list = typeof answers === 'string' ? [answers] : answers;
  const answer = list[Math.min(times, list.length - 1)] ?? 'pullable';
  const changes = { input: text, foundAt };
  if (answer === 'pullable') return pullableResult(changes);
  const [reason, cause = null] = answer.split('/') as [Reason, Cause?];
  const message = REFUSALS.some((refusal) => refusal === reason) ? `${text} is refused.` : `${text} is not known.`;
  return failedResult(reason, cause, { ...changes, message });
}
