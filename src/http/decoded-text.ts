// The texts that a text may encode, wholly or in part: base64, base32, bytes as numbers, quoted-printable, escapes, UTF-16, and
// UTF-8 that was read in a one-byte encoding. Each comes with the positions it was decoded from.
//
// Which encoding was used is unknown, so every one that is possible is returned; most are meaningless, and only good to
// be searched. Nothing is returned for a text without at least `MIN_BYTES` encoded bytes.

export interface DecodedText {
  readonly text: string;
  /** For each code unit of the text: the positions between which it was encoded. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** A shorter secret is not searched for. */
const MIN_BYTES = 4;

export function* decodedTexts(text: string): Generator<DecodedText> {
  yield* decodeMatches(text, ESCAPE, decodeEscape);
  yield* decodeMatches(text, QUOTED_PRINTABLE, ([, hex]) => (hex === undefined ? '' : characterOf(hex, 16)));
  yield* decodeMatches(asLatin1(text), UTF8_AS_LATIN1, ([bytes]) => Buffer.from(bytes, 'latin1').toString());
  yield* decodeUtf16(text);
  yield* decodeNumbers(text);
  for (const line of hexdumpsIn(text)) yield* decodeDigits(line, 2, 'hex');
  for (const digits of hexIn(text)) yield* decodeDigits(digits, 2, 'hex');
  for (const digits of wordsIn(text, BASE64_WORDS, BASE64_WORD)) yield* decodeDigits(digits, 4, 'base64');
  for (const digits of wordsIn(text, BASE32_WORDS, BASE32_WORD)) yield* decodeDigits(digits, 8, 'base32');
}

/** The text with every match decoded; nothing without a match. */
export function* decodeMatches(
  text: string,
  pattern: RegExp,
  decode: (match: RegExpExecArray) => string,
): Generator<DecodedText> {
  const pieces: string[] = [];
  const [starts, ends]: [number[], number[]] = [[], []];
  let at = 0;
  const copyTo = (end: number): void => {
    pieces.push(text.slice(at, end));
    for (; at < end; at += 1) {
      starts.push(at);
      ends.push(at + 1);
    }
  };
  for (const match of text.matchAll(pattern)) {
    copyTo(match.index);
    const decoded = decode(match);
    at = match.index + match[0].length;
    pieces.push(decoded);
    for (let unit = 0; unit < decoded.length; unit += 1) {
      starts.push(match.index);
      ends.push(at);
    }
  }
  if (pieces.length === 0) return;
  copyTo(text.length);
  yield { text: pieces.join(''), starts, ends };
}

/** `%26`, `%u0026`, `&#38;`, `&#x26;`, `&amp;`, and after any number of backslashes `u0026`, `u{26}`, `x26`, `046`, `n`. */
const ESCAPE =
  /%(?:u([0-9a-f]{4})|([0-9a-f]{2}))|&(?:amp;){0,3}(?:#x0{0,6}([0-9a-f]{1,6});?|#0{0,6}(\d{1,7});?|([a-z]{2,8});)|\\+(?:u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|x([0-9a-f]{2})|([0-3][0-7]{2})|(.))/gis;

/** Those of base64, and of what JSON and HTML escape. */
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', newline: '\n', tab: '\t' },
  ...{ plus: '+', sol: '/', equals: '=', lowbar: '_', hyphen: '-' },
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

function decodeEscape([whole, ...groups]: RegExpExecArray): string {
  const [percentUnit, percent, hexEntity, entity, name, unit, point, byte, octal, escaped] = groups;
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
  if (escaped !== undefined) return CONTROLS[escaped] ?? escaped;
  if (entity !== undefined) return characterOf(entity, 10);
  if (octal !== undefined) return characterOf(octal, 8);
  return characterOf(percentUnit ?? percent ?? hexEntity ?? unit ?? point ?? byte ?? '', 16);
}

/** The character of a number, and for a byte its character in ISO 8859-1. */
function characterOf(digits: string, radix: number): string {
  const code = Number.parseInt(digits, radix);
  // Java and others write bytes with a sign.
  const unsigned = code < 0 && code >= -128 ? code + 256 : code;
  return unsigned >= 0 && unsigned <= 0x10ffff ? String.fromCodePoint(unsigned) : '\ufffd';
}

/** RFC 2045 section 6.7, with soft line breaks, even if they became blanks. */
const QUOTED_PRINTABLE = /=(?:([0-9a-f]{2})|\s+)/gi;

const UTF8_AS_LATIN1 = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g;

/** The bytes that Windows-1252 and ISO 8859-1 read differently. */
const WINDOWS_1252 = new Map(
  Array.from({ length: 32 }, (_, at): [string, string] => [
    new TextDecoder('windows-1252').decode(Uint8Array.of(0x80 + at)),
    String.fromCharCode(0x80 + at),
  ]),
);

const asLatin1 = (text: string): string => text.replace(/[\u0100-\uffff]/g, (it) => WINDOWS_1252.get(it) ?? it);

/** In either byte order, from an even or an odd position; without the zeros, for bytes that were lost in reading. */
function* decodeUtf16(text: string): Generator<DecodedText> {
  if (!text.includes('\0')) return;
  yield* decodeMatches(text, /\0/g, () => '');
  for (const first of [0, 1]) {
    const bytes = Buffer.from(text.slice(first, text.length - ((text.length - first) % 2)), 'latin1');
    const starts = Array.from({ length: bytes.length / 2 }, (_, unit) => first + 2 * unit);
    const ends = starts.map((start) => start + 2);
    yield { text: bytes.toString('utf16le'), starts, ends };
    yield { text: bytes.swap16().toString('utf16le'), starts, ends };
  }
}

/** A list of numbers with anything that may be between them but `...`, such as the keys of `{"0":84,"1":111}`. */
const NUMBERS = /(?:[\d\s,;:|"'-]|\.(?!\.)){8,}/g;
const NUMBER = /(?:"\d+"\s*:\s*)?(-?\d{1,8})/g;
const RADIXES: readonly (readonly [radix: number, digits: RegExp])[] = [
  [10, /^/],
  [8, /^[0-3][0-7]{2}$/],
  [2, /^[01]{8}$/],
];

function* decodeNumbers(text: string): Generator<DecodedText> {
  for (const { 0: list, index } of text.matchAll(NUMBERS)) {
    const all = [...list.matchAll(NUMBER)];
    for (const [radix, digits] of RADIXES) {
      const numbers = all.filter(([, number = '']) => digits.test(number));
      if (numbers.length < MIN_BYTES) continue;
      const [starts, ends]: [number[], number[]] = [[], []];
      const characters = numbers.map(({ 0: whole, 1: number = '', index: at }) => {
        const character = characterOf(number, radix);
        for (let unit = 0; unit < character.length; unit += 1) {
          starts.push(index + at);
          ends.push(index + at + whole.length);
        }
        return character;
      });
      yield { text: characters.join(''), starts, ends };
    }
  }
}

/** Digits without what was between them. `starts` and `ends` are those of the whole word that a digit is part of. */
interface Digits {
  readonly digits: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

interface Word {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
}

function joinWords(words: readonly Word[]): Digits {
  const positionsOf = (position: 'start' | 'end'): number[] =>
    words.flatMap((word) => Array.from(word.digits, () => word[position]));
  return { digits: words.map(({ digits }) => digits).join(''), starts: positionsOf('start'), ends: positionsOf('end') };
}

/** `54:6f`, `54 6f`, `0x54, 0x6f`, `\x54\x6f`, `546f`; line breaks are separators, too, and `...` is none. */
const HEX_WORDS = /(?:[0-9a-fx\\\s:,;|_-]|\.(?!\.)){8,}/gi;
const HEX_WORD = /(?:0x|\\+x)?([0-9a-f]+)/gi;

function* hexIn(text: string): Generator<Digits> {
  for (const { 0: run, index } of text.matchAll(HEX_WORDS)) {
    const words = [...run.matchAll(HEX_WORD)];
    yield joinWords(words.map((it) => wordOf(it, index, it[1] ?? '')));
  }
}

const wordOf = ({ 0: whole, index }: RegExpExecArray, before: number, digits: string): Word => ({
  digits,
  start: before + index,
  end: before + index + whole.length,
});

/** `00000010: 5465 7374  Test`, as hexdump, od and xxd write it: an offset, bytes, and often the same as text. */
const HEXDUMP_LINE = /\b[0-9a-f]{4,16}:?[ \t]{1,3}((?:[0-9a-f]{2,4}[ \t]{1,3}){1,16})[^\n]*/gi;
const HEXDUMP_DIGITS = 32;

function* hexdumpsIn(text: string): Generator<Digits> {
  const lines = [...text.matchAll(HEXDUMP_LINE)];
  if (lines.length < 2) return;
  yield joinWords(lines.map((line) => wordOf(line, 0, (line[1] ?? '').replace(/[ \t]/g, '').slice(0, HEXDUMP_DIGITS))));
}

/** RFC 4648 sections 4 and 5, also on several lines. */
const BASE64_WORDS = /[\w+/=\s-]{6,}/g;
const BASE64_WORD = /[\w+/-]+=*/g;

/** RFC 4648 section 6, in capital letters, also on several lines. */
const BASE32_WORDS = /[A-Z2-7](?:[A-Z2-7]|=|\s(?=[A-Z2-7])){6,}/g;
const BASE32_WORD = /[A-Z2-7]+=*/g;

function* wordsIn(text: string, runs: RegExp, word: RegExp): Generator<Digits> {
  for (const { 0: run, index } of text.matchAll(runs)) {
    const words = [...run.matchAll(word)];
    yield joinWords(words.map((it) => wordOf(it, index, it[0].replace(/=+$/, ''))));
  }
}

/** Bytes may begin at each of the first `group` digits: what is before them may be made of digits, too. */
function* decodeDigits(
  { digits, starts, ends }: Digits,
  group: 2 | 4 | 8,
  encoding: 'hex' | 'base64' | 'base32',
): Generator<DecodedText> {
  const digitsPerByte = { hex: 2, base64: 4 / 3, base32: 8 / 5 }[encoding];
  for (let first = 0; first < group; first += 1) {
    const part = digits.slice(first);
    const text = encoding === 'base32' ? decodeBase32(part) : Buffer.from(part, encoding).toString('latin1');
    if (text.length < MIN_BYTES) return;
    const digitAt = (byte: number): number => first + Math.floor(byte * digitsPerByte);
    yield {
      text,
      starts: Array.from(text, (_, byte) => starts[digitAt(byte)] ?? 0),
      ends: Array.from(text, (_, byte) => ends[first + Math.ceil((byte + 1) * digitsPerByte) - 1] ?? 0),
    };
  }
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Each byte as a character. */
function decodeBase32(digits: string): string {
  const bytes = Buffer.alloc(Math.floor((digits.length * 5) / 8));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const digit of digits) {
    value = ((value << 5) | BASE32.indexOf(digit)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = value >> bits;
    at += 1;
  }
  return bytes.toString('latin1');
}
