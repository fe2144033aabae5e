// The exit code of `kairos-pull check` for results of the library.

import { type ExitCode, exitCodeOf as exitCodeOfResult, exitCodeOfRun } from '../core/exit-code.ts';
import { type Judgement, REASONS, type Reason } from '../core/result.ts';
import { boolean, listOf, oneOf, type Read, readOptions } from './read-options.ts';

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
 * @throws {@link InvalidOptionError} for an invalid option.
 */
export function exitCodeOf(results: Iterable<Judgement>, options: ExitCodeOptions = {}): ExitCode {
  const { expect = 'present', warnOn = [], strict = false } = readOptions('exitCodeOf', options, READERS);
  const all = [...results];
  const codes = all.map((result) => exitCodeOfResult(result, { expect, warnOn, strict }));
  return exitCodeOfRun(codes, all.filter(({ verdict }) => verdict !== 'skipped').length);
}
