// Splits a Dockerfile into instructions as BuildKit's parser/parser.go, directives.go and split_command.go do.
//
//   directive   = "#" name "=" value                       ; only before anything else, each once
//   instruction = keyword *flag arguments                  ; continues if a line ends with the escape character
//   heredoc     = [ digits ] "<<" [ "-" ] word             ; in RUN, COPY and ADD; ends at a line with the word
//   flag        = "--" name [ "=" value ]                  ; quotes and backslashes are removed; "--" ends the flags

import { expandWord, splitWords } from './dockerfile-word.ts';
import type { Problem } from './extractor.ts';
import { plainText } from './resolved-text.ts';

export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** Without quotes: `--from=x`. */
  readonly flags: readonly string[];
  /** The text after the flags, trimmed. */
  readonly rest: string;
  /** 1-based, of the keyword. */
  readonly line: number;
}

export interface Instructions {
  readonly instructions: readonly Instruction[];
  /** The frontend image of `# syntax=`. */
  readonly syntax: { readonly text: string; readonly line: number } | undefined;
  readonly escapeChar: string;
  readonly problems: readonly Problem[];
}

interface Heredoc {
  readonly end: string;
  /** `<<-`: the end may be indented with tabs. */
  readonly isIndented: boolean;
  /** `<< EOF`, which is a shift in shell arithmetic if no end follows. */
  readonly isAmbiguous: boolean;
}

const DIRECTIVE = /^#\s*([a-z][a-z0-9]*)\s*=\s*(\S.*)$/i;
const DIRECTIVES = ['syntax', 'escape', 'check'];
const CONTINUED: Readonly<Record<string, RegExp>> = { '\\': /(?<!\\)\\[ \t]*$/, '`': /(?<!`)`[ \t]*$/ };
const HEREDOC = /^\d*<<(-?)([^<]+)$/;
const TAKES_HEREDOC = ['RUN', 'COPY', 'ADD'];
const MAX_INSTRUCTIONS = 100_000;

export function parseInstructions(text: string): Instructions {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map(trimReturns);
  const { syntax, escapeChar, problems } = readDirectives(lines);
  const continued = CONTINUED[escapeChar] ?? /$^/;
  const findEnd = createEndFinder(lines);
  const instructions: Instruction[] = [];

  let at = 0;
  while (at < lines.length) {
    const start = at;
    if (isBlankOrComment(lines[start])) {
      at += 1;
      continue;
    }
    let statement = '';
    for (let isOpen = true; isOpen && at < lines.length; at += 1) {
      const line = lines[at] ?? '';
      if (isBlankOrComment(line)) continue;
      isOpen = continued.test(line);
      statement += isOpen ? line.replace(continued, '') : line;
    }
    if (statement.trim() === '') continue;
    if (instructions.length === MAX_INSTRUCTIONS) {
      problems.push({ message: `More than ${MAX_INSTRUCTIONS} instructions.`, line: start + 1 });
      break;
    }

    const instruction = parseInstruction(statement, start + 1);
    instructions.push(instruction);
    for (const heredoc of heredocsOf(instruction, statement)) {
      const end = findEnd(heredoc, at);
      if (end !== undefined) at = end + 1;
      else if (!heredoc.isAmbiguous) {
        problems.push({ message: `Unterminated here-document <<${heredoc.end}.`, line: start + 1 });
        at = lines.length;
      }
    }
  }
  return { instructions, syntax, escapeChar, problems };
}

/** One instruction without its here-documents, or the one that follows ONBUILD. */
export function parseInstruction(statement: string, line: number): Instruction {
  const [, keyword = '', rest = ''] = /^([^\t\v\f\r ]*)(.*)$/s.exec(statement.trim()) ?? [];
  return { keyword: keyword.toUpperCase(), ...splitFlags(rest), line };
}

/** The flags as words without quotes, and the text after them. */
function splitFlags(text: string): { readonly flags: readonly string[]; readonly rest: string } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    if (!text.startsWith('--', at)) return { flags, rest: text.slice(at).trim() };
    const [word, end] = readWord(text, at);
    at = end;
    if (word === '--') return { flags, rest: text.slice(at).trim() };
    flags.push(word);
  }
}

function readWord(text: string, start: number): [word: string, end: number] {
  let word = '';
  let quote = '';
  let at = start;
  for (; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote === '' && /\s/.test(char)) break;
    if (char === '\\') {
      at += 1;
      word += text.charAt(at);
    } else if (char === quote) quote = '';
    else if (quote === '' && (char === "'" || char === '"')) quote = char;
    else word += char;
  }
  return [word, at];
}

interface Directive {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

function readDirectives(lines: readonly string[]) {
  let escapeChar = '\\';
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const { name, value, line } of directivesIn(lines.map((text) => text.trim()))) {
    if (seen.has(name)) problems.push({ message: `Duplicate directive # ${name}.`, line });
    else if (name === 'escape' && !Object.hasOwn(CONTINUED, value)) {
      problems.push({ message: `The escape character must be \\ or \`, not ${value}.`, line });
    } else if (name === 'escape') escapeChar = value;
    seen.add(name);
  }
  // The frontend is found before the rest is parsed: behind a line for the shell, and without blanks before the #.
  const first = lines[0]?.startsWith('#!') ? 1 : 0;
  const frontend = [...directivesIn(lines, first)].find(({ name }) => name === 'syntax');
  const syntax = frontend && { text: frontend.value.split(' ')[0] ?? '', line: frontend.line };
  return { syntax, escapeChar, problems };
}

function* directivesIn(lines: readonly string[], first = 0): Generator<Directive> {
  for (let index = first; index < lines.length; index += 1) {
    const [, word = '', value = ''] = DIRECTIVE.exec((lines[index] ?? '').trimEnd()) ?? [];
    const name = word.toLowerCase();
    if (!DIRECTIVES.includes(name)) return;
    yield { name, value, line: index + 1 };
  }
}

function heredocsOf(instruction: Instruction, statement: string): Heredoc[] {
  const { keyword, rest, line } = instruction;
  if (!statement.includes('<<')) return [];
  if (keyword === 'ONBUILD') {
    const triggered = parseInstruction(rest, line);
    // ONBUILD in ONBUILD is invalid, and may be nested thousands of times.
    return triggered.keyword === 'ONBUILD' ? [] : heredocsOf(triggered, rest);
  }
  if (!TAKES_HEREDOC.includes(keyword) || isJsonList(rest)) return [];
  const words = splitWords(statement);
  // BuildKit accepts a line that it cannot split into words.
  return words.ok ? words.value.flatMap((word, index) => parseHeredoc(word, words.value[index + 1])) : [];
}

function parseHeredoc(word: string, next: string | undefined): Heredoc[] {
  const isAmbiguous = /^\d*<<$/.test(word) && next !== undefined;
  const [, dash, quoted] = HEREDOC.exec(isAmbiguous ? word + next : word) ?? [];
  if (quoted === undefined) return [];
  const end = expandWord(quoted, '\\', (name) => plainText(`$${name}`));
  return end.ok && end.value.text !== '' ? [{ end: end.value.text, isIndented: dash === '-', isAmbiguous }] : [];
}

/** Finds the line that ends a here-document, in constant time. */
function createEndFinder(lines: readonly string[]) {
  const indexes = new Map<boolean, Map<string, number[]>>();
  const indexOf = (isIndented: boolean): Map<string, number[]> => {
    // From the bottom: the last index of each line is the first in the file.
    const index = new Map<string, number[]>();
    for (let at = lines.length - 1; at >= 0; at -= 1) {
      const line = lines[at] ?? '';
      const key = isIndented ? line.replace(/^\t+/, '') : line;
      const same = index.get(key);
      if (same === undefined) index.set(key, [at]);
      else same.push(at);
    }
    indexes.set(isIndented, index);
    return index;
  };
  return ({ end, isIndented }: Heredoc, from: number): number | undefined => {
    const ends = (indexes.get(isIndented) ?? indexOf(isIndented)).get(end) ?? [];
    // Called from top to bottom only: earlier lines are not needed again.
    while ((ends.at(-1) ?? from) < from) ends.pop();
    return ends.at(-1);
  };
}

function isJsonList(text: string): boolean {
  if (!text.startsWith('[')) return false;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === 'string');
  } catch {
    return false;
  }
}

const isBlankOrComment = (line = ''): boolean => /^\s*(?:#|$)/.test(line);

function trimReturns(line: string): string {
  let end = line.length;
  while (line.charAt(end - 1) === '\r') end -= 1;
  return line.slice(0, end);
}
