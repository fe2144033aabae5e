// What to search for to find one secret: each of its characters, in every way in which it may be written.

import { once } from '../core/once.ts';

export type Item =
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
  /** The code units with which a match may begin. */
  readonly first: ReadonlySet<string>;
}

/** Blanks, and characters that are not seen. */
const invisible = once(() => /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
export const isInvisible = (character: string): boolean => invisible().test(character);

/** Lower case, letter by letter, so that positions do not change. */
export const foldCase = (text: string): string =>
  text.replace(/\p{Lu}+/gu, (letters) => {
    const lower = letters.toLowerCase();
    return lower.length === letters.length ? lower : letters;
  });

/** undefined for a secret with fewer than `minLength` visible characters. */
export function createSecretForm(secret: string, minLength: number): SecretForm | undefined {
  const items: Item[] = [];
  let visible = 0;
  for (const character of foldCase(secret)) {
    if (!isInvisible(character)) {
      items.push(itemOf(character));
      visible += character.length;
    } else if (items.length > 0 && items.at(-1)?.kind !== 'gap') items.push({ kind: 'gap' });
  }
  if (items.at(-1)?.kind === 'gap') items.pop();
  const [start] = items;
  if (visible < minLength || start?.kind !== 'character') return undefined;
  return { items, first: new Set(['\\', '%', '&', ...start.plain.map((text) => text.charAt(0))]) };
}

/** Secrets share few different characters. */
const cache = new Map<string, Item>();
const MAX_CACHED = 1_000;

function itemOf(character: string): Item {
  const item = cache.get(character) ?? createItem(character);
  if (cache.size < MAX_CACHED) cache.set(character, item);
  return item;
}

/** `character` is folded: a letter means both of its cases. */
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

export const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** By the code unit with which a match may begin. */
export type SecretIndex = ReadonlyMap<string, readonly SecretForm[]>;

export function indexForms(forms: readonly SecretForm[]): SecretIndex {
  const index = new Map<string, SecretForm[]>();
  for (const form of forms) {
    for (const unit of form.first) {
      const others = index.get(unit);
      if (others === undefined) index.set(unit, [form]);
      else others.push(form);
    }
  }
  return index;
}
