// What is wrong with a YAML text, in words for its author, and where. Quotes nothing but punctuation: the text may be secret.

import type { YamlError } from '../file/yaml-parser.ts';

/** `words` complete "Not valid YAML: …". */
export interface YamlFault {
  readonly words: string;
  /** UTF-16 code units from 0. */
  readonly offset: number;
}

/** The parser reports what it cannot continue with, which is often not where the mistake is. */
export function explainFault({ message, offset }: YamlError, text: string): YamlFault {
  const here = (words: string): YamlFault => ({ words, offset });
  if (/^Tabs are not allowed/.test(message)) {
    return {
      words: 'there is a tab in the indentation; use spaces',
      offset: Math.max(offset, text.indexOf('\t', offset)),
    };
  }
  const quote = /^Missing closing (["'])quote/.exec(message)?.[1];
  if (quote !== undefined) return { words: `this quote (${quote}) is never closed`, offset: lastQuote(text, quote) };
  const closing = /end with a ([\]}])$/.exec(message)?.[1];
  if (closing !== undefined) return unclosed(text, offset, closing) ?? here(`a "${closing}" is missing`);
  if (/must start at the same column|block sequence may not be used as an implicit/.test(message)) {
    return badIndent(text, offset);
  }
  if (/^Nested mappings/.test(message)) return nested(text, offset);
  if (/^(?:Implicit (?:map )?keys|Block collections are not allowed within flow)/.test(message)) {
    return bracketBefore(text, offset) ?? noKey(text, offset);
  }
  for (const [pattern, words] of KNOWN) if (pattern.test(message)) return here(words(text[offset] ?? ''));
  return here(plainWords(message));
}

/** By the parser's words; the character is the one at the place. */
const KNOWN: readonly (readonly [RegExp, (character: string) => string])[] = [
  [/^Unexpected flow-seq-end/, () => 'there is no "[" for this "]"'],
  [/^Unexpected flow-map-end/, () => 'there is no "{" for this "}"'],
  [/^Unexpected scalar at node end/, () => 'this text does not belong to the value before it'],
  [/^Plain value cannot start/, (character) => `a value cannot begin with ${character}; put it in quotes`],
  [/^Unexpected , in/, () => 'there is a "," too many'],
  [/^Missing , /, () => 'a "," is missing before this item'],
  [
    /^Invalid escape sequence/,
    () => 'a backslash in double quotes begins no known escape; use single quotes, or two backslashes',
  ],
  [/^Unexpected block-seq-ind on same line/, () => 'a list ("- ") must begin on a line of its own'],
];

/** Without any of the text. */
function plainWords(message: string): string {
  const words = message.replace(/[:"].*$/s, '');
  return words.charAt(0).toLowerCase() + words.slice(1);
}

interface Line {
  readonly start: number;
  readonly text: string;
}

function lineAround(text: string, offset: number): Line {
  // Before the first character, lastIndexOf would look at the first one.
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return { start, text: text.slice(start, end < 0 ? text.length : end) };
}

/** The next line with content. */
function lineAfter(text: string, line: Line): Line | undefined {
  for (let start = line.start + line.text.length + 1; start < text.length; ) {
    const next = lineAround(text, start);
    if (hasContent(next)) return next;
    start += next.text.length + 1;
  }
  return undefined;
}

const hasContent = ({ text }: Line): boolean => /^\s*[^\s#]/.test(text);

const indentOf = ({ text }: Line): number => text.length - text.trimStart().length;

/** Of a key behind "- ". */
const keyIndentOf = ({ text }: Line): number => /^ *(?:- +)*/.exec(text)?.[0].length ?? 0;

const spaces = (count: number): string => (count === 1 ? '1 space' : `${count} spaces`);

/** The lines above that a line may continue, the nearest first: each is indented less than the one before. */
function linesAbove(text: string, line: Line): Line[] {
  const lines: Line[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let end = line.start - 1; end >= 0 && least > 0; ) {
    const above = lineAround(text, end);
    if (hasContent(above) && indentOf(above) < least) {
      lines.push(above);
      least = indentOf(above);
    }
    end = above.start - 1;
  }
  return lines;
}

function badIndent(text: string, offset: number): YamlFault {
  const line = lineAround(text, offset);
  const indent = indentOf(line);
  const at = line.start + indent;
  const above = linesAbove(text, line);
  const same = above.find((other) => indentOf(other) === indent);
  if (same !== undefined && /^ *- /.test(same.text)) {
    return { words: 'this line is indented as the list above it, but does not begin with "- "', offset: at };
  }
  const allowed = [...new Set(above.flatMap((other) => [indentOf(other), keyIndentOf(other)]))].sort((a, b) => a - b);
  const near = [allowed.findLast((other) => other < indent), allowed.find((other) => other > indent)];
  const others = near.filter((other) => other !== undefined);
  const words = `this line is indented by ${spaces(indent)}`;
  return {
    words: others.length === 0 ? words : `${words}; use ${others.join(' or ')}, as the lines above it`,
    offset: at,
  };
}

/** A key inside a value: on the same line, or on the next one, which is indented although the value is complete. */
function nested(text: string, offset: number): YamlFault {
  const line = lineAround(text, offset);
  const rest = line.text.slice(offset - line.start).replace(/ #.*$/, '');
  const next = lineAfter(text, line);
  if (/:(?:\s|$)/.test(rest) || next === undefined) {
    return { words: 'there are two ": " on this line; put the value in quotes', offset };
  }
  const indent = indentOf(next);
  const words = `this line is indented by ${spaces(indent)}, but the line above it by ${keyIndentOf(line)}, and that one has a value already`;
  return { words, offset: next.start + indent };
}

/** A line that should be a key and a value. */
function noKey(text: string, offset: number): YamlFault {
  const line = lineAround(text, offset);
  const at = line.start + keyIndentOf(line);
  if (/^(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)/.test(line.text))
    return { words: 'this is a conflict marker of Git', offset: at };
  const colon = /^[\s-]*[\w./-]+:(?![\s/])/.exec(line.text);
  if (colon !== null) return { words: 'a space is missing after the ":"', offset: line.start + colon[0].length };
  if (/^\s*- /.test(line.text))
    return { words: 'a list item ("- ") does not fit here', offset: line.start + indentOf(line) };
  const hasColon = /:(?:\s|$)/.test(line.text);
  return {
    words: hasColon ? 'this key and value do not fit here' : 'this line has no ": " between a key and a value',
    offset: at,
  };
}

const OPENING: Readonly<Record<string, string>> = { ']': '[', '}': '{' };

/** The bracket that is open at the place. */
function unclosed(text: string, offset: number, closing: string): YamlFault | undefined {
  const opening = OPENING[closing] ?? '';
  let closed = 0;
  for (let at = offset - 1; at >= 0; at -= 1) {
    if (text[at] === closing) closed += 1;
    else if (text[at] === opening && closed > 0) closed -= 1;
    else if (text[at] === opening) return { words: `this "${opening}" is never closed`, offset: at };
  }
  return undefined;
}

/** A bracket on the same line that is open before the place, and never closed. */
function bracketBefore(text: string, offset: number): YamlFault | undefined {
  const { start } = lineAround(text, offset);
  for (const closing of [']', '}']) {
    const found = unclosed(text.slice(start, offset), offset - start, closing);
    if (found === undefined) continue;
    const next = text.indexOf(closing, offset);
    const following = text.indexOf('\n', offset);
    if (next < 0 || (following >= 0 && next > following)) return { words: found.words, offset: found.offset + start };
  }
  return undefined;
}

/** Nothing after the quote that is never closed can close it. */
function lastQuote(text: string, quote: string): number {
  let at = text.lastIndexOf(quote);
  while (quote === '"' && at > 0 && text[at - 1] === '\\') at = text.lastIndexOf(quote, at - 1);
  return Math.max(at, 0);
}
