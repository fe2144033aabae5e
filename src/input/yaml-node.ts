// A YAML document as extractors read it: scalars, lists and maps with their lines. Aliases share nodes, so code that
// walks a document must remember which nodes it has visited.

export type YamlNode = YamlScalar | YamlList | YamlMap;

interface Node {
  /** 1-based; of a list or map under a key, the line of the key. */
  readonly line: number;
  /** A local tag, such as `!reset`, in formats that use them. */
  readonly tag?: string;
  /** Set: it is in another file than the document. */
  readonly source?: string | undefined;
}

export interface YamlScalar extends Node {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `1.10` stays `1.10`; '' for null. */
  readonly text: string;
  /** The line of its first line, if its lines are those of the file (`|`). */
  readonly textLine?: number;
}

export interface YamlList extends Node {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}

export interface YamlMap extends Node {
  readonly kind: 'map';
  /** In order; merge keys are merged. */
  readonly entries: ReadonlyMap<string, YamlNode>;
}

/** The node under the keys, one inside the other. */
export function nodeAt(node: YamlNode | undefined, ...keys: readonly string[]): YamlNode | undefined {
  let current = node;
  for (const key of keys) current = current?.kind === 'map' ? current.entries.get(key) : undefined;
  return current;
}

/** A scalar that is not blank. */
export function scalarAt(node: YamlNode | undefined, ...keys: readonly string[]): YamlScalar | undefined {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'scalar' && found.text.trim() !== '' ? found : undefined;
}

/** The text of a scalar that is not blank, else ''. */
export const textAt = (node: YamlNode | undefined, ...keys: readonly string[]): string =>
  scalarAt(node, ...keys)?.text ?? '';

/** A scalar that YAML reads as a string. */
export function stringAt(node: YamlNode | undefined, ...keys: readonly string[]): YamlString | undefined {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'scalar' && typeof found.value === 'string' ? { ...found, value: found.value } : undefined;
}

export type YamlString = YamlScalar & { readonly value: string };

/** The items of a list, or none. */
export function itemsAt(node: YamlNode | undefined, ...keys: readonly string[]): readonly YamlNode[] {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'list' ? found.items : [];
}

/** The entries of a map, or none. */
export function entriesAt(
  node: YamlNode | undefined,
  ...keys: readonly string[]
): readonly (readonly [string, YamlNode])[] {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'map' ? [...found.entries] : [];
}
