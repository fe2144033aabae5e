// Parses JSON (RFC 8259) as Go's encoding/json does, and keeps what JSON.parse drops: the text of numbers, and every
// member of an object, including repeated names. In linear time, without recursion.

/** Keeps the text: 5.0 is not an integer in Go, and 9007199254740993 is not a double. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Members in order, with their names as spelled. */
export class JsonObject {
  readonly members: (readonly [name: string, value: JsonValue])[] = [];

  /** The value of `name` in any case; the last of several, as in Go. */
  get(name: string): JsonValue | undefined {
    const folded = foldName(name);
    return this.members.findLast(([spelled]) => spelled.length === name.length && foldName(spelled) === folded)?.[1];
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

/** Go compares names by simple case folding: apart from A-Z, the Kelvin sign equals k and the long s equals s. */
export const foldName = (name: string): string => name.toLowerCase().replaceAll('\u017f', 's');

/** Go's limit. */
const MAX_DEPTH = 10_000;

/** undefined if the bytes are not one JSON value. Invalid UTF-8 and lone surrogates become U+FFFD; a BOM is an error. */
export function parseJson(bytes: Uint8Array): JsonValue | undefined {
  try {
    return read(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An array or object that has not ended yet; `name`: of the member whose value comes next. */
interface Open {
  readonly value: JsonValue[] | JsonObject;
  name: string;
}

function read(text: string): JsonValue {
  const open: Open[] = [];
  let at = afterBlanks(text, 0);

  const readName = (object: JsonObject): Open => {
    if (text[at] !== '"') throw new SyntaxError();
    const end = endOfString(text, at);
    const name = decodeString(text.slice(at, end));
    at = afterBlanks(text, end);
    if (text[at] !== ':') throw new SyntaxError();
    at = afterBlanks(text, at + 1);
    return { value: object, name };
  };

  for (;;) {
    let value: JsonValue;
    const first = text[at];
    if (first === '{' || first === '[') {
      const started = first === '{' ? new JsonObject() : [];
      if (open.length === MAX_DEPTH) throw new SyntaxError();
      at = afterBlanks(text, at + 1);
      if (text[at] !== (first === '{' ? '}' : ']')) {
        open.push(started instanceof JsonObject ? readName(started) : { value: started, name: '' });
        continue;
      }
      at += 1;
      value = started;
    } else if (first === '"') {
      const end = endOfString(text, at);
      value = decodeString(text.slice(at, end));
      at = end;
    } else {
      const end = endOfWord(text, at);
      value = readWord(text.slice(at, end));
      at = end;
    }

    // A value has ended: add it to the innermost open array or object, which may end too.
    for (;;) {
      at = afterBlanks(text, at);
      const inner = open.at(-1);
      if (inner === undefined) {
        if (at < text.length) throw new SyntaxError();
        return value;
      }
      if (inner.value instanceof JsonObject) inner.value.members.push([inner.name, value]);
      else inner.value.push(value);
      const next = text[at];
      at += 1;
      if (next === ',') {
        at = afterBlanks(text, at);
        if (inner.value instanceof JsonObject) inner.name = readName(inner.value).name;
        break;
      }
      if (next !== (inner.value instanceof JsonObject ? '}' : ']')) throw new SyntaxError();
      value = inner.value;
      open.pop();
    }
  }
}

function afterBlanks(text: string, from: number): number {
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The index after the closing quote. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code < 0x20) break;
    if (code === BACKSLASH) at += 1;
  }
  throw new SyntaxError();
}

/** JSON.parse decodes the escapes. */
const decodeString = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string).replace(/\p{Cs}/gu, '\ufffd') : quoted.slice(1, -1);

/** The index after a number, or after true, false or null. */
function endOfWord(text: string, from: number): number {
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at);
    const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    const isNumeric = code >= 0x2b && code <= 0x39 && code !== 0x2c;
    if (!isLetter && !isNumeric) return at;
  }
}

const LITERALS: Readonly<Record<string, null | boolean>> = { null: null, true: true, false: false };
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function readWord(word: string): JsonValue {
  if (Object.hasOwn(LITERALS, word)) return LITERALS[word] as null | boolean;
  if (!NUMBER.test(word)) throw new SyntaxError();
  return new JsonNumber(word);
}
