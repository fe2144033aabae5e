// Decodes JSON into Go's types: Go clients cannot read what encoding/json rejects.
// https://pkg.go.dev/encoding/json#Unmarshal

import { foldName, JsonNumber, JsonObject, type JsonValue } from './json.ts';
import { failure, type Outcome, success } from './outcome.ts';
import { cleanText } from './text.ts';

export interface Shape<T> {
  /** The value for null. */
  readonly zero: T;
  /** Returns the zero value after a problem. */
  read(value: NonNullable<JsonValue>, path: Path, report: ReportProblem): T;
}

/** Makes text of the document safe to display. */
type Show = (text: string, maxLength: number) => string;

/** `layers[0].size`, created only if it is shown; empty for the document. */
type Path = (show: Show) => string;

/** The problem completes "the document …": `has no valid layers[0].size: 5.0 is not an integer`. */
type ReportProblem = (problem: (show: Show) => string) => void;

/** The first problem counts, as in Go. */
export function decodeJson<T>(shape: Shape<T>, value: JsonValue, show: Show = cleanText): Outcome<T, string> {
  let problem: string | undefined;
  const report: ReportProblem = (describe) => {
    problem ??= describe(show);
  };
  const decoded = readOrZero(shape, value, () => '', report);
  return problem === undefined ? success(decoded) : failure(problem);
}

const readOrZero = <T>(shape: Shape<T>, value: JsonValue, path: Path, report: ReportProblem): T =>
  value === null ? shape.zero : shape.read(value, path, report);

/** A type of one kind of value: `take` returns undefined for every other. `kind` completes "5 is not …". */
const scalar = <T>(zero: T, kind: string, take: (value: JsonValue) => T | undefined): Shape<T> => ({
  zero,
  read(value, path, report) {
    const taken = take(value);
    if (taken === undefined) report((show) => mismatch(value, path, kind, show));
    return taken ?? zero;
  },
});

/** string */
export const TEXT = scalar('', 'a string', (value) => (typeof value === 'string' ? value : undefined));

/** bool */
export const BOOL = scalar(false, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));

/** int64: an integer in its text, so not 5.0 and not 5e0. Beyond 2^53 the number is approximate. */
export const INT64 = scalar(0, 'an integer', (value) => {
  if (!(value instanceof JsonNumber) || !/^-?\d{1,19}$/.test(value.text)) return undefined;
  return BigInt.asIntN(64, BigInt(value.text)) === BigInt(value.text) ? Number(value.text) : undefined;
});

/** []byte: base64 with padding, ignoring line breaks, or an array of bytes. Only whether it is valid; the bytes are dropped. */
export const BYTES = scalar(false, 'base64', (value) => {
  if (typeof value === 'string') {
    const text = value.replaceAll(/[\r\n]/g, '');
    return (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) || undefined;
  }
  const isByte = (item: JsonValue): boolean =>
    item === null || (item instanceof JsonNumber && /^\d{1,3}$/.test(item.text) && Number(item.text) < 256);
  return (Array.isArray(value) && value.every(isByte)) || undefined;
});

/** time.Time as text: RFC 3339 section 5.6. */
export const TIME = scalar('', 'an RFC 3339 time', (value) => {
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
  read(value, path, report) {
    if (!Array.isArray(value)) report((show) => mismatch(value, path, 'an array', show));
    else if (value.length > maxLength)
      report((show) => `has no valid ${path(show)}: it has more than ${maxLength} elements`);
    else return value.map((item: JsonValue, at) => readOrZero(element, item, (show) => `${path(show)}[${at}]`, report));
    return [];
  },
});

/** map[string]T. Here names are case-sensitive; the last of several equal ones counts. */
export const mapOf = <T>(element: Shape<T>): Shape<Readonly<Record<string, T>>> => ({
  zero: {},
  read(value, path, report) {
    if (!(value instanceof JsonObject)) {
      report((show) => mismatch(value, path, 'an object', show));
      return {};
    }
    // With entries even "__proto__" is an own property.
    return Object.fromEntries(
      value.members.map(([name, item]) => [
        name,
        readOrZero(element, item, (show) => `${path(show)}[${quote(name, show)}]`, report),
      ]),
    );
  },
});

type Fields = Readonly<Record<string, Shape<unknown>>>;

/** Absent and null members are omitted. */
type Struct<F extends Fields> = { readonly [K in keyof F]?: F[K] extends Shape<infer T> ? T : never };

/**
 * A struct: its fields in any case, others ignored. The last of a repeated field counts, and objects are merged, as in
 * Go. Two spellings of one field are a problem, since readers differ in which one counts, unless `spellings` is `any`.
 */
export function struct<F extends Fields>(fields: F, spellings: 'one' | 'any' = 'one'): Shape<Struct<F>> {
  const known = new Map(Object.entries(fields).map(([name, shape]) => [foldName(name), { name, shape }]));
  return {
    zero: {},
    read(value, path, report) {
      if (!(value instanceof JsonObject)) {
        report((show) => mismatch(value, path, 'an object', show));
        return {};
      }
      const members = new Map<string, { spelled: string; values: JsonValue[] }>();
      for (const [spelled, member] of value.members) {
        const name = known.get(foldName(spelled))?.name;
        if (name === undefined) continue;
        const before = members.get(name);
        if (before === undefined) members.set(name, { spelled, values: [member] });
        else {
          if (before.spelled !== spelled && spellings === 'one') {
            report((show) => ambiguity(path, before.spelled, spelled, show));
          }
          before.values.push(member);
        }
      }
      const result: Record<string, unknown> = {};
      for (const [name, { values }] of members) {
        const { shape } = known.get(foldName(name)) as { shape: Shape<unknown> };
        const memberPath: Path = (show) => `${path(show)}.${name}`.replace(/^\./, '');
        for (const member of mergeObjects(values)) {
          // null empties a list, and leaves any other field as it is.
          if (member !== null) result[name] = shape.read(member, memberPath, report);
          else if (Array.isArray(result[name])) delete result[name];
        }
      }
      return result as Struct<F>;
    },
  };
}

/** The objects among the values of one field become one object. */
function mergeObjects(values: readonly JsonValue[]): readonly JsonValue[] {
  const objects = values.filter((value) => value instanceof JsonObject);
  if (objects.length < 2) return values;
  const merged = new JsonObject();
  for (const { members } of objects) for (const member of members) merged.members.push(member);
  return [...values.filter((value) => !(value instanceof JsonObject)), merged];
}

/** Finds the problem of an object that spells one of these fields in two ways; undefined if it does not. */
export function ambiguityOf(names: readonly string[]): (object: JsonObject, show?: Show) => string | undefined {
  const ignored = { zero: null, read: () => null };
  const shape = struct(Object.fromEntries(names.map((name) => [name, ignored])));
  return (object, show = cleanText) => {
    const decoded = decodeJson(shape, object, show);
    return decoded.ok ? undefined : decoded.error;
  };
}

function ambiguity(path: Path, one: string, other: string, show: Show): string {
  return `is ambiguous: ${path(show) || 'it'} has both ${quote(one, show)} and ${quote(other, show)}`;
}

function mismatch(value: JsonValue, path: Path, kind: string, show: Show): string {
  const where = path(show);
  return `${where === '' ? 'is not valid' : `has no valid ${where}`}: ${describe(value, show)} is not ${kind}`;
}

function describe(value: JsonValue, show: Show): string {
  if (value instanceof JsonNumber) return show(value.text, 30);
  if (value instanceof JsonObject) return 'an object';
  if (typeof value === 'string') return quote(value, show);
  return Array.isArray(value) ? 'an array' : String(value);
}

const quote = (text: string, show: Show): string => `"${show(text, 60)}"`;
