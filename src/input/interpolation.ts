// Inserts variables into the values of a Compose file, as compose-go's template/template.go does.
//
//   variable = "$$"                                        ; a dollar
//            / "$" name
//            / "${" name "}"
//            / "${" name [ ":" ] ( "-" / "+" / "?" ) text "}"    ; text may contain variables
//   name     = ( ALPHA / "_" ) *( ALPHA / DIGIT / "_" )
//
// A dollar before anything else is a dollar.

import { failure, type Outcome, success } from '../core/outcome.ts';
import {
  isEmpty,
  joinTexts,
  type Lookup,
  MAX_MISSING,
  plainText,
  type ResolvedText,
  TOO_MANY_MISSING,
} from './resolved-text.ts';

/** Variables that repeat each other grow exponentially. */
const MAX_LENGTH = 1_000_000;
const MAX_DEPTH = 100;
const NAME = /[a-z_][a-z0-9_]*/iy;
const EXPRESSION = /^([a-z_][a-z0-9_]*)(?:(:?)([-+?])(.*))?$/is;
/** Compose does not expand these. */
const INDEXED = /^[a-z_][a-z0-9_]*\[.*\]/is;

/** `blank` replaces a variable without a usable value; `missing` has its name. */
export function interpolate(text: string, lookup: Lookup, blank = ''): Outcome<ResolvedText, string> {
  let length = 0;

  function expand(template: string, depth: number): Outcome<ResolvedText, string> {
    if (depth > MAX_DEPTH) return failure(`variables are nested more than ${MAX_DEPTH} levels deep`);
    const parts: ResolvedText[] = [];
    let at = 0;
    for (let dollar = template.indexOf('$'); dollar >= 0; dollar = template.indexOf('$', at)) {
      parts.push(plainText(template.slice(at, dollar)));
      const next = template.charAt(dollar + 1);
      NAME.lastIndex = dollar + 1;
      const name = NAME.exec(template)?.[0];
      if (next === '{') {
        const end = closingBrace(template, dollar + 1);
        if (end < 0) return failure(`missing } in ${shorten(template.slice(dollar))}`);
        const value = evaluate(template.slice(dollar + 2, end), depth);
        if (!value.ok) return value;
        parts.push(value.value);
        at = end + 1;
      } else if (name !== undefined) {
        parts.push(valueFor(name));
        at = dollar + 1 + name.length;
      } else {
        parts.push(plainText('$'));
        at = dollar + (next === '$' ? 2 : 1);
      }
      length += parts.at(-1)?.text.length ?? 0;
      if (length > MAX_LENGTH) return failure(`longer than ${MAX_LENGTH} characters once variables are inserted`);
    }
    const joined = joinTexts([...parts, plainText(template.slice(at))]);
    return joined.missing.length > MAX_MISSING ? failure(TOO_MANY_MISSING) : success(joined);
  }

  function evaluate(expression: string, depth: number): Outcome<ResolvedText, string> {
    if (INDEXED.test(expression)) return success(plainText(`\${${expression}}`));
    const [, name, colon, operator, template = ''] = EXPRESSION.exec(expression) ?? [];
    if (name === undefined) {
      return failure(`\${${shorten(expression)}} is not a variable; write a literal dollar as $$`);
    }
    if (operator === undefined) return success(valueFor(name));
    const word = expand(template, depth + 1);
    if (!word.ok) return word;
    const value = lookup(name);
    const isMissing = value === undefined || (colon === ':' && isEmpty(value));
    if (operator === '+') return success(isMissing ? plainText('') : word.value);
    if (!isMissing) return success(withBlank(value));
    if (operator === '-') return word;
    return failure(
      `required variable ${name} is not set${word.value.text === '' ? '' : `: ${shorten(word.value.text)}`}`,
    );
  }

  const valueFor = (name: string): ResolvedText => withBlank(lookup(name) ?? { text: '', missing: [{ name }] });

  const withBlank = (value: ResolvedText): ResolvedText =>
    value.missing.length > 0 && !value.text.includes(blank) ? { ...value, text: blank } : value;

  return expand(text, 0);
}

/** The brace that closes the one at `open`; if they are unbalanced, the last one. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (depth === 0) return at;
  }
  const last = text.lastIndexOf('}');
  return last > open ? last : -1;
}

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
