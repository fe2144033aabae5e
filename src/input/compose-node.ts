// The nodes of a Compose project, which comes from many files: YAML with its file and with variables inserted.

import type { TemplatePlace } from './extractor.ts';
import type { Missing } from './resolved-text.ts';
import type { YamlNode, YamlScalar } from './yaml-node.ts';

export type ComposeNode = ComposeMap | ComposeList | ComposeScalar;

/** Where a node or a problem is. */
export interface ComposeLocation {
  readonly source: string;
  /** 1-based. */
  readonly line?: number;
  /** Of a problem: the text is an unrendered template. */
  readonly template?: TemplatePlace | undefined;
}

export type ReportProblem = (location: ComposeLocation, message: string) => void;

interface Node extends ComposeLocation {
  readonly line: number;
  readonly tag?: string;
}

export interface ComposeMap extends Node {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, ComposeNode>;
}

export interface ComposeList extends Node {
  readonly kind: 'list';
  readonly items: readonly ComposeNode[];
}

export interface ComposeScalar extends Node, Pick<YamlScalar, 'textLine'> {
  readonly kind: 'scalar';
  /** With its variables inserted; undefined when they are invalid, which was reported. */
  readonly value: YamlScalar['value'] | undefined;
  /** Before its variables were inserted. */
  readonly written: string;
  /** The variables that have no value. */
  readonly missing: readonly Missing[];
}

/** By name. */
export type Services = ReadonlyMap<string, ComposeMap>;

/** The node of a file, its variables left as they are. */
export function composeNode(node: YamlNode, source: string): ComposeNode {
  if (node.kind === 'list') return { ...node, source, items: node.items.map((item) => composeNode(item, source)) };
  if (node.kind === 'scalar') return { ...node, source, written: node.text, missing: [] };
  const entries = [...node.entries].map(([key, entry]) => [key, composeNode(entry, source)] as const);
  return { ...node, source, entries: new Map(entries) };
}

/** The entry, unless `!reset` removed it. */
export function entryOf(map: ComposeMap, key: string): ComposeNode | undefined {
  const entry = map.entries.get(key);
  return entry === undefined || isReset(entry) ? undefined : entry;
}

/** The entry, when it is a scalar with a value. */
export function scalarOf(map: ComposeMap, key: string): ComposeScalar | undefined {
  const entry = entryOf(map, key);
  return entry?.kind === 'scalar' && isGiven(entry) ? entry : undefined;
}

/** Whether there is a value; text that is empty because a variable has no value is one. */
export function isGiven(node: ComposeNode | undefined): boolean {
  if (node?.kind !== 'scalar') return node !== undefined;
  return node.value !== null && (node.value !== '' || node.missing.length > 0);
}

export const entriesOf = (map: ComposeMap): [key: string, node: ComposeNode][] =>
  [...map.entries].filter(([, node]) => !isReset(node));

/** The entries of a map in the map, or none. */
export function entriesAt(map: ComposeMap, key: string): [key: string, node: ComposeNode][] {
  const entry = entryOf(map, key);
  return entry?.kind === 'map' ? entriesOf(entry) : [];
}

/** The items of a list in the map, or none. */
export function itemsAt(map: ComposeMap, key: string): readonly ComposeNode[] {
  const entry = entryOf(map, key);
  return entry?.kind === 'list' ? entry.items : [];
}

export const isReset = ({ tag }: { readonly tag?: string }): boolean => tag === '!reset';
