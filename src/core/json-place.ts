// Where in a JSON text (RFC 8259) a mistake is: the first syntax error, or the line of a value with a wrong shape.
// Only for messages: JSON.parse and a schema have found that there is one.

/** Deeper values have the line of this level. */
const MAX_DEPTH = 200;

const TOKEN = /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The line of the value at this path, from 1, or of the nearest one around it; of the syntax error, if there is one before it. */
export function lineInJson(text: string, path: readonly PropertyKey[]): number {
  const reader = createReader(text);
  let line = 1;
  let at = path;
  try {
    for (let depth = 0; ; depth += 1) {
      const start = reader.next();
      line = lineAt(text, reader.start());
      const [key] = at;
      if (key === undefined || depth === MAX_DEPTH || (start !== '{' && start !== '[')) break;
      if (!enter(reader, start, key)) break;
      at = at.slice(1);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return lineAt(text, reader.start());
  }
  return line;
}

export interface JsonFault {
  /** From 1. */
  readonly line: number;
  /** In UTF-16 code units, from 1. */
  readonly column: number;
  readonly words: string;
}

/** The first syntax error; undefined if there is none. It quotes nothing: the text may be secret. */
export function findSyntaxError(text: string): JsonFault | undefined {
  const reader = createReader(text);
  let words = '';
  try {
    skip(reader, reader.next());
    if (reader.isAtEnd()) return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    words = error.message;
  }
  const at = reader.start();
  const otherwise = at < text.length ? 'unexpected character' : 'unexpected end';
  return { line: lineAt(text, at), column: columnAt(text, at), words: words || otherwise };
}

interface Reader {
  readonly next: () => string;
  readonly unread: () => void;
  readonly isAtEnd: () => boolean;
  /** Of the token that was read last, or of what cannot be read. */
  readonly start: () => number;
}

function createReader(text: string): Reader {
  let end = 0;
  let start = 0;
  const skipBlanks = (): void => {
    start = end;
    while (/[ \t\r\n]/.test(text[start] ?? '')) start += 1;
  };
  return {
    next() {
      skipBlanks();
      end = text[start] === '"' ? endOfString(text, start) : endOf(TOKEN, text, start);
      return text.slice(start, end);
    },
    unread() {
      end = start;
    },
    isAtEnd() {
      skipBlanks();
      return start === text.length;
    },
    start: () => start,
  };
}

/** Behind the closing quote. No pattern: a long text would be too much for it. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') {
    if (text[at] === '\\') at = endOf(ESCAPE, text, at, 'invalid escape in a string');
    else if (text.charCodeAt(at) >= 0x20) at += 1;
    else throw new SyntaxError('a string does not end in its line');
  }
  return at + 1;
}

function endOf(pattern: RegExp, text: string, start: number, otherwise?: string): number {
  pattern.lastIndex = start;
  if (!pattern.test(text)) throw new SyntaxError(otherwise);
  return pattern.lastIndex;
}

/** Reads to the value of this key; false if there is none. */
function enter(reader: Reader, open: string, key: PropertyKey): boolean {
  for (let index = 0; ; index += 1) {
    let token = reader.next();
    if (token === '}' || token === ']') return false;
    if (token === ',') token = reader.next();
    if (open === '{') {
      expect(reader.next(), ':');
      if (JSON.parse(token) === key) return true;
      skip(reader, reader.next());
      continue;
    }
    const isWanted = index === key;
    if (isWanted) {
      reader.unread();
      return true;
    }
    skip(reader, token);
  }
}

/** The rest of the value that begins with this token. */
function skip(reader: Reader, first: string): void {
  const open: string[] = [];
  let token = first;
  for (;;) {
    if (token === '{' || token === '[') {
      open.push(token);
      token = reader.next();
      if (token !== '}' && token !== ']') {
        token = memberOf(reader, open, token);
        continue;
      }
    } else if (/^[}\],:]/.test(token)) throw new SyntaxError();
    // A value has ended; so may the ones around it.
    for (;;) {
      if (token === '}' || token === ']') expect(open.pop(), token === '}' ? '{' : '[');
      if (open.length === 0) return;
      token = reader.next();
      if (token === ',') {
        token = memberOf(reader, open, reader.next());
        break;
      }
      if (token !== '}' && token !== ']') throw new SyntaxError();
    }
  }
}

/** The first token of the value. */
function memberOf(reader: Reader, open: readonly string[], token: string): string {
  if (open.at(-1) === '[') return token;
  if (!token.startsWith('"')) throw new SyntaxError();
  expect(reader.next(), ':');
  return reader.next();
}

function expect(token: string | undefined, wanted: string): void {
  if (token !== wanted) throw new SyntaxError();
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** From 1. */
export const columnAt = (text: string, index: number): number => index - text.slice(0, index).lastIndexOf('\n');
