// Parses JSON (RFC 8259) with the line of each value, in linear time and bounded memory. Also accepts a comma before a
// closing bracket, and comments where the program that reads the file does.

import { columnAt } from '../core/json-place.ts';
import { MAX_DEPTH, TOO_DEEP, YamlAbort } from '../file/yaml-parser.ts';
import type { Problem } from './extractor.ts';
import { addEntry, TOO_LARGE, type YamlRules } from './yaml-conversion.ts';
import type { YamlMap, YamlNode } from './yaml-node.ts';

export interface JsonOptions {
  /** Of the first character. */
  readonly line: number;
  readonly rules: Pick<YamlRules, 'duplicates' | 'maxNodes'>;
  /** In units of some 70 bytes: nodes and entries since `restart`. */
  readonly maxWeight: number;
  /** Whether it may contain comments, which begin with two slashes, or a slash and an asterisk. */
  readonly allowsComments: boolean;
}

interface JsonPosition {
  readonly at: number;
  readonly line: number;
}

export interface JsonParser {
  readonly position: () => JsonPosition;
  readonly moveTo: (position: JsonPosition) => void;
  /** The next character after blanks and comments; '' at the end. */
  readonly peek: () => string;
  /** Throws a YamlAbort if the text is not JSON, or beyond a bound. `line`: that of the key. */
  readonly value: (line?: number) => YamlNode;
  /** Passes over a value without parsing it. */
  readonly skip: () => void;
  /** Yields each key with its line, with the parser before its value, which the caller must read. */
  readonly keys: () => Generator<readonly [key: string, line: number]>;
  /** Reads the value of a key into a map. */
  readonly entry: (entries: Map<string, YamlNode>, key: string, line: number) => void;
  /** Yields before each item, which the caller must read. */
  readonly items: () => Generator<void>;
  /** Throws that the text is not JSON here. */
  readonly refuse: () => never;
  readonly weight: () => number;
  readonly restart: () => void;
  /** Duplicate keys; the caller may remove them. */
  readonly problems: Problem[];
}

const NO_ENTRIES: ReadonlyMap<string, YamlNode> = new Map();
const MAP_WEIGHT = 4;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
/** What a skipped value must be searched for. */
const EDGE = /["[\]{}\n]/g;

const [QUOTE, BACKSLASH, LINE_FEED, TAB, SLASH] = [0x22, 0x5c, 0x0a, 0x09, 0x2f];

export function createJsonParser(text: string, options: JsonOptions): JsonParser {
  const { maxNodes = Number.POSITIVE_INFINITY } = options.rules;
  const problems: Problem[] = [];
  /** Keys are few and occur often. */
  const names = new Map<string, string>();
  let [at, line, depth, weight, nodes] = [0, options.line, 0, 0, 0];

  function value(keyLine?: number): YamlNode {
    const char = peek();
    weight += 1;
    nodes += 1;
    if (weight > options.maxWeight || nodes > maxNodes) throw new YamlAbort(TOO_LARGE, at);
    const valueLine = line;
    if (char === '{') return map(keyLine ?? valueLine);
    if (char === '[') {
      const read: YamlNode[] = [];
      for (const _ of items()) read.push(value());
      return { kind: 'list', items: read, line: keyLine ?? valueLine };
    }
    if (char === '"') {
      const string = readString();
      return { kind: 'scalar', value: string, text: string, line: valueLine };
    }
    const number = match(NUMBER);
    if (number !== undefined) return { kind: 'scalar', value: Number(number), text: number, line: valueLine };
    const literal = match(LITERAL);
    if (literal === undefined) throw unexpected();
    if (literal === 'null') return { kind: 'scalar', value: null, text: '', line: valueLine };
    return { kind: 'scalar', value: literal === 'true', text: literal, line: valueLine };
  }

  function map(mapLine: number): YamlMap {
    let entries: Map<string, YamlNode> | undefined;
    for (const [key, keyLine] of keys()) {
      weight += entries === undefined ? MAP_WEIGHT : 1;
      entries ??= new Map();
      entry(entries, key, keyLine);
    }
    return { kind: 'map', entries: entries ?? NO_ENTRIES, line: mapLine };
  }

  function entry(entries: Map<string, YamlNode>, key: string, keyLine: number): void {
    addEntry(entries, { key, node: value(keyLine), line: keyLine, duplicates: options.rules.duplicates, problems });
  }

  function* keys(): Generator<readonly [string, number]> {
    for (const _ of inside('{', '}')) {
      if (peek() !== '"') throw unexpected();
      const keyLine = line;
      const read = readString();
      const key = names.get(read) ?? read;
      if (key === read && names.size < 10_000) names.set(key, key);
      if (peek() !== ':') throw unexpected();
      at += 1;
      yield [key, keyLine];
    }
  }

  const items = (): Generator<void> => inside('[', ']');

  function* inside(open: string, close: string): Generator<void> {
    if (peek() !== open) throw unexpected();
    depth += 1;
    if (depth > MAX_DEPTH) throw new YamlAbort(TOO_DEEP, at);
    at += 1;
    while (peek() !== close) {
      yield;
      if (peek() === ',') at += 1;
      else if (peek() !== close) throw unexpected();
    }
    at += 1;
    depth -= 1;
  }

  function peek(): string {
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED) line += 1;
      else if (code === SLASH && options.allowsComments) skipComment();
      else if (code !== 0x20 && code !== TAB && code !== 0x0d) return text.charAt(at);
    }
    return '';
  }

  /** To the last character of a comment. */
  function skipComment(): void {
    const isLine = text.charAt(at + 1) === '/';
    if (!isLine && text.charAt(at + 1) !== '*') throw unexpected();
    const end = text.indexOf(isLine ? '\n' : '*/', at + 2);
    // Without an end, as before: the rest is a comment.
    const last = end < 0 ? text.length : isLine ? end - 1 : end + 1;
    countLines(last);
    at = last;
  }

  const fault = (words: string, offset: number): YamlAbort =>
    new YamlAbort(`Not valid JSON: ${words} (column ${columnAt(text, offset)}).`, offset);

  function countLines(end: number): void {
    for (let next = text.indexOf('\n', at); next >= 0 && next < end; next = text.indexOf('\n', next + 1)) line += 1;
  }

  function readString(): string {
    const start = at;
    const end = endOfString();
    at = end;
    const content = text.slice(start + 1, end - 1);
    if (!content.includes('\\')) return content;
    try {
      // A tab is no error here; other control characters are found before.
      return JSON.parse(`"${content.replaceAll('\t', '\\t')}"`) as string;
    } catch {
      throw fault('invalid escape in a string', start);
    }
  }

  function endOfString(): number {
    for (let end = at + 1; end < text.length; end += 1) {
      const code = text.charCodeAt(end);
      if (code === QUOTE) return end + 1;
      if (code === BACKSLASH) end += 1;
      else if (code < 0x20 && code !== TAB) break;
    }
    throw fault('a string does not end in its line', at);
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  }

  function skip(): void {
    const first = peek();
    if (first !== '{' && first !== '[') {
      value();
      return;
    }
    let open = 0;
    for (;;) {
      EDGE.lastIndex = at;
      const edge = EDGE.exec(text);
      if (edge === null) at = text.length;
      if (edge === null) throw unexpected();
      at = edge.index;
      if (edge[0] === '"') at = endOfString();
      else {
        at += 1;
        if (edge[0] === '\n') line += 1;
        else open += edge[0] === '{' || edge[0] === '[' ? 1 : -1;
      }
      if (open === 0) return;
    }
  }

  const unexpected = (): YamlAbort =>
    at < text.length ? fault('unexpected character', at) : fault('unexpected end', at);

  return {
    position: () => ({ at, line }),
    moveTo: (position) => {
      at = position.at;
      line = position.line;
    },
    peek,
    value,
    skip,
    keys,
    entry,
    items,
    refuse: () => {
      throw unexpected();
    },
    weight: () => weight,
    restart: () => {
      weight = 0;
    },
    problems,
  };
}
