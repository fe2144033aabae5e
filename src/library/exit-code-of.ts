// The exit code of `kairos-pull check` for results of the library.

import { type CheckExitCode, exitCodeOf as exitCodeOfResult, exitCodeOfRun } from '../core/exit-code.ts';
import { type Judgement, judgementOf, REASONS, type Reason } from '../core/result.ts';
import { InvalidOptionError } from './invalid-option-error.ts';
import { boolean, listOf, oneOf, type Read, readOptions, shown } from './read-options.ts';

const CALLER = 'exitCodeOf';

/** What counts as a failure. */
export interface ExitCodeOptions {
  /**
   * `absent`: an image that exists fails, and one that does not exist passes.
   *
   * @defaultValue `present`
   */
  readonly expect?: 'present' | 'absent' | undefined;
  /**
   * Reasons that do not fail.
   *
   * @defaultValue none
   */
  readonly warnOn?: readonly Reason[] | undefined;
  /**
   * Whether an image that was skipped for an unresolved variable fails.
   *
   * @defaultValue `false`
   */
  readonly strict?: boolean | undefined;
}

const READERS = {
  expect: oneOf(['present', 'absent']),
  warnOn: listOf(oneOf(REASONS)),
  strict: boolean,
} satisfies { readonly [Name in keyof ExitCodeOptions]-?: Read<unknown> };

/**
 * The exit code with which `kairos-pull check` ends for these results: 0 if every image is pullable or skipped and at
 * least one was checked, else the first of 70, 2, 4, 6, 7, 3, 5 that occurs. 5 is the only one that another try may change.
 *
 * @throws {@link InvalidOptionError} for an invalid option, and for what is no result.
 */
export function exitCodeOf(results: Iterable<Judgement>, options: ExitCodeOptions = {}): CheckExitCode {
  const { expect = 'present', warnOn = [], strict = false } = readOptions(CALLER, options, READERS);
  const all = judgementsOf(results);
  const codes = all.map((result) => exitCodeOfResult(result, { expect, warnOn, strict }));
  return exitCodeOfRun(codes, all.filter(({ verdict }) => verdict !== 'skipped').length);
}

function judgementsOf(results: unknown): readonly Judgement[] {
  if (typeof results !== 'object' || results === null || !(Symbol.iterator in results)) {
    throw new InvalidOptionError(CALLER, 'results', `expected an array of results, not ${shown(results)}.`);
  }
  return [...(results as Iterable<unknown>)].map((result, index) => {
    if (isJudgement(result)) return result;
    const name = `results[${index}]`;
    throw new InvalidOptionError(CALLER, name, `expected a result of check or checkAll, not ${shown(result)}.`);
  });
}

/** A verdict, and a reason that belongs to it. */
function isJudgement(value: unknown): value is Judgement {
  const { verdict, reason } = Object(value) as Partial<Judgement>;
  if (verdict === 'pullable') return reason === null;
  return REASONS.some((known) => known === reason && judgementOf(known).verdict === verdict);
}
