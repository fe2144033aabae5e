// The checker that the library returns: that of the check, with arguments that are verified, and `await using`.

import type { ImageChecker } from '../check/checker.ts';
import type { CheckEvent } from '../core/check-event.ts';
import { parseReference } from '../core/reference.ts';
import type { RequestRecord, Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { InvalidOptionError } from './invalid-option-error.ts';

/** Checks images; all of its checks share connections, tokens and limits. Made by {@link createChecker}. */
export interface Checker extends AsyncDisposable {
  /**
   * Checks one image. Every failure of the image or its registry is in the result: the promise rejects only with the
   * reason of `signal` (also if that is a TimeoutError of `AbortSignal.timeout`), with a {@link CheckerClosedError}, or
   * with a TypeError for an input that is neither a string nor a target.
   *
   * @param input - a reference as in `docker pull` (`nginx`, `ghcr.io/org/app:2`), or an image of {@link extractImages}
   */
  check(input: Target | string, options?: CancelOptions): Promise<Result>;
  /**
   * Checks many images concurrently. Yields the results in the order of the inputs, each as soon as it and all earlier
   * ones are ready; inputs are read as they are needed, and may be endless. If `signal` aborts, the results that are ready
   * are still yielded; then it throws the reason. It throws whatever `inputs` throws.
   */
  checkAll(
    inputs: Iterable<Target | string> | AsyncIterable<Target | string>,
    options?: CancelOptions,
  ): AsyncIterable<Result>;
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

/** `onInput`: called before each check. */
export function wrapChecker(checker: ImageChecker, onInput: (text: string) => void): Checker {
  const verified = (input: Target | string): Target | string => {
    const text: unknown = typeof input === 'string' ? input : input?.text;
    if (typeof text !== 'string') {
      throw new InvalidOptionError('check', 'input', 'expected an image, as a string or as an object with `text`.');
    }
    onInput(text);
    return typeof input === 'string' ? input : { ...input, foundAt: input.foundAt ?? [] };
  };
  async function* verifiedAll(inputs: Parameters<Checker['checkAll']>[0]): AsyncGenerator<Target | string> {
    for await (const input of inputs) yield verified(input);
  }
  const close = (): Promise<void> => checker.close();
  return {
    check: async (input, options) => checker.check(verified(input), { signal: options?.signal }),
    checkAll: (inputs, options) => {
      const isIterable = Object(inputs) === inputs && (Symbol.iterator in inputs || Symbol.asyncIterator in inputs);
      if (!isIterable) throw new InvalidOptionError('checkAll', 'inputs', 'expected an array or another iterable.');
      return checker.checkAll(verifiedAll(inputs), options?.signal === undefined ? {} : { signal: options.signal });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Adds the registry of every image to `registries`. */
export const registryCollector =
  (registries: string[]) =>
  (text: string): void => {
    const parsed = parseReference(text);
    if (parsed.ok && !registries.includes(parsed.value.registry)) registries.push(parsed.value.registry);
  };

/** The records of the requests that were sent, as in results. */
export function requestListener(onRequest: (request: RequestRecord) => void): (event: CheckEvent) => void {
  const report = outside(onRequest);
  return (event) => {
    if (event.type !== 'response') return;
    const { purpose, method, url, status, durationMs, attempt, error } = event;
    report({ purpose, method, url, status, durationMs, attempt, ...(error !== undefined && { error }) });
  };
}

/** A callback of the user: what it throws is not an error of the check. */
export const outside =
  <T>(callback: (value: T) => void) =>
  (value: T): void => {
    try {
      callback(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  };
