// Reads the options of a function of the library: every value of the wrong kind is an InvalidOptionError that says which
// kind is right, and a misspelled name gets a suggestion.

import type { Env } from '../core/env.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { parseReference } from '../core/reference.ts';
import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { InvalidOptionError } from './invalid-option-error.ts';

/** The error is a clause about the option. */
export type Read<T> = (value: unknown) => Outcome<T, string>;

export type Readers = Readonly<Record<string, Read<unknown>>>;

/** The values that are not undefined. */
export type ReadValues<R extends Readers> = {
  readonly [Name in keyof R]?: R[Name] extends Read<infer T> ? T : never;
};

/** `caller`: the function, for messages. `adviceOn`: for a name that is no option; otherwise a similar one is suggested. */
export function readOptions<R extends Readers>(
  caller: string,
  options: unknown,
  readers: R,
  adviceOn: (name: string) => string | undefined = () => undefined,
): ReadValues<R> {
  const names = Object.keys(readers);
  if (!isPlainObject(options)) {
    throw new InvalidOptionError(caller, '', `expected an object such as { ${names[0]} }, not ${shown(options)}.`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader === undefined) {
      const problem = `there is no such option.${adviceOn(name) ?? suggest(name, names)}`;
      throw new InvalidOptionError(caller, name === '' ? '""' : cleanText(name, 60), problem);
    }
    if (value === undefined) continue;
    const read = reader(value);
    if (!read.ok) throw new InvalidOptionError(caller, name, read.error);
    values[name] = read.value;
  }
  return values as ReadValues<R>;
}

/** Not an array, a Map, a signal or a promise, whose entries say nothing. */
export const isPlainObject = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Object]';

const expected = (what: string, value: unknown) => failure(`expected ${what}, not ${shown(value)}.`);

/** Never the text itself where it may be a secret: the callers that quote a text do so on their own. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (kind === 'Object') return 'an object';
  return `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind === 'Array' ? 'array' : cleanText(kind, 30)}`;
}

/** Where a text is no secret. */
const shownText = (value: unknown): string => (typeof value === 'string' ? `"${cleanText(value, 60)}"` : shown(value));

export const text: Read<string> = (value) => {
  if (typeof value !== 'string') return expected('a string', value);
  return value.trim() === '' ? failure('the value is empty.') : success(value);
};

export const boolean: Read<boolean> = (value) =>
  typeof value === 'boolean' ? success(value) : failure(`expected true or false, not ${shownText(value)}.`);

export const count =
  (least: number): Read<number> =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? success(value)
      : failure(`expected an integer of at least ${least}, not ${shownText(value)}.`);

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

export const someOf =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value) =>
    Array.isArray(value) && value.length === 0 ? failure('the array is empty; omit the option.') : listOf(read)(value);

export const oneOrMore =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value) =>
    listOf(read)(Array.isArray(value) ? value : [value]);

/** `readName`: of each key. */
export const recordOf =
  <T>(read: Read<T>, readName: Read<string> = (name) => success(`${name}`)): Read<Readonly<Record<string, T>>> =>
  (value) => {
    if (!isPlainObject(value)) return expected('an object', value);
    const entries: [string, T][] = [];
    for (const [given, item] of Object.entries(value)) {
      const name = readName(given);
      if (!name.ok) return name;
      const one = read(item);
      if (!one.ok) return failure(`${cleanText(given, 60)}: ${one.error}`);
      entries.push([name.value, one.value]);
    }
    return success(Object.fromEntries(entries));
  };

/** A path, or the content of the file. */
export const pathOrBytes: Read<string | Uint8Array> = (value) => {
  if (value instanceof Uint8Array) return success(value);
  if (typeof value === 'string' && looksLikeContent(value)) {
    return failure('a string is a path; pass the content as bytes: Buffer.from(text).');
  }
  return typeof value === 'string' ? text(value) : expected('a path, or the content as a Uint8Array', value);
};

export const callback =
  <F extends (...args: never[]) => void>(): Read<F> =>
  (value) =>
    typeof value === 'function' ? success(value as F) : expected('a function', value);

/** JSON. No file has such a path. */
const looksLikeContent = (text: string): boolean => /^\s*\{/.test(text);

export const environment: Read<Env> = (value) =>
  isPlainObject(value) || value === process.env
    ? success(value as Env)
    : failure(`expected an object such as process.env, not ${shown(value)}.`);

export const abortSignal: Read<AbortSignal> = (value) =>
  isSignal(value) ? success(value) : expected('an AbortSignal', value);

export const isSignal = (value: unknown): value is AbortSignal =>
  typeof value === 'object' &&
  value !== null &&
  'aborted' in value &&
  'addEventListener' in value &&
  typeof value.addEventListener === 'function';

/** `host[:port]` as in references: `docker.io` for `index.docker.io`. */
export const registryName: Read<string> = (value) => {
  if (typeof value !== 'string') return expected('a registry such as "ghcr.io"', value);
  const reference = parseReference(`${value}/x/y`);
  if (reference.ok && reference.value.repository === 'x/y') return success(reference.value.registry);
  const bare = value.replace(/^[a-z]+:\/\//i, '').split('/')[0] ?? '';
  const shorter = bare === value ? undefined : parseReference(`${bare}/x/y`);
  const advice = shorter?.ok && shorter.value.repository === 'x/y' ? ` Use "${cleanText(bare, 60)}".` : '';
  return failure(
    `"${cleanText(hideUserinfo(value), 60)}" is not a registry: expected host[:port], such as "ghcr.io".${advice}`,
  );
};
