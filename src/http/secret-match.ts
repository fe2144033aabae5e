// Finds a secret in a text, in plain or in any of the encodings in which servers quote.
//
// A character may be escaped (`\"`, `\u0026`, `\x26`, `\046`, once or twice), doubled (a quote in SQL), percent-encoded
// (RFC 3986, `%26`, `%2526`), an HTML entity (`&amp;`, `&#38;`, `&#x26;`), UTF-8 read as Latin-1, as Node reads header
// fields, or lost to a wrong encoding (`?`). Blanks and invisible characters come and go: a run of them matches any other
// run, including `+`, `%0A` and `\n`. All positions that may follow are kept, so the work is bounded whatever the text
// repeats.

import { hex, type Item, isInvisible, type SecretForm, type SecretIndex } from './secret-form.ts';

export type Span = readonly [start: number, end: number];

/** A text that was cut off may end with the beginning of a secret. A shorter one could be anything. */
const MIN_BEGINNING = 8;
/** Positions tracked together. */
const MAX_POSITIONS = 64;
/** The bytes of U+0080 to U+FFFF. */
const UTF8_AS_LATIN1 = /[\x80-\xbf\u00c2-\u00ef]/;
const ENTITY_NAMES: Readonly<Record<string, number>> = { amp: 38, lt: 60, gt: 62, quot: 34, apos: 39, nbsp: 160 };

/** Steps that are left; below zero once they are used up. */
export interface Budget {
  left: number;
}

/** All matches in a text whose case was folded; those of one secret do not overlap. */
export function findSecrets(text: string, index: SecretIndex, budget: Budget): Span[] {
  const spans: Span[] = [];
  const ends = new Map<SecretForm, number>();
  for (let at = 0; at < text.length && budget.left >= 0; at += 1) {
    for (const form of index.get(text.charAt(at)) ?? []) {
      if (at < (ends.get(form) ?? 0)) continue;
      const end = matchAt(text, at, form.items, budget);
      if (end === undefined) continue;
      spans.push([at, end]);
      ends.set(form, end);
    }
  }
  return spans;
}

/** The end of the secret that begins there, or of its beginning where the text breaks off within it. */
function matchAt(text: string, start: number, items: readonly Item[], budget: Budget): number | undefined {
  let positions: readonly number[] = [start];
  // A secret may contain an ellipsis itself: the whole of it counts first.
  let cut: number | undefined;
  for (const [index, item] of items.entries()) {
    budget.left -= positions.length;
    if (index >= MIN_BEGINNING) {
      cut = positions.map((at) => endOfCut(text, at)).find((end) => end !== undefined) ?? cut;
    }
    positions = endsOf(text, positions, item);
    if (positions.length === 0)
      return cut === undefined ? undefined : endAfterCut(text, cut, items.slice(index), budget);
  }
  return Math.max(...positions);
}

/** `secre[...]word`: the text may go on with the end of the same secret. */
function endAfterCut(text: string, cut: number, rest: readonly Item[], budget: Budget): number {
  return endOfEnding(text, cut, rest, (ending) => ending.length > 1, budget) ?? cut;
}

/** What was left out before the end of a secret: `*****r2pw9`, `[...]r2pw9`. */
const OMISSION = /(?:…|\.{3,}|\*{3,})[\])>]?|[[(<](?:truncated|snip|redacted)[\])>]/g;
/** A shorter end could be anything, and one of few letters an ordinary word. */
const MIN_ENDING = 6;
const MIN_ENDING_OF_LETTERS = 8;

/** Ends of secrets without their beginning, directly after a sign that something was left out, and not within a word. */
export function findEndings(text: string, forms: readonly SecretForm[], budget: Budget): Span[] {
  const spans: Span[] = [];
  for (const { 0: sign, index } of text.matchAll(OMISSION)) {
    const start = index + sign.length;
    for (const { items } of forms) {
      const end = endOfEnding(text, start, items, isUnmistakable, budget);
      if (end !== undefined) spans.push([start, end]);
    }
  }
  return spans;
}

/** The end of the longest ending of the items that the text has there. */
function endOfEnding(
  text: string,
  start: number,
  items: readonly Item[],
  isEnough: (ending: readonly Item[]) => boolean,
  budget: Budget,
): number | undefined {
  for (let from = 0; from < items.length && budget.left >= 0; from += 1) {
    budget.left -= 1;
    const first = items[from];
    if (first?.kind !== 'character' || endsOfCharacter(text, start, first).length === 0) continue;
    const ending = items.slice(from);
    budget.left -= ending.length;
    if (!isEnough(ending)) return undefined;
    const end = matchAt(text, start, ending, budget);
    if (end !== undefined && !/^[\p{L}\p{N}]/u.test(text.slice(end, end + 2))) return end;
  }
  return undefined;
}

function isUnmistakable(ending: readonly Item[]): boolean {
  const codes = ending.flatMap((item) => (item.kind === 'character' ? item.codes.slice(0, 1) : []));
  const isOfLetters = codes.every((code) => /\p{L}/u.test(String.fromCodePoint(code)));
  return codes.length >= (isOfLetters ? MIN_ENDING_OF_LETTERS : MIN_ENDING);
}

function endsOf(text: string, positions: readonly number[], item: Item): readonly number[] {
  const [only = 0, ...more] = positions;
  if (more.length === 0) return item.kind === 'gap' ? endsOfGap(text, only) : endsOfCharacter(text, only, item);
  const ends = new Set<number>();
  for (const at of positions) {
    for (const end of item.kind === 'gap' ? endsOfGap(text, at) : endsOfCharacter(text, at, item)) ends.add(end);
  }
  return [...ends].slice(0, MAX_POSITIONS);
}

/** The end of a text, or an ellipsis or another sign that it was cut; before it the next character may have begun. */
const CUT =
  /(?:[\x80-\xff\ufffd]{1,3}|%(?:25)?[0-9a-f]?|\\{1,16}(?:u[0-9a-f]{0,3}|x[0-9a-f]?|[0-7]{1,2})?|&[#a-z0-9]{0,7})?(?:[[(<]?(?:…|\.{3,}|\*{3,})[\])>]?|[[(<](?:truncated|snip|redacted)[\])>]|$)/y;

/** undefined unless a text breaks off there. */
function endOfCut(text: string, at: number): number | undefined {
  CUT.lastIndex = at;
  const cut = CUT.exec(text);
  return cut === null ? undefined : at + cut[0].length;
}

function endsOfCharacter(text: string, at: number, item: Item & { kind: 'character' }): number[] {
  const ends = item.plain.filter((plain) => text.startsWith(plain, at)).map((plain) => at + plain.length);
  switch (text.charAt(at)) {
    case '\\': {
      const after = endOfRun(text, at, '\\');
      for (const form of item.escapes) if (text.startsWith(form, after)) ends.push(after + form.length);
      // A backslash is doubled by every quoting.
      if (item.codes.includes(0x5c)) ends.push(after);
      // JSON in a page: what is after the backslash is quoted once more.
      return [...ends, ...endsOfEntities(text, after, item)];
    }
    case '%':
      return [...ends, ...item.bytes.flatMap((bytes) => endsOfPercents(text, at, bytes))];
    case '&':
      return [...ends, ...endsOfEntities(text, at, item)];
    default:
      return ends;
  }
}

/** The positions after zero, one, two … invisible characters. */
function endsOfGap(text: string, start: number): number[] {
  const ends = [start];
  for (
    let at = endOfInvisible(text, start);
    at !== undefined && ends.length < MAX_POSITIONS;
    at = endOfInvisible(text, at)
  ) {
    ends.push(at);
  }
  return ends;
}

function endOfInvisible(text: string, at: number): number | undefined {
  const character = text.charAt(at);
  switch (character) {
    case '':
      return undefined;
    case '+':
      return at + 1;
    case '\\': {
      const after = endOfRun(text, at, '\\');
      const octal = /^[0-3][0-7]{2}/.exec(text.slice(after, after + 3));
      if (octal !== null && isInvisibleByte(hex(Number.parseInt(octal[0], 8), 2))) return after + 3;
      if (/[nrtfvb0]/.test(text.charAt(after))) return after + 1;
      const code = /^(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/.exec(text.slice(after, after + 5));
      const isInvisible = isInvisibleCode(code?.[1] ?? '') || isInvisibleByte(code?.[2] ?? '');
      return code !== null && isInvisible ? after + code[0].length : undefined;
    }
    case '%': {
      const code = /^%(?:25){0,2}([0-9a-f]{2})/.exec(text.slice(at, at + 7));
      return code !== null && isInvisibleByte(code[1] ?? '') ? at + code[0].length : undefined;
    }
    case '&': {
      const entity = readEntity(text, at);
      return entity !== undefined && isInvisibleCode(entity.code.toString(16)) ? entity.end : undefined;
    }
    default:
      return isInvisible(character) || UTF8_AS_LATIN1.test(character) ? at + 1 : undefined;
  }
}

const isInvisibleCode = (hex: string): boolean => {
  const code = Number.parseInt(hex, 16);
  return code >= 0 && code <= 0x10ffff && isInvisible(String.fromCodePoint(code));
};

/** Also `+`, a blank in form data, and the bytes of characters beyond ASCII. */
const isInvisibleByte = (byte: string): boolean => byte === '2b' || byte >= '80' || isInvisibleCode(byte);

/** At most 16: nothing is quoted more often. */
function endOfRun(text: string, start: number, character: string): number {
  let at = start;
  while (text.charAt(at) === character && at - start < 16) at += 1;
  return at;
}

/** `%2526` was encoded twice. */
function endsOfPercents(text: string, start: number, bytes: readonly string[]): number[] {
  let positions = [start];
  for (const byte of bytes) {
    positions = positions.flatMap((at) =>
      ['%', '%25', '%2525']
        .map((sign) => sign + byte)
        .filter((code) => text.startsWith(code, at))
        .map((code) => at + code.length),
    );
  }
  return positions;
}

/** `&amp;amp;` was encoded twice. */
function readEntity(text: string, at: number): { readonly code: number; readonly end: number } | undefined {
  const entity = ENTITY.exec(text.slice(at, at + 48));
  if (entity === null) return undefined;
  const [whole, decimal, hex, bare, named] = entity;
  const name = bare ?? named ?? '';
  const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : (ENTITY_NAMES[name] ?? UNKNOWN_ENTITY);
  return { code, end: at + whole.length };
}

/** `&amp;x;` is one that was encoded twice, or an ampersand before other text. */
function endsOfEntities(text: string, at: number, item: Item & { kind: 'character' }): number[] {
  const entity = readEntity(text, at);
  const ends = entity !== undefined && isMeant(item, entity.code) ? [entity.end] : [];
  return item.codes.includes(0x26) && text.startsWith('&amp;', at) ? [...ends, at + '&amp;'.length] : ends;
}

/** HTML knows two thousand names: one that is not in the table may be any sign or letter beyond ASCII. */
const UNKNOWN_ENTITY = -1;

const isMeant = ({ codes }: Item & { kind: 'character' }, code: number): boolean =>
  codes.includes(code) ||
  (code === UNKNOWN_ENTITY && !codes.some((one) => /[a-z0-9]/i.test(String.fromCodePoint(one)) && one < 0x80));

/** The semicolon of a few may be missing. */
const ENTITY =
  /^&(?:amp;){0,3}(?:#0{0,6}(\d{1,7});?|#x0{0,6}([0-9a-f]{1,6});?|(amp|lt|gt|quot)(?!;)|([a-z][a-z0-9]{1,30});)/;
