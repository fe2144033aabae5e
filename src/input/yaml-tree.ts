// YAML text to plain trees that know their lines, with aliases and merge keys put in; JSON is read as the YAML it is.
// Hostile text ends early: deep nesting before the parser recurses, aliases of aliases by a count of nodes.

import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { Problem } from './extractor.ts';
import type { Missing } from './resolved-text.ts';
import { createComposer, withoutErrors, type YamlError } from './yaml-composer.ts';
import { createLexer } from './yaml-lexer.ts';

export type Tree = Mapping | Sequence | Leaf;

interface Place {
  readonly source: string;
  /** 1-based. */
  readonly line: number;
  /** As written, e.g. `!reset`. */
  readonly tag?: string | undefined;
}

export interface Mapping extends Place {
  readonly kind: 'mapping';
  readonly entries: ReadonlyMap<string, Tree>;
}

export interface Sequence extends Place {
  readonly kind: 'sequence';
  readonly items: readonly Tree[];
}

export interface Leaf extends Place {
  readonly kind: 'leaf';
  /** string, number, boolean, bigint or null; undefined when it could not be read. */
  readonly value: unknown;
  /** As it stood before it was a number, say, or before its variables were put in. */
  readonly written?: string;
  /** Set by who put variables in: those that had no value. */
  readonly missing?: readonly Missing[];
  /** The line of its first line, when its lines are those of the file (`|`). */
  readonly textLine?: number | undefined;
}

export interface Trees {
  /** One a document. */
  readonly trees: readonly Tree[];
  readonly problems: readonly Problem[];
}

/** Levels of the parser, several of which can make one of the text. */
const MAX_DEPTH = 250;
const MAX_NODES = 100_000;
/** What the parser reads before there are nodes: words, blanks, line ends. */
const MAX_LEXEMES = 1_500_000;
/** Characters of texts that aliases repeat. */
const MAX_REPEATED = 1_000_000;
const TOO_DEEP = 'This is nested too deep to be read.';
const TOO_MANY = 'This is too much to be read, with all its aliases.';

/** What is wrong, without the words of the parser: they may quote the text, which may hold secrets. */
export const describeError =
  (language: string) =>
  ({ code }: YamlError): string =>
    `This is not valid ${language}: ${code.toLowerCase().replaceAll('_', ' ')}.`;

/** `source` is remembered in every node; of errors the first is told. */
export function parseYamlTrees(text: string, source: string, describe = describeError('YAML')): Trees {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  let lexemes = 0;
  const isTooDeep = () => parser.stack.length > MAX_DEPTH;
  const isTooMuch = () => lexemes > MAX_LEXEMES;
  let error: YamlError | undefined;
  const onError = (one: YamlError): void => {
    error ??= one;
  };
  const tokens = function* () {
    for (const lexeme of createLexer().lex(text)) {
      yield* withoutErrors(parser.next(lexeme), onError);
      lexemes += 1;
      if (isTooDeep() || isTooMuch()) return;
    }
    yield* withoutErrors(parser.end(), onError);
  };
  const problems: Problem[] = [];
  const trees: Tree[] = [];
  for (const { contents } of createComposer(onError, { lineCounter: lines }).compose(tokens(), true, text.length)) {
    if (contents !== null) trees.push(readTree(contents, lines, source, problems));
  }
  const lineAt = (offset: number) => lines.linePos(offset).line;
  if (isTooDeep()) return { trees: [], problems: [{ message: TOO_DEEP, line: lineAt(parser.offset) }] };
  if (isTooMuch()) return { trees: [], problems: [{ message: TOO_MANY, line: lineAt(parser.offset) }] };
  const wrong = error && { message: describe(error), line: lineAt(error.offset) };
  return { trees, problems: wrong === undefined ? problems : [wrong, ...problems] };
}

function readTree(root: Node, lines: LineCounter, source: string, problems: Problem[]): Tree {
  const anchors = new Map<string, Node>();
  /** An anchor may be given again: an alias means the one that stood before it. */
  const targets = new Map<Alias, Node | undefined>();
  let nodes = 0;
  /** Above 0: in what an alias stands for, which was read before. */
  let repeats = 0;
  let repeated = 0;

  const placeOf = (node: Node | null, fallback = 1): Place => {
    const line = node?.range ? lines.linePos(node.range[0]).line : fallback;
    return { source, line, tag: node?.tag };
  };
  const nothing = (line: number): Leaf => ({ kind: 'leaf', value: null, source, line });

  function read(node: Node | null, line: number, depth: number): Tree {
    const place = placeOf(node, line);
    nodes += 1;
    if (nodes === MAX_NODES || depth === MAX_DEPTH) {
      problems.push({ message: nodes === MAX_NODES ? TOO_MANY : TOO_DEEP, line: place.line });
    }
    if (node === null || nodes >= MAX_NODES || depth >= MAX_DEPTH) return nothing(place.line);
    if (isAlias(node)) return readAlias(node, place.line, depth);
    if (repeats === 0 && 'anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isMap(node)) return readMapping(node, place, depth);
    if (isSeq(node)) {
      const items = node.items.map((item) => read(item as Node | null, place.line, depth + 1));
      return { kind: 'sequence', items, ...place };
    }
    if (!isScalar(node)) return nothing(place.line);
    if (repeats > 0 && typeof node.value === 'string') {
      if (repeated > MAX_REPEATED) return nothing(place.line);
      repeated += node.value.length;
      if (repeated > MAX_REPEATED) problems.push({ message: TOO_MANY, line: place.line });
    }
    const textLine = node.type === 'BLOCK_LITERAL' ? place.line + 1 : undefined;
    const written = typeof node.value === 'string' ? undefined : node.source;
    return { kind: 'leaf', value: node.value, ...place, textLine, ...(written !== undefined && { written }) };
  }

  function readAlias(alias: Alias, line: number, depth: number): Tree {
    if (!targets.has(alias)) targets.set(alias, anchors.get(alias.source));
    const target = targets.get(alias);
    if (target !== undefined) {
      repeats += 1;
      const tree = read(target, line, depth + 1);
      repeats -= 1;
      return tree;
    }
    problems.push({ message: `The alias *${alias.source} has no anchor &${alias.source} before it.`, line });
    return nothing(line);
  }

  function readMapping(map: YAMLMap, place: Place, depth: number): Mapping {
    const entries = new Map<string, Tree>();
    const merged: Tree[] = [];
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      const { line } = placeOf(pair.key, place.line);
      const key = isScalar(pair.key) ? String((pair.key as Scalar).value) : '';
      if (key === '' && repeats === 0 && (isMap(pair.key) || isSeq(pair.key))) {
        problems.push({ message: 'A key is a text, no collection.', line });
      }
      const tree = read(pair.value, line, depth + 1);
      // A mapping begins with its first key, a line too late.
      const value = tree.kind === 'leaf' ? tree : { ...tree, line };
      if (isScalar(pair.key) && key === '<<' && pair.key.type === 'PLAIN') merged.push(value);
      else if (!entries.has(key)) entries.set(key, value);
      else if (repeats === 0) problems.push({ message: `The key "${key}" stands twice.`, line });
    }
    // What stands in the mapping itself comes first, then what was merged first.
    for (const tree of merged.flatMap((value) => (value.kind === 'sequence' ? value.items : [value]))) {
      if (tree.kind !== 'mapping') continue;
      for (const [key, value] of tree.entries) if (!entries.has(key)) entries.set(key, value);
    }
    return { kind: 'mapping', entries, ...place };
  }

  return read(root, 1, 0);
}
