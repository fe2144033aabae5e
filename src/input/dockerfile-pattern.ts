// Shell patterns in `${NAME#pattern}`, `${NAME%pattern}` and `${NAME/pattern/text}`: `*` is any text, `?` any character.
// Not a regular expression: one with many `.*` takes exponential time on hostile text.

import { failure, type Outcome, success } from '../core/outcome.ts';

/** Any one character. */
const ANY = Symbol('any');
type Literal = readonly (string | typeof ANY)[];
/** The literals between the stars: `a*b` is [a, b], `*` is [[], []]. */
type Pattern = readonly Literal[];
type Range = readonly [start: number, end: number];

export function trimPrefix(text: string, pattern: string, isLongest: boolean): Outcome<string, string> {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) return parsed;
  const characters = [...text];
  const end = matchPrefix(characters, parsed.value, isLongest);
  return success(end === undefined ? text : characters.slice(end).join(''));
}

export function trimSuffix(text: string, pattern: string, isLongest: boolean): Outcome<string, string> {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) return parsed;
  const reversed = parsed.value.map((literal) => literal.toReversed()).toReversed();
  const characters = [...text].reverse();
  const end = matchPrefix(characters, reversed, isLongest);
  return success(end === undefined ? text : characters.slice(end).reverse().join(''));
}

/** Replaces the leftmost longest match, or every match. */
export function replacePattern(
  text: string,
  pattern: string,
  replacement: string,
  replacesAll: boolean,
): Outcome<string, string> {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) return parsed;
  if (pattern === '') return success(text);
  const characters = [...text];
  let result = '';
  let rest = 0;
  for (let match = find(characters, parsed.value, 0); match !== undefined; ) {
    const [start, end] = match;
    result += characters.slice(rest, start).join('') + replacement;
    rest = end;
    match = replacesAll && end < characters.length ? find(characters, parsed.value, end) : undefined;
  }
  return success(result + characters.slice(rest).join(''));
}

/** Only `*`, `?`, `\`, `}` and `/` may be escaped. */
function parsePattern(pattern: string): Outcome<Pattern, string> {
  const literals: (string | typeof ANY)[][] = [[]];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    const char = characters[at] ?? '';
    const next = characters[at + 1] ?? '';
    if (char === '*') literals.push([]);
    else if (char === '\\') {
      if (!['}', '/', '*', '?', '\\'].includes(next)) return failure(`\\${next} is not a valid escape in a pattern`);
      literals.at(-1)?.push(next);
      at += 1;
    } else literals.at(-1)?.push(char === '?' ? ANY : char);
  }
  return success(literals);
}

/** The end of the match at the start of the text. */
function matchPrefix(text: readonly string[], pattern: Pattern, isLongest: boolean): number | undefined {
  const [first = [], ...others] = pattern;
  if (!isAt(text, first, 0)) return undefined;
  if (isLongest) return findEnd(text, others, first.length);
  let end: number | undefined = first.length;
  for (const literal of others) {
    const start: number | undefined = firstOf(text, literal, end);
    if (start === undefined) return undefined;
    end = start + literal.length;
  }
  return end;
}

function find(text: readonly string[], [first = [], ...others]: Pattern, from: number): Range | undefined {
  const start = firstOf(text, first, from);
  if (start === undefined) return undefined;
  const end = findEnd(text, others, start + first.length);
  return end === undefined ? undefined : [start, end];
}

/** The furthest end of literals after a star at `from`; undefined if they do not follow in order. */
function findEnd(text: readonly string[], literals: Pattern, from: number): number | undefined {
  const last = literals.at(-1);
  if (last === undefined) return from;
  let at = from;
  for (const literal of literals.slice(0, -1)) {
    const start = firstOf(text, literal, at);
    if (start === undefined) return undefined;
    at = start + literal.length;
  }
  for (let start = text.length - last.length; start >= at; start -= 1) {
    if (isAt(text, last, start)) return start + last.length;
  }
  return undefined;
}

function firstOf(text: readonly string[], literal: Literal, from: number): number | undefined {
  for (let start = from; start + literal.length <= text.length; start += 1) {
    if (isAt(text, literal, start)) return start;
  }
  return undefined;
}

const isAt = (text: readonly string[], literal: Literal, start: number): boolean =>
  start + literal.length <= text.length && literal.every((char, index) => char === ANY || char === text[start + index]);
