// Words of a Dockerfile as BuildKit's shell/lex.go reads them: quotes, escapes and variables.
//
//   word      = *( char / escape char / "'" *char "'" / DQUOTE *( char / expansion ) DQUOTE / expansion )
//   expansion = "$" name
//             / "${" name "}"
//             / "${" name [ ":" ] ( "-" / "+" / "?" ) word "}"
//             / "${" name ( "#" / "##" / "%" / "%%" ) pattern "}"
//             / "${" name ( "/" / "//" ) pattern "/" word "}"
//   name      = ( letter / "_" ) *( letter / digit / "_" ) / 1*digit / special

import { failure, type Outcome, success } from '../core/outcome.ts';
import { replacePattern, trimPrefix, trimSuffix } from './dockerfile-pattern.ts';
import {
  insertionCost,
  joinTexts,
  type Lookup,
  MAX_MISSING,
  plainText,
  type ResolvedText,
  TOO_MANY_MISSING,
  UNKNOWN,
} from './resolved-text.ts';
import { createWorkBudget, type WorkBudget } from './work-budget.ts';

/** Longer than any reference; variables that repeat each other grow exponentially. */
const MAX_LENGTH = 4096;
const MAX_DEPTH = 100;
const NAME = /[@*#?$!-]|[0-9]+|[\p{L}_][\p{L}\p{Nd}_]*/uy;
const PLAIN = /[^'"$\\`/}]+/y;

/** After this, no variable is inserted. */
export const TOO_MUCH = 'too much work to insert variables, and none are inserted after this';

interface Piece extends ResolvedText {
  /** Quoted or escaped: blanks in it do not separate words. */
  readonly isQuoted?: boolean;
}

/**
 * Removes quotes and inserts variables; `missing` has those that are not set. `budget` is shared by the words of a file:
 * a pattern costs its length times that of the text.
 */
export function expandWord(
  word: string,
  escapeChar: string,
  lookup: Lookup,
  budget?: WorkBudget,
): Outcome<ResolvedText, string> {
  const pieces = readPieces(word, escapeChar, lookup, budget);
  if (!pieces.ok) return pieces;
  const joined = joinTexts(pieces.value);
  return joined.missing.length > MAX_MISSING ? failure(TOO_MANY_MISSING) : success(joined);
}

/** The words of a line; quotes, escapes and variables are kept. */
export function splitWords(line: string): Outcome<readonly string[], string> {
  const pieces = readPieces(line, '\\');
  if (!pieces.ok) return pieces;
  const words = [''];
  for (const { text, isQuoted } of pieces.value) {
    const [first = '', ...others] = isQuoted === true ? [text] : text.split(/\s/);
    words.push((words.pop() ?? '') + first);
    for (const word of others) words.push(word);
  }
  return success(words.filter((word) => word !== ''));
}

/** Without `lookup`, quotes, escapes and variables are kept. */
function readPieces(
  source: string,
  escapeChar: string,
  lookup?: Lookup,
  budget = createWorkBudget(Number.POSITIVE_INFINITY),
): Outcome<readonly Piece[], string> {
  const isRaw = lookup === undefined;
  let at = 0;
  let depth = 0;
  let problem: string | undefined;

  const fail = (message: string): ResolvedText => {
    problem ??= message;
    at = source.length;
    return plainText('');
  };

  /** To the end, or to `stop`, which is consumed. */
  function readUntil(stop: string | undefined, keepEscapes: boolean): Piece[] {
    const pieces: Piece[] = [];
    let length = 0;
    const add = (piece: Piece) => {
      length += piece.text.length;
      pieces.push(piece);
      if (length > MAX_LENGTH && !isRaw) fail(`longer than ${MAX_LENGTH} characters once variables are inserted`);
    };
    if (depth >= MAX_DEPTH) fail(`variables are nested more than ${MAX_DEPTH} levels deep`);
    depth += 1;
    while (at < source.length) {
      const char = source.charAt(at);
      if (char === stop) {
        at += 1;
        depth -= 1;
        return pieces;
      }
      if (char === "'") add({ ...plainText(readSingleQuoted()), isQuoted: true });
      else if (char === '"') add({ ...readDoubleQuoted(keepEscapes), isQuoted: true });
      else if (char === '$') add(readExpansion());
      else if (char === escapeChar) {
        add({ ...plainText(source.slice(keepEscapes ? at : at + 1, at + 2)), isQuoted: true });
        at += 2;
      } else {
        PLAIN.lastIndex = at;
        const run = PLAIN.exec(source)?.[0] ?? char;
        add(plainText(run));
        at += run.length;
      }
    }
    depth -= 1;
    if (stop !== undefined) fail(`missing ${stop}`);
    return pieces;
  }

  function readSingleQuoted(): string {
    const start = at;
    const end = source.indexOf("'", start + 1);
    if (end < 0) return fail('unterminated single quote').text;
    at = end + 1;
    return isRaw ? source.slice(start, at) : source.slice(start + 1, end);
  }

  function readDoubleQuoted(keepEscapes: boolean): ResolvedText {
    const start = at;
    const parts: ResolvedText[] = [];
    at += 1;
    while (at < source.length) {
      const char = source.charAt(at);
      if (char === '"') {
        at += 1;
        return isRaw ? plainText(source.slice(start, at)) : joinTexts(parts);
      }
      if (char === '$') parts.push(readExpansion());
      else {
        const isEscaped = char === escapeChar && ['"', '$', escapeChar].includes(source.charAt(at + 1));
        parts.push(plainText(source.slice(isEscaped && !keepEscapes ? at + 1 : at, at + (isEscaped ? 2 : 1))));
        at += isEscaped ? 2 : 1;
      }
    }
    return fail('unterminated double quote');
  }

  function readExpansion(): ResolvedText {
    const start = at;
    at += 1;
    const value = source.charAt(at) === '{' ? readBraced() : readPlain();
    return isRaw ? plainText(source.slice(start, at)) : value;
  }

  function readPlain(): ResolvedText {
    const name = readName();
    return name === '' ? plainText('$') : valueFor(name);
  }

  function readBraced(): ResolvedText {
    at += 1;
    const name = readName();
    const isNullUnset = source.charAt(at) === ':';
    if (isNullUnset) at += 1;
    const operator = source.charAt(at);
    if (operator === '') return fail('missing }');
    at += 1;
    if (name === '') return fail('missing name after ${');
    if (operator === '}' && !isNullUnset) return valueFor(name);
    if ('-+?'.includes(operator)) return choose(name, operator, isNullUnset, joinTexts(readUntil('}', false)));
    if (isNullUnset || !'#%/'.includes(operator)) {
      return fail(`\${${name}${isNullUnset ? ':' : ''}${operator}…} is not a supported expansion`);
    }
    return operator === '/' ? replace(name) : trim(name, operator);
  }

  function choose(name: string, operator: string, isNullUnset: boolean, word: ResolvedText): ResolvedText {
    const value = lookUp(name);
    const isMissing = value === undefined || (isNullUnset && value.text === '');
    if (operator === '+') return isMissing ? plainText('') : word;
    if (!isMissing) return value;
    if (operator === '-' || isRaw) return word;
    return fail(`required variable ${name} is not set${word.text === '' ? '' : `: ${word.text}`}`);
  }

  function trim(name: string, operator: string): ResolvedText {
    const word = joinTexts(readUntil('}', true));
    const isLongest = word.text.startsWith(operator);
    const pattern = isLongest ? word.text.slice(1) : word.text;
    return change(name, pattern, (text) => (operator === '#' ? trimPrefix : trimSuffix)(text, pattern, isLongest));
  }

  function replace(name: string): ResolvedText {
    const replacesAll = source.charAt(at) === '/';
    if (replacesAll) at += 1;
    const pattern = joinTexts(readUntil('/', true));
    const replacement = joinTexts(readUntil('}', true));
    return change(name, pattern.text, (text) => replacePattern(text, pattern.text, replacement.text, replacesAll));
  }

  function change(name: string, pattern: string, how: (text: string) => Outcome<string, string>) {
    const value = valueFor(name);
    if (isRaw || value.text === '' || value.text.includes(UNKNOWN)) return value;
    if (!budget.spend(value.text.length * (1 + pattern.length))) return fail(TOO_MUCH);
    const changed = how(value.text);
    return changed.ok ? { ...value, text: changed.value } : fail(changed.error);
  }

  function valueFor(name: string): ResolvedText {
    return lookUp(name) ?? { text: '', missing: [{ name }] };
  }

  function lookUp(name: string): ResolvedText | undefined {
    const value = lookup?.(name);
    return budget.spend(insertionCost(value)) ? value : fail(TOO_MUCH);
  }

  function readName(): string {
    NAME.lastIndex = at;
    const name = NAME.exec(source)?.[0] ?? '';
    at += name.length;
    return name;
  }

  const pieces = readUntil(undefined, isRaw);
  return problem === undefined ? success(pieces) : failure(problem);
}
