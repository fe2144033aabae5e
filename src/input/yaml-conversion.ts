// Converts nodes of the YAML parser to those of extractors: aliases are followed, merge keys merged.

import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { MAX_DEPTH, TOO_DEEP, YamlAbort } from '../file/yaml-parser.ts';
import type { Problem } from './extractor.ts';
import type { YamlList, YamlMap, YamlNode, YamlScalar } from './yaml-node.ts';

/** How a kind of file is read, where programs differ. */
export interface YamlRules {
  /** Tokens of one document. */
  readonly maxTokens: number;
  /** Nodes of one document with its aliases expanded. Unset: for readers that visit shared nodes once. */
  readonly maxNodes?: number;
  /** Whether reading continues after a problem. */
  readonly isTolerant: boolean;
  /** The value that counts. With `last`, only the first duplicate that may hide an image is a problem. */
  readonly duplicates: 'first' | 'last';
  /** Whether nodes keep local tags. Otherwise a tagged node is null: only its own program knows what it means. */
  readonly keepsTags: boolean;
  /** Whether `{{ … }}` is a template action instead of a map in a map. */
  readonly readsActions: boolean;
  /** The line of an aliased scalar. Lists and maps are shared and have that of the anchor. */
  readonly aliasLine: 'alias' | 'anchor';
}

/** Shared by the parts of one document. */
export type Anchors = Map<string, Anchor>;

export interface ConversionOptions {
  /** Of the document. */
  readonly text: string;
  readonly lineAt: (offset: number) => number;
  readonly rules: YamlRules;
  readonly anchors?: Anchors | undefined;
}

export interface YamlDocument {
  /** Undefined when the document could not be read. */
  readonly root: YamlNode | undefined;
  readonly problems: readonly Problem[];
  /** The text is not valid YAML or JSON. */
  readonly isBroken?: true;
  /** The line of the first template action that happens to be valid YAML, a map in a map. */
  readonly actionLine?: number | undefined;
}

/** Keys that merges may copy in one document: a small text can make them many. */
const MAX_MERGED = 100_000;
/** Characters that aliases repeat in one document. */
const MAX_REPEATED = 1_000_000;
const EXPANDED_TOO_LARGE = 'Too large once aliases are expanded.';
export const TOO_LARGE = 'Too large for one document; split it.';

interface Anchor {
  readonly node: YamlNode;
  /** With its aliases expanded. */
  readonly nodes: number;
  readonly characters: number;
}

/** Throws a YamlAbort beyond a bound, and at the first problem unless the rules are tolerant. */
export function convertNode(
  contents: Node,
  { text, lineAt, rules, anchors = new Map() }: ConversionOptions,
): YamlDocument {
  const { maxNodes = Number.POSITIVE_INFINITY } = rules;
  const depths = new WeakMap<YamlNode, number>();
  const problems: Problem[] = [];
  let [nodes, characters, repeated, merged] = [0, 0, 0, 0];
  let actionLine: number | undefined;
  const root = convert(contents);
  return { root, problems, actionLine };

  function fail(message: string, offset: number): void {
    if (!rules.isTolerant) throw new YamlAbort(message, offset);
    problems.push({ message, line: lineAt(offset) });
  }

  /** `line`: that of the key. */
  function convert(node: Node, line?: number): YamlNode {
    if (isAlias(node)) return follow(node);
    const [nodesBefore, charactersBefore] = [nodes, characters];
    const { anchor } = node as { anchor?: string };
    // An alias inside its own anchor would form a cycle.
    if (anchor !== undefined) anchors.delete(anchor);
    const converted = convertContent(node, line);
    nodes += 1;
    if (nodes > maxNodes) throw new YamlAbort(EXPANDED_TOO_LARGE, startOf(node));
    if (anchor !== undefined) {
      anchors.set(anchor, {
        node: converted,
        nodes: nodes - nodesBefore,
        characters: characters - charactersBefore,
      });
    }
    return converted;
  }

  function convertContent(node: Node, keyLine: number | undefined): YamlNode {
    const start = startOf(node);
    const line = lineAt(start);
    const tag = node.tag?.startsWith('!') ? { tag: node.tag } : undefined;
    if (tag !== undefined && !rules.keepsTags) return nothing(line);
    if (rules.readsActions && isMap(node) && node.flow && text.startsWith('{{', start)) {
      actionLine ??= line;
      const action = text.slice(start, node.range?.[1]);
      return { kind: 'scalar', value: action, text: action, line };
    }
    if (isMap(node)) return measured({ ...convertMap(node), line: keyLine ?? line, ...tag }, start);
    if (isSeq(node)) {
      const items = (node.items as Node[]).map((item) => convert(item));
      return measured({ kind: 'list', items, line: keyLine ?? line, ...tag }, start);
    }
    const scalar = convertScalar(node as Scalar, line);
    characters += scalar.text.length;
    return { ...scalar, ...tag };
  }

  function measured<T extends YamlList | YamlMap>(node: T, start: number): T {
    let depth = 1;
    for (const child of node.kind === 'list' ? node.items : node.entries.values()) {
      depth = Math.max(depth, 1 + (depths.get(child) ?? 0));
    }
    if (depth > MAX_DEPTH) throw new YamlAbort(TOO_DEEP, start);
    depths.set(node, depth);
    return node;
  }

  function follow(alias: Alias): YamlNode {
    const start = startOf(alias);
    const anchor = anchors.get(alias.source);
    if (anchor === undefined) {
      // Without its name: a password may begin with an asterisk.
      fail('Alias (*) without an anchor (&) before it.', start);
      return nothing(lineAt(start));
    }
    nodes += anchor.nodes;
    characters += anchor.characters;
    repeated += anchor.characters;
    if (nodes > maxNodes || (maxNodes < Number.POSITIVE_INFINITY && repeated > MAX_REPEATED)) {
      throw new YamlAbort(EXPANDED_TOO_LARGE, start);
    }
    const { node } = anchor;
    return node.kind === 'scalar' && rules.aliasLine === 'alias' ? { ...node, line: lineAt(start) } : node;
  }

  function convertMap(map: YAMLMap): Pick<YamlMap, 'kind' | 'entries'> {
    const own = new Map<string, YamlNode>();
    const inherited: YamlNode[] = [];
    for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
      const start = startOf(key);
      const line = lineAt(start);
      const name = isAlias(key) ? follow(key) : isScalar(key) ? convertScalar(key, line) : undefined;
      const node = value === null ? nothing(line) : convert(value, line);
      if (name?.kind !== 'scalar') {
        if (rules.isTolerant && key !== null) fail('A key must be a string.', start);
      } else if (name.text === '<<' && (key as Scalar).type === 'PLAIN') inherited.push(node);
      else addEntry(own, { key: name.text, node, line: lineAt(start), duplicates: rules.duplicates, problems });
    }
    return { kind: 'map', entries: inherited.length === 0 ? own : merge(own, inherited, startOf(map)) };
  }

  /** The first of several maps wins, and the map's own keys win over all. */
  function merge(own: ReadonlyMap<string, YamlNode>, inherited: readonly YamlNode[], start: number) {
    const entries = new Map<string, YamlNode>();
    const maps = inherited.flatMap((node) => (node.kind === 'list' ? node.items : [node]));
    for (const map of maps.reverse()) {
      if (map.kind !== 'map') continue;
      merged += map.entries.size;
      if (merged > MAX_MERGED) throw new YamlAbort('Too large once merge keys are expanded.', start);
      for (const [key, value] of map.entries) entries.set(key, value);
    }
    for (const [key, value] of own) entries.set(key, value);
    return entries;
  }
}

interface NewEntry {
  readonly key: string;
  readonly node: YamlNode;
  readonly line: number;
  readonly duplicates: YamlRules['duplicates'];
  readonly problems: Problem[];
}

/** Adds an entry to a map, or a duplicate key to the problems. */
export function addEntry(own: Map<string, YamlNode>, { key, node, line, duplicates, problems }: NewEntry): void {
  const first = own.get(key);
  const isKept = first !== undefined && duplicates === 'first';
  const isHidden = first !== undefined && !isKept && problems.length === 0 && mayContainImages(key, first);
  if (isKept || isHidden) problems.push({ message: `Duplicate key "${key}".`, line });
  if (!isKept) own.set(key, node);
}

const startOf = (node: Node | null | undefined): number => node?.range?.[0] ?? 0;

const nothing = (line: number): YamlScalar => ({ kind: 'scalar', value: null, text: '', line });

/** Fields of objects that programs often repeat. */
const WITHOUT_IMAGES =
  /^(?:metadata|annotations|labels|status|selector|match(?:Labels|Expressions)|nodeSelector|affinity|tolerations|strategy|updateStrategy|resources|limits|requests|ports|securityContext|\w+Probe|metrics)$/;
const MAX_COMPARED = 1000;

/** Charts often repeat a label or a variable, which hides nothing. */
function mayContainImages(key: string, value: YamlNode): boolean {
  if (value.kind === 'scalar') return /image/i.test(key);
  if (!WITHOUT_IMAGES.test(key)) return true;
  const pending: YamlNode[] = [value];
  for (let at = 0; at < pending.length; at += 1) {
    const node = pending[at];
    if (at > MAX_COMPARED) return true;
    if (node === undefined || node.kind === 'scalar') continue;
    if (node.kind === 'map' && [...node.entries.keys()].some((name) => /image/i.test(name))) return true;
    for (const child of node.kind === 'list' ? node.items : node.entries.values()) {
      if (pending.length <= MAX_COMPARED + 1) pending.push(child);
    }
  }
  return false;
}

function convertScalar({ value, source = '', type }: Scalar, line: number): YamlScalar {
  const textLine = type === 'BLOCK_LITERAL' ? { textLine: line + 1 } : {};
  if (typeof value === 'string') return { kind: 'scalar', value, text: value, line, ...textLine };
  if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'scalar', value, text: source, line };
  const text = value === null || type !== 'PLAIN' ? '' : source;
  return { kind: 'scalar', value: text === '' ? null : text, text, line };
}
