// The .env file of a Compose project, as compose-go's dotenv/parser.go reads it.
//
//   statement = [ "export" ] name [ ( "=" / ":" ) value ]     ; a name alone takes the value of the environment
//   value     = "'" text "'"                                  ; as written
//             / DQUOTE text DQUOTE                            ; with escapes and variables
//             / text [ " #" comment ]                         ; with variables, to the end of the line

import type { Problem } from './extractor.ts';
import { interpolate } from './interpolation.ts';
import { insertionCost, isEmpty, type Lookup, plainText, type ResolvedText, withoutSecret } from './resolved-text.ts';
import { createWorkBudget, type WorkBudget } from './work-budget.ts';

export interface Dotenv {
  readonly values: ReadonlyMap<string, ResolvedText>;
  /** What follows it was not read. */
  readonly problem: Problem | undefined;
}

/** Variables of one file. */
const MAX_VALUES = 100_000;
/** Characters that variables insert: values use one again and again. */
const MAX_INSERTED = 4_000_000;
const BLANKS = /[\s\u0085]*/y;
const BLANKS_IN_LINE = /[^\S\n]*/y;
/** `export` takes all of the blanks after it or none: otherwise every way to share them with the name is tried. */
const KEY = /(?:export[^\S\n]+(?![^\S\n]))?([\p{L}\p{N}_.\-[\] \t\r\f\v]*)([=:\n]|$)/uy;
const ESCAPE = /\\([abfnrtv$"\\]|0[0-7]{1,3})/g;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  // Variables are inserted later.
  $: '$$',
  '"': '"',
  '\\': '\\',
};

export interface DotenvOptions {
  /** Takes precedence if its value is not empty. */
  readonly outer: Lookup;
  /** Set for a file that does not belong to the checked one: its secrets that may be used. */
  readonly allowEnv?: readonly string[] | undefined;
  /** Shared by the files of a project. */
  readonly inserted?: WorkBudget | undefined;
}

export const createInserted = (): WorkBudget => createWorkBudget(MAX_INSERTED);

/** Problems do not quote values, which may be secrets. */
export function parseDotenv(text: string, options: DotenvOptions): Dotenv {
  const { outer, allowEnv, inserted = createInserted() } = options;
  const values = new Map<string, ResolvedText>();
  const lookup: Lookup = (name) => {
    const value = outer(name);
    const used = value === undefined || isEmpty(value) ? (values.get(name) ?? value) : value;
    return inserted.spend(insertionCost(used)) ? used : undefined;
  };
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at;
    at += pattern.exec(text)?.[0].length ?? 0;
  };
  const stop = (message: string): Dotenv => {
    return { values, problem: { message, line: text.slice(0, at).split('\n').length } };
  };

  for (skip(BLANKS); at < text.length; skip(BLANKS)) {
    if (text.charAt(at) === '#') {
      at = endOfLine(text, at);
      continue;
    }
    if (values.size === MAX_VALUES) return stop(`More than ${MAX_VALUES} variables.`);
    KEY.lastIndex = at;
    const [statement, key = '', end] = KEY.exec(text) ?? [];
    const name = key.trimEnd();
    if (statement === undefined) return stop('A name may only contain letters, digits, "_", "." and "-".');
    if (/\s/.test(name)) return stop('A name contains whitespace.');
    if (end !== '=' && end !== ':') {
      const inherited = outer(name);
      if (inherited !== undefined) values.set(name, inherited);
      at += Math.max(statement.length, 1);
      continue;
    }
    const start = at;
    at += statement.length;
    // Other files contain names and colons as well: passwd, .pgpass, .git-credentials.
    if (allowEnv !== undefined && end === ':' && /\S/.test(text.charAt(at))) return stop('Not a .env file.');
    skip(BLANKS_IN_LINE);
    const quote = text.charAt(at);
    let raw: string | undefined;
    if (quote === "'" || quote === '"') {
      const close = closingQuote(text, at);
      if (close < 0) {
        at = start;
        return stop(`Unterminated quote in the value of ${name}.`);
      }
      raw = text.slice(at + 1, close).replaceAll(`\\${quote}`, () => quote);
      at = close + 1;
    } else {
      const close = endOfLine(text, at);
      raw = (text.slice(at, close).split(' #')[0] ?? '').trimEnd();
      at = close;
    }
    const value = quote === "'" ? plainValue(raw) : interpolate(quote === '"' ? unescapeText(raw) : raw, lookup);
    if (inserted.isExceeded) {
      at = start;
      return stop('Too large once variables are inserted.');
    }
    if (!value.ok) {
      at = start;
      return stop(`Invalid variable in the value of ${name}, or a required variable is not set.`);
    }
    values.set(name, allowEnv === undefined ? value.value : withoutSecret(name, value.value, allowEnv));
  }
  return { values, problem: undefined };
}

const plainValue = (text: string) => ({ ok: true, value: plainText(text) }) as const;

const unescapeText = (text: string): string =>
  text.replace(ESCAPE, (_, escaped: string) => ESCAPES[escaped] ?? String.fromCharCode(Number.parseInt(escaped, 8)));

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function closingQuote(text: string, open: number): number {
  const quote = text.charAt(open);
  for (let at = open + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === quote) return at;
  }
  return -1;
}
