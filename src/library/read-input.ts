// Verifies the image that is given to a check: a reference, or an image of `extractImages`.

import { failure, success } from '../core/outcome.ts';
import { parsePlatform } from '../core/platform.ts';
import { SKIP_CAUSES, SKIPS, type Target } from '../core/target.ts';
import { InvalidOptionError } from './invalid-option-error.ts';
import { isPlainObject, oneOf, parsed, type Read, readOptions, shown, text } from './read-options.ts';

const CALLER = 'check';

const platform = parsed((given) => {
  const known = parsePlatform(given);
  return known.ok ? success(given) : failure(known.error.message);
}, 'a platform such as "linux/arm64"');

const foundAt: Read<Target['foundAt']> = (value) => {
  const isPlace = (place: unknown): boolean =>
    isPlainObject(place) && 'source' in place && typeof place.source === 'string';
  if (!Array.isArray(value) || !value.every(isPlace)) return failure('expected an array of { source, line?, path? }.');
  return success(value);
};

const skip: Read<NonNullable<Target['skip']>> = (value) => {
  const { reason, cause, message } = Object(value) as Partial<NonNullable<Target['skip']>>;
  const known = oneOf(SKIPS)(reason);
  if (!known.ok) return failure(`reason: ${known.error}`);
  const refined = cause === undefined ? success(cause) : oneOf(SKIP_CAUSES)(cause);
  if (!refined.ok) return failure(`cause: ${refined.error}`);
  if (typeof message !== 'string') return failure('message: expected a string.');
  return success({ reason: known.value, ...(refined.value && { cause: refined.value }), message });
};

const READERS = {
  text: (value) => (typeof value === 'string' ? success(value) : text(value)),
  foundAt,
  skip,
  platform,
} satisfies {
  readonly [Name in keyof Target]-?: Read<unknown>;
};

export function readInput(input: unknown): Target | string {
  if (typeof input === 'string') return input;
  if (!isPlainObject(input) || !('text' in input)) {
    const problem = `expected an image, as a string or as an object with \`text\`, not ${shown(input)}.`;
    throw new InvalidOptionError(CALLER, 'input', problem);
  }
  const { text: image = '', foundAt: places = [], ...others } = readOptions(CALLER, input, READERS);
  return { text: image, foundAt: places, ...others };
}
