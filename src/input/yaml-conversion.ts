// Nodes of the YAML parser to the extractors' own: aliases followed, merge keys merged, foreign tags left out.

import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import type { Problem } from './extractor.ts';
import { Refusal } from './refusal.ts';
import type { YamlList, YamlMap, YamlNode } from './yaml-node.ts';

/** Keys that merges may copy in one document: they alone make more out of a text than it holds. */
const MAX_MERGED = 100_000;
/** Collections inside each other, aliases followed: they can be stacked without any indentation. */
const MAX_DEPTH = 200;

export interface YamlDocument {
  readonly root: YamlNode;
  /** Where the first action of a template stands that happens to be YAML, a map in a map. */
  readonly actionLine: number | undefined;
  /** The first key that stands twice, of those that may hide an image: the last one counts. */
  readonly duplicate: Problem | undefined;
}

/** Throws a Refusal for an alias without anchor and for too many merges. */
export function convertDocument(contents: Node, text: string, lineAt: (offset: number) => number): YamlDocument {
  const anchors = new Map<string, YamlNode>();
  const depths = new WeakMap<YamlNode, number>();
  let merged = 0;
  let actionLine: number | undefined;
  let duplicate: Problem | undefined;
  const root = convert(contents);
  return { root, actionLine, duplicate };

  function convert(node: Node): YamlNode {
    if (isAlias(node)) return follow(node);
    const converted = convertContent(node);
    // Only now: an alias inside its own anchor would make a circle.
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined) anchors.set(anchor, converted);
    return converted;
  }

  function convertContent(node: Node): YamlNode {
    const [start, end] = node.range ?? [0, 0];
    const line = lineAt(start);
    // `!reference` and its like mean what only their own program knows.
    if (node.tag?.startsWith('!')) return { kind: 'scalar', value: null, text: '', line };
    if (isMap(node) && node.flow && text.startsWith('{{', start)) {
      actionLine ??= line;
      const action = text.slice(start, end);
      return { kind: 'scalar', value: action, text: action, line };
    }
    if (isMap(node)) return measured(convertMap(node, line), start);
    if (isSeq(node)) return measured({ kind: 'list', items: (node.items as Node[]).map(convert), line }, start);
    return convertScalar(node as Scalar, line);
  }

  function measured<T extends YamlList | YamlMap>(node: T, start: number): T {
    let depth = 1;
    for (const child of node.kind === 'list' ? node.items : node.entries.values()) {
      depth = Math.max(depth, 1 + (depths.get(child) ?? 0));
    }
    if (depth > MAX_DEPTH) throw new Refusal('Its aliases (*) are nested too deep.', start);
    depths.set(node, depth);
    return node;
  }

  /** A scalar stands where it is used; what is larger, where it is written. */
  function follow(alias: Alias): YamlNode {
    const [start] = alias.range ?? [0];
    const node = anchors.get(alias.source);
    if (node === undefined) throw new Refusal('It has an alias (*) without an anchor (&) before it.', start);
    return node.kind === 'scalar' ? { ...node, line: lineAt(start) } : node;
  }

  function convertMap(map: YAMLMap, line: number): YamlMap {
    const own = new Map<string, YamlNode>();
    const inherited: YamlNode[] = [];
    for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
      const name = isAlias(key) ? follow(key) : isScalar(key) ? convertScalar(key, line) : undefined;
      const node: YamlNode = value === null ? { kind: 'scalar', value: null, text: '', line } : convert(value);
      if (name?.kind !== 'scalar') continue;
      if (name.text === '<<' && (key as Scalar).type === 'PLAIN') inherited.push(node);
      else {
        const lost = own.get(name.text);
        if (lost !== undefined && mayHoldImages(name.text, lost)) {
          duplicate ??= { message: `The key "${name.text}" stands twice.`, line: lineAt(key.range?.[0] ?? 0) };
        }
        own.set(name.text, node);
      }
    }
    if (inherited.length === 0) return { kind: 'map', entries: own, line };
    const entries = new Map<string, YamlNode>();
    // The first of several maps wins, the map's own keys win over all.
    for (const node of inherited.flatMap(mergedBy).reverse()) {
      if (node.kind !== 'map') continue;
      merged += node.entries.size;
      if (merged > MAX_MERGED) throw new Refusal('Its merge keys (<<) make too much of it.', map.range?.[0] ?? 0);
      for (const [name, value] of node.entries) entries.set(name, value);
    }
    for (const [name, value] of own) entries.set(name, value);
    return { kind: 'map', entries, line };
  }
}

/** Charts often write a label or a variable twice, which hides nothing. */
const mayHoldImages = (key: string, value: YamlNode): boolean => value.kind !== 'scalar' || /image/i.test(key);

const mergedBy = (node: YamlNode): readonly YamlNode[] => (node.kind === 'list' ? node.items : [node]);

function convertScalar(scalar: Scalar, line: number): YamlNode {
  const { value, source = '', type } = scalar;
  const textLine = type === 'BLOCK_LITERAL' ? { textLine: line + 1 } : {};
  if (typeof value === 'string') return { kind: 'scalar', value, text: value, line, ...textLine };
  if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'scalar', value, text: source, line };
  const text = value === null || type !== 'PLAIN' ? '' : source;
  return { kind: 'scalar', value: text === '' ? null : text, text, line };
}
