// Reads the options of a function of the library: every value of the wrong kind is an InvalidOptionError that says which
// kind is right, and a misspelled name gets a suggestion.

import { failure, type Outcome, success } from '../core/outcome.ts';
import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';
import { InvalidOptionError } from './invalid-option-error.ts';

/** The error is a clause about the option. */
export type Read<T> = (value: unknown) => Outcome<T, string>;

export type Readers = Readonly<Record<string, Read<unknown>>>;

/** The values that are not undefined. */
export type ReadValues<R extends Readers> = {
  readonly [Name in keyof R]?: R[Name] extends Read<infer T> ? T : never;
};

/** `caller`: the function, for messages. */
export function readOptions<R extends Readers>(caller: string, options: unknown, readers: R): ReadValues<R> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidOptionError(caller, '', `the options must be an object, not ${shown(options)}.`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader === undefined) {
      const problem = `there is no such option.${suggest(name, Object.keys(readers))}`;
      throw new InvalidOptionError(caller, cleanText(name, 60), problem);
    }
    if (value === undefined) continue;
    const read = reader(value);
    if (!read.ok) throw new InvalidOptionError(caller, name, read.error);
    values[name] = read.value;
  }
  return values as ReadValues<R>;
}

const expected = (what: string, value: unknown) => failure(`expected ${what}, not ${shown(value)}.`);

/** Never the text itself where it may be a secret: the callers that quote a text do so on their own. */
function shown(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

export const text: Read<string> = (value) => {
  if (typeof value !== 'string') return expected('a string', value);
  return value.trim() === '' ? failure('the value is empty.') : success(value);
};

export const boolean: Read<boolean> = (value) =>
  typeof value === 'boolean' ? success(value) : expected('true or false', value);

export const count =
  (least: number): Read<number> =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? success(value)
      : expected(`an integer of at least ${least}`, value);

export const oneOf =
  <const T extends string>(list: readonly T[]): Read<T> =>
  (value) => {
    const known = list.find((candidate) => candidate === value);
    if (known !== undefined) return success(known);
    if (typeof value !== 'string') return expected(`one of ${list.join(', ')}`, value);
    return failure(`"${cleanText(value, 60)}" is unknown.${suggest(value, list)} Use one of: ${list.join(', ')}.`);
  };

export const parsed =
  <T>(parse: (text: string) => Outcome<T, string>, what: string): Read<T> =>
  (value) =>
    typeof value === 'string' ? parse(value) : expected(what, value);

/** `what`: of one item. */
export const listOf =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value) => {
    if (!Array.isArray(value)) return expected('an array', value);
    const items: T[] = [];
    for (const item of value) {
      const one = read(item);
      if (!one.ok) return one;
      items.push(one.value);
    }
    return success(items);
  };

export const oneOrMore =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value) =>
    listOf(read)(Array.isArray(value) ? value : [value]);

export const recordOf =
  <T>(read: Read<T>): Read<Readonly<Record<string, T>>> =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return expected('an object', value);
    const entries: [string, T][] = [];
    for (const [name, item] of Object.entries(value)) {
      const one = read(item);
      if (!one.ok) return failure(`${cleanText(name, 60)}: ${one.error}`);
      entries.push([name, one.value]);
    }
    return success(Object.fromEntries(entries));
  };

/** A path, or the content of the file. */
export const pathOrBytes: Read<string | Uint8Array> = (value) => {
  if (value instanceof Uint8Array) return success(value);
  return typeof value === 'string' ? text(value) : expected('a path, or the content as a Uint8Array', value);
};

export const callback =
  <F extends (...args: never[]) => void>(): Read<F> =>
  (value) =>
    typeof value === 'function' ? success(value as F) : expected('a function', value);
