// Finds a secret in a text, however the text spells it: as it is, or in any of the encodings that servers quote in.
//
// A character may be escaped (`\"`, `\u0026`, `\x26`, `\046`, once or twice), doubled (a quote in SQL), percent-encoded
// (RFC 3986, `%26`, `%2526`), an HTML entity (`&amp;`, `&#38;`, `&#x26;`), UTF-8 read as Latin-1, as Node reads header
// fields, or lost to a wrong encoding (`?`). Blanks and invisible characters come and go: a run of them matches any other
// run, including `+`, `%0A` and `\n`. All positions that may follow are kept, so the work is bounded whatever the text
// repeats.

/** Where a match begins, and where it ends. */
export type Span = readonly [start: number, end: number];

type Item =
  | { readonly kind: 'gap' }
  | {
      readonly kind: 'character';
      /** The character, and its UTF-8 bytes read as Latin-1 where that differs. */
      readonly plain: readonly string[];
      /** What may follow a backslash. */
      readonly escapes: readonly string[];
      /** For each case, its UTF-8 bytes as two hexadecimal digits, and its code point. */
      readonly bytes: readonly (readonly string[])[];
      readonly codes: readonly number[];
    };

export interface SecretForm {
  readonly items: readonly Item[];
  /** The code units that a match may begin with. */
  readonly first: ReadonlySet<string>;
}

/** A text that was cut off may end with the beginning of a secret; a shorter beginning may be anything. */
const SHORTEST_BEGINNING = 8;
/** Positions kept side by side. */
const MAX_POSITIONS = 64;
const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** What the bytes of U+0080 to U+FFFF begin and go on with. */
const UTF8_AS_LATIN1 = /[\x80-\xbf\u00c2-\u00ef]/;
const ENTITY_NAMES: Readonly<Record<string, number>> = { amp: 38, lt: 60, gt: 62, quot: 34, apos: 39, nbsp: 160 };

/** Lower case, letter by letter, so that positions stay the same. */
export const foldCase = (text: string): string =>
  text.replace(/\p{Lu}+/gu, (letters) => {
    const lower = letters.toLowerCase();
    return lower.length === letters.length ? lower : letters;
  });

/** undefined for a secret with less than `shortest` characters that can be seen. */
export function createSecretForm(secret: string, shortest: number): SecretForm | undefined {
  const items: Item[] = [];
  let seen = 0;
  for (const character of foldCase(secret)) {
    if (!UNSEEN.test(character)) {
      items.push(itemOf(character));
      seen += character.length;
    } else if (items.length > 0 && items.at(-1)?.kind !== 'gap') items.push({ kind: 'gap' });
  }
  if (items.at(-1)?.kind === 'gap') items.pop();
  const [start] = items;
  if (seen < shortest || start?.kind !== 'character') return undefined;
  return { items, first: new Set(['\\', '%', '&', ...start.plain.map((text) => text.charAt(0))]) };
}

/** Secrets are made of few different characters. */
const kept = new Map<string, Item>();
const MAX_KEPT = 1_000;

function itemOf(character: string): Item {
  const item = kept.get(character) ?? createItem(character);
  if (kept.size < MAX_KEPT) kept.set(character, item);
  return item;
}

/** `character` was folded: a letter matches both its cases. */
function createItem(character: string): Item {
  const upper = character.toUpperCase();
  const cases = foldCase(upper) === character ? [...new Set([character, upper])] : [character];
  const bytesOf = (text: string): string[] => [...Buffer.from(text)].map((byte) => hex(byte, 2));
  const escapesOf = (text: string): string[] => [
    text,
    Array.from({ length: text.length }, (_, at) => `u${hex(text.charCodeAt(at), 4)}`).join('\\'),
    bytesOf(text)
      .map((byte) => `x${byte}`)
      .join('\\'),
    `u{${hex(text.codePointAt(0) ?? 0, 1)}}`,
    // Octal, as C and git quote.
    [...Buffer.from(text)].map((byte) => byte.toString(8).padStart(3, '0')).join('\\'),
    ...latin1Of(text).map((byte) => `x${byte}`),
  ];
  const latin1 = Buffer.from(character).toString('latin1');
  return {
    kind: 'character',
    plain: [character, ...(QUOTED[character] ?? []), ...lostForms(character, latin1)],
    escapes: cases.flatMap(escapesOf),
    bytes: [...cases.map(bytesOf), ...cases.map(latin1Of).filter(({ length }) => length > 0)],
    codes: cases.map((text) => text.codePointAt(0) ?? 0),
  };
}

/** How SQL, CSV and a shell write a quote within quotes. */
const QUOTED: Readonly<Record<string, readonly string[]>> = { "'": ["''", "'\\''"], '"': ['""'] };

/** The one byte of a character in ISO 8859-1. */
function latin1Of(character: string): string[] {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x80 && code <= 0xff ? [hex(code, 2)] : [];
}

/** What becomes of a character beyond ASCII where its encoding is mistaken. */
const lostForms = (character: string, latin1: string): string[] =>
  latin1 === character ? [] : [foldCase(latin1), '\ufffd', '?'];

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Steps that may still be taken. A text that uses them up was made for that, and is hidden as a whole. */
export interface Budget {
  left: number;
}

/** All matches in a text whose case was folded; they do not overlap. */
export function findSecret(text: string, { items, first }: SecretForm, budget: Budget): Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (!first.has(text.charAt(at))) continue;
    if (budget.left < 0) return [[0, text.length]];
    const end = matchAt(text, at, items, budget);
    if (end === undefined) continue;
    spans.push([at, end]);
    at = end - 1;
  }
  return spans;
}

/** Where the secret ends that begins there, or the text, if it breaks off within the secret. */
function matchAt(text: string, start: number, items: readonly Item[], budget: Budget): number | undefined {
  let positions: readonly number[] = [start];
  for (const [index, item] of items.entries()) {
    budget.left -= positions.length;
    if (index >= SHORTEST_BEGINNING && positions.some((at) => isCutOff(text, at))) return text.length;
    positions = endsOf(text, positions, item);
    if (positions.length === 0) return undefined;
  }
  return Math.max(...positions);
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

const isCutOff = (text: string, at: number): boolean =>
  at >= text.length - 3 && (at === text.length || /^(?:…|\.\.\.)$/.test(text.slice(at)));

function endsOfCharacter(text: string, at: number, item: Item & { kind: 'character' }): number[] {
  const ends = item.plain.filter((plain) => text.startsWith(plain, at)).map((plain) => at + plain.length);
  switch (text.charAt(at)) {
    case '\\': {
      const behind = endOfRun(text, at, '\\');
      for (const form of item.escapes) if (text.startsWith(form, behind)) ends.push(behind + form.length);
      // A backslash is doubled by every quoting.
      if (item.codes.includes(0x5c)) ends.push(behind);
      // JSON in a page: what is behind the backslash is quoted once more.
      return [...ends, ...endsOfEntities(text, behind, item)];
    }
    case '%':
      return [...ends, ...item.bytes.flatMap((bytes) => endsOfPercents(text, at, bytes))];
    case '&':
      return [...ends, ...endsOfEntities(text, at, item)];
    default:
      return ends;
  }
}

/** After none, one, two … of the invisible characters. */
function endsOfGap(text: string, start: number): number[] {
  const ends = [start];
  for (let at = endOfUnseen(text, start); at !== undefined && ends.length < MAX_POSITIONS; at = endOfUnseen(text, at)) {
    ends.push(at);
  }
  return ends;
}

function endOfUnseen(text: string, at: number): number | undefined {
  const character = text.charAt(at);
  switch (character) {
    case '':
      return undefined;
    case '+':
      return at + 1;
    case '\\': {
      const behind = endOfRun(text, at, '\\');
      const octal = /^[0-3][0-7]{2}/.exec(text.slice(behind, behind + 3));
      if (octal !== null && isUnseenByte(hex(Number.parseInt(octal[0], 8), 2))) return behind + 3;
      if (/[nrtfvb0]/.test(text.charAt(behind))) return behind + 1;
      const code = /^(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/.exec(text.slice(behind, behind + 5));
      const isUnseen = isUnseenCode(code?.[1] ?? '') || isUnseenByte(code?.[2] ?? '');
      return code !== null && isUnseen ? behind + code[0].length : undefined;
    }
    case '%': {
      const code = /^%(?:25){0,2}([0-9a-f]{2})/.exec(text.slice(at, at + 7));
      return code !== null && isUnseenByte(code[1] ?? '') ? at + code[0].length : undefined;
    }
    case '&': {
      const entity = readEntity(text, at);
      return entity !== undefined && isUnseenCode(entity.code.toString(16)) ? entity.end : undefined;
    }
    default:
      return UNSEEN.test(character) || UTF8_AS_LATIN1.test(character) ? at + 1 : undefined;
  }
}

const isUnseenCode = (hex: string): boolean => {
  const code = Number.parseInt(hex, 16);
  return code >= 0 && code <= 0x10ffff && UNSEEN.test(String.fromCodePoint(code));
};

/** Also `+`, which a form has for a blank, and the bytes of characters beyond ASCII. */
const isUnseenByte = (byte: string): boolean => byte === '2b' || byte >= '80' || isUnseenCode(byte);

/** At most 16: nothing quotes more often. */
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
