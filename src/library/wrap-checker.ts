// Makes the checker of the library from that of the check: verifies arguments, and keeps errors of callbacks out of it.

import type { ImageChecker } from '../check/checker.ts';
import type { CheckEvent } from '../core/check-event.ts';
import { parseReference } from '../core/reference.ts';
import type { RequestRecord } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import type { Checker } from './checker.ts';
import { InvalidOptionError } from './invalid-option-error.ts';

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
