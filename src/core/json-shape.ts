// Decodes JSON into the types that Go gives it: what encoding/json refuses, Go's clients cannot read.
// https://pkg.go.dev/encoding/json#Unmarshal

import { foldName, JsonNumber, JsonObject, type JsonValue } from './json.ts';
import { failure, type Outcome, success } from './outcome.ts';
import { cleanText } from './text.ts';

export interface Shape<T> {
  /** What null leaves. */
  readonly zero: T;
  /** Gives the zero value after a complaint. */
  read(value: NonNullable<JsonValue>, place: Place, complain: Complain): T;
}

/** Makes words of the document fit to be shown. */
type Show = (text: string, maxLength: number) => string;

/** Made only where it is shown: `layers[0].size`; empty for the document. */
type Place = (show: Show) => string;

/** The problem completes "the document …": `has no valid layers[0].size: 5.0 is not an integer`. */
type Complain = (problem: (show: Show) => string) => void;

/** The first problem counts, as in Go. */
export function decodeJson<T>(shape: Shape<T>, value: JsonValue, show: Show = cleanText): Outcome<T, string> {
  let problem: string | undefined;
  const complain: Complain = (describe) => {
    problem ??= describe(show);
  };
  const decoded = readOrZero(shape, value, () => '', complain);
  return problem === undefined ? success(decoded) : failure(problem);
}

const readOrZero = <T>(shape: Shape<T>, value: JsonValue, place: Place, complain: Complain): T =>
  value === null ? shape.zero : shape.read(value, place, complain);

/** A type of one kind of value: `take` gives undefined for every other. `kind` completes "5 is not …". */
const scalar = <T>(zero: T, kind: string, take: (value: JsonValue) => T | undefined): Shape<T> => ({
  zero,
  read(value, place, complain) {
    const taken = take(value);
    if (taken === undefined) complain((show) => mismatch(value, place, kind, show));
    return taken ?? zero;
  },
});

/** string */
export const TEXT = scalar('', 'a string', (value) => (typeof value === 'string' ? value : undefined));

/** bool */
export const BOOL = scalar(false, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));

/** int64: an integer in its text, so not 5.0 and not 5e0. Beyond 2^53 the number is only near it. */
export const INT64 = scalar(0, 'an integer', (value) => {
  if (!(value instanceof JsonNumber) || !/^-?\d{1,19}$/.test(value.text)) return undefined;
  return BigInt.asIntN(64, BigInt(value.text)) === BigInt(value.text) ? Number(value.text) : undefined;
});

/** []byte: base64 with padding, line breaks passed over, or a list of bytes. Whether it is one; the bytes are not kept. */
export const BYTES = scalar(false, 'base64', (value) => {
  if (typeof value === 'string') {
    const text = value.replaceAll(/[\r\n]/g, '');
    return (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) || undefined;
  }
  const isByte = (item: JsonValue): boolean =>
    item === null || (item instanceof JsonNumber && /^\d{1,3}$/.test(item.text) && Number(item.text) < 256);
  return (Array.isArray(value) && value.every(isByte)) || undefined;
});

/** time.Time, as its text: RFC 3339 section 5.6. */
export const TIME = scalar('', 'a time as in RFC 3339', (value) => {
  const parts = typeof value === 'string' ? TIMESTAMP.exec(value) : null;
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const isDay =
    month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  return isDay && hour < 24 && minute < 60 && second < 60 ? parts[0] : undefined;
});

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** []T, of at most `maxLength` elements. */
export const listOf = <T>(element: Shape<T>, maxLength = Number.POSITIVE_INFINITY): Shape<readonly T[]> => ({
  zero: [],
  read(value, place, complain) {
    if (!Array.isArray(value)) complain((show) => mismatch(value, place, 'a list', show));
    else if (value.length > maxLength)
      complain((show) => `has no valid ${place(show)}: it has more than ${maxLength} elements`);
    else
      return value.map((item: JsonValue, at) => readOrZero(element, item, (show) => `${place(show)}[${at}]`, complain));
    return [];
  },
});

/** map[string]T. Here names differ by case; of the same one the last counts. */
export const mapOf = <T>(element: Shape<T>): Shape<Readonly<Record<string, T>>> => ({
  zero: {},
  read(value, place, complain) {
    if (!(value instanceof JsonObject)) {
      complain((show) => mismatch(value, place, 'an object', show));
      return {};
    }
    // Entries make even "__proto__" a property of its own.
    return Object.fromEntries(
      value.members.map(([name, item]) => [
        name,
        readOrZero(element, item, (show) => `${place(show)}[${quote(name, show)}]`, complain),
      ]),
    );
  },
});

type Fields = Readonly<Record<string, Shape<unknown>>>;

/** What is absent, or null, is left out. */
type Struct<F extends Fields> = { readonly [K in keyof F]?: F[K] extends Shape<infer T> ? T : never };

/** A struct: its fields in any case, others passed over. A field given twice is a problem: readers differ in which counts. */
export function struct<F extends Fields>(fields: F): Shape<Struct<F>> {
  const known = new Map(Object.entries(fields).map(([name, shape]) => [foldName(name), { name, shape }]));
  return {
    zero: {},
    read(value, place, complain) {
      if (!(value instanceof JsonObject)) {
        complain((show) => mismatch(value, place, 'an object', show));
        return {};
      }
      const spellings = new Map<string, string>();
      const result: Record<string, unknown> = {};
      for (const [spelled, member] of value.members) {
        const field = known.get(foldName(spelled));
        if (field === undefined) continue;
        const { name, shape } = field;
        const before = spellings.get(name);
        if (before !== undefined) complain((show) => ambiguity(place, before, spelled, show));
        spellings.set(name, spelled);
        if (member !== null)
          result[name] = shape.read(member, (show) => `${place(show)}.${name}`.replace(/^\./, ''), complain);
      }
      return result as Struct<F>;
    },
  };
}

/** The problem of an object that has one of these fields twice; undefined when it has not. */
export function findAmbiguity(
  object: JsonObject,
  names: readonly string[],
  show: Show = cleanText,
): string | undefined {
  const ignored = { zero: null, read: () => null };
  const decoded = decodeJson(struct(Object.fromEntries(names.map((name) => [name, ignored]))), object, show);
  return decoded.ok ? undefined : decoded.error;
}

function ambiguity(place: Place, one: string, other: string, show: Show): string {
  const what = one === other ? `${quote(one, show)} twice` : `both ${quote(one, show)} and ${quote(other, show)}`;
  return `is ambiguous: ${place(show) || 'it'} has ${what}`;
}

function mismatch(value: JsonValue, place: Place, kind: string, show: Show): string {
  const where = place(show);
  return `${where === '' ? 'is not valid' : `has no valid ${where}`}: ${describe(value, show)} is not ${kind}`;
}

function describe(value: JsonValue, show: Show): string {
  if (value instanceof JsonNumber) return show(value.text, 30);
  if (value instanceof JsonObject) return 'an object';
  if (typeof value === 'string') return quote(value, show);
  return Array.isArray(value) ? 'a list' : String(value);
}

const quote = (text: string, show: Show): string => `"${show(text, 60)}"`;
