// What the library's createChecker returns.

import type { Target } from '../core/target.ts';
import type { ResultData } from './result.ts';

/** Checks images; all of its checks share connections, tokens and limits. Made by {@link createChecker}. */
export interface Checker extends AsyncDisposable {
  /**
   * Checks one image. Every failure of the image or its registry is in the result: the promise rejects only with the
   * reason of `signal` (also if that is a TimeoutError of `AbortSignal.timeout`), with a {@link CheckerClosedError}, or
   * with a TypeError for an input that is neither a string nor a target.
   *
   * @param input - a reference as in `docker pull` (`nginx`, `ghcr.io/org/app:2`), or an image of {@link extractImages}
   */
  check(input: Target | string, options?: CancelOptions): Promise<ResultData>;
  /**
   * Checks many images concurrently. Yields the results in the order of the inputs, each as soon as it and all earlier
   * ones are ready; inputs are read as they are needed, and may be endless. If `signal` aborts, the results that are ready
   * are still yielded; then it throws the reason. It throws whatever `inputs` throws.
   */
  checkAll(
    inputs: Iterable<Target | string> | AsyncIterable<Target | string>,
    options?: CancelOptions,
  ): AsyncIterable<ResultData>;
  /**
   * Ends every connection and credential helper; checks that are running reject with a {@link CheckerClosedError}. A
   * program ends without it as well. Also called at the end of a block with `await using`.
   */
  close(): Promise<void>;
}

/** Of one call. */
export interface CancelOptions {
  /** Cancels the checks. */
  readonly signal?: AbortSignal | undefined;
}
