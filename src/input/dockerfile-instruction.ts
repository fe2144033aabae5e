// A Dockerfile cut into instructions as BuildKit's parser/parser.go and directives.go cut it.
//
//   directive   = "#" name "=" value                       ; only before everything else, each once
//   instruction = keyword *flag arguments                  ; goes on where a line ends with the escape character
//   heredoc     = [ digits ] "<<" [ "-" ] word             ; in RUN, COPY and ADD; ends with a line that is the word

import { splitFlags } from './dockerfile-flag.ts';
import { expandWord, splitWords } from './dockerfile-word.ts';
import type { Problem } from './extractor.ts';
import { plainText } from './resolved-text.ts';

export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** Without quotes: `--from=x`. */
  readonly flags: readonly string[];
  /** What follows the flags, trimmed. */
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
  /** `<< EOF`, which is a shift in shell arithmetic unless an end follows. */
  readonly isDoubtful: boolean;
}

const DIRECTIVE = /^#\s*([a-z][a-z0-9]*)\s*=\s*(\S.*)$/i;
const DIRECTIVES = ['syntax', 'escape', 'check'];
const CONTINUED: Readonly<Record<string, RegExp>> = { '\\': /(?<!\\)\\[ \t]*$/, '`': /(?<!`)`[ \t]*$/ };
const HEREDOC = /^\d*<<(-?)([^<]+)$/;
const TAKES_HEREDOC = ['RUN', 'COPY', 'ADD'];
/** Far beyond any that is built. */
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
      else if (!heredoc.isDoubtful) {
        problems.push({ message: `The here-document <<${heredoc.end} has no end.`, line: start + 1 });
        at = lines.length;
      }
    }
  }
  return { instructions, syntax, escapeChar, problems };
}

/** One instruction without its here-documents; also what follows ONBUILD. */
export function parseInstruction(statement: string, line: number): Instruction {
  const [, keyword = '', rest = ''] = /^([^\t\v\f\r ]*)(.*)$/s.exec(statement.trim()) ?? [];
  return { keyword: keyword.toUpperCase(), ...splitFlags(rest), line };
}

function readDirectives(lines: readonly string[]) {
  let syntax: Instructions['syntax'];
  let escapeChar = '\\';
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [index, line] of lines.entries()) {
    const [, word = '', value = ''] = DIRECTIVE.exec(line.trim()) ?? [];
    const name = word.toLowerCase();
    if (!DIRECTIVES.includes(name)) break;
    if (seen.has(name)) problems.push({ message: `The directive # ${name} is given twice.`, line: index + 1 });
    else if (name === 'escape' && !Object.hasOwn(CONTINUED, value)) {
      problems.push({ message: `The escape character can only be \\ or \`, not ${value}.`, line: index + 1 });
    } else if (name === 'escape') escapeChar = value;
    else if (name === 'syntax') syntax = { text: value.split(' ')[0] ?? '', line: index + 1 };
    seen.add(name);
  }
  return { syntax, escapeChar, problems };
}

function heredocsOf(instruction: Instruction, statement: string): Heredoc[] {
  const { keyword, rest, line } = instruction;
  if (!statement.includes('<<')) return [];
  if (keyword === 'ONBUILD') {
    const triggered = parseInstruction(rest, line);
    // An ONBUILD in an ONBUILD is a mistake, and there may be thousands.
    return triggered.keyword === 'ONBUILD' ? [] : heredocsOf(triggered, rest);
  }
  if (!TAKES_HEREDOC.includes(keyword) || isJsonList(rest)) return [];
  const words = splitWords(statement);
  // BuildKit takes a line whose words it cannot tell apart as it stands.
  return words.ok ? words.value.flatMap((word, index) => parseHeredoc(word, words.value[index + 1])) : [];
}

function parseHeredoc(word: string, next: string | undefined): Heredoc[] {
  const isDoubtful = /^\d*<<$/.test(word) && next !== undefined;
  const [, dash, quoted] = HEREDOC.exec(isDoubtful ? word + next : word) ?? [];
  if (quoted === undefined) return [];
  const end = expandWord(quoted, '\\', (name) => plainText(`$${name}`));
  return end.ok && end.value.text !== '' ? [{ end: end.value.text, isIndented: dash === '-', isDoubtful }] : [];
}

/** Finds the line that ends a here-document, in steps that do not grow with the file. */
function createEndFinder(lines: readonly string[]) {
  const indexes = new Map<boolean, Map<string, number[]>>();
  const indexOf = (isIndented: boolean): Map<string, number[]> => {
    // From the bottom: the last of each is the first in the file.
    const index = new Map<string, number[]>();
    for (let at = lines.length - 1; at >= 0; at -= 1) {
      const line = lines[at] ?? '';
      const key = isIndented ? line.replace(/^\t+/, '') : line;
      const places = index.get(key);
      if (places === undefined) index.set(key, [at]);
      else places.push(at);
    }
    indexes.set(isIndented, index);
    return index;
  };
  return ({ end, isIndented }: Heredoc, from: number): number | undefined => {
    const places = (indexes.get(isIndented) ?? indexOf(isIndented)).get(end) ?? [];
    // Asked from top to bottom only: what lies behind is not needed again.
    while ((places.at(-1) ?? from) < from) places.pop();
    return places.at(-1);
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
