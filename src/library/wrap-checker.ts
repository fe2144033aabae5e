// Makes the checker of the library from that of the check: verifies arguments, and keeps errors of callbacks out of it.

import type { ImageChecker } from '../check/checker.ts';
import type { CheckEvent } from '../core/check-event.ts';
import { parseReference } from '../core/reference.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import type { CancelOptions, Checker } from './checker.ts';
import { InvalidOptionError } from './invalid-option-error.ts';
import { readInput } from './read-input.ts';
import { abortSignal, isSignal, type Read, readOptions } from './read-options.ts';
import { type RequestData, type ResultData, toResult } from './result.ts';

const CANCEL = { signal: abortSignal } satisfies { readonly [Name in keyof CancelOptions]-?: Read<unknown> };

function cancelOptions(caller: string, options: unknown): CancelOptions {
  if (options === undefined) return {};
  if (isSignal(options)) throw new InvalidOptionError(caller, 'signal', 'pass it in an object: { signal }.');
  return readOptions(caller, options, CANCEL, () => ' Other options are those of createChecker.');
}

/** `onInput`: called before each check. */
export function wrapChecker(checker: ImageChecker, onInput: (text: string) => void): Checker {
  const verified = (input: Target | string): Target | string => {
    const target = readInput(input);
    onInput(typeof target === 'string' ? target : target.text);
    return target;
  };
  async function* verifiedAll(inputs: Parameters<Checker['checkAll']>[0]): AsyncGenerator<Target | string> {
    for await (const input of inputs) yield verified(input);
  }
  async function* resultsOf(results: AsyncIterable<Result>): AsyncGenerator<ResultData> {
    for await (const result of results) yield toResult(result);
  }
  const close = (): Promise<void> => checker.close();
  return {
    check: async (input, options) => {
      const { signal } = cancelOptions('check', options);
      return toResult(await checker.check(verified(input), { signal }));
    },
    checkAll: (inputs, options) => {
      const isIterable = Object(inputs) === inputs && (Symbol.iterator in inputs || Symbol.asyncIterator in inputs);
      if (!isIterable) throw new InvalidOptionError('checkAll', 'inputs', 'expected an array or another iterable.');
      const { signal } = cancelOptions('checkAll', options);
      return resultsOf(checker.checkAll(verifiedAll(inputs), signal === undefined ? {} : { signal }));
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
export function requestListener(onRequest: (request: RequestData) => void): (event: CheckEvent) => void {
  const report = outside(onRequest);
  return (event) => {
    if (event.type !== 'response') return;
    const { purpose, method, url, status, durationMs, attempt, error } = event;
    report({ purpose, method, url, status, durationMs, attempt, error: error ?? null });
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
