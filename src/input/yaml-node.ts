// A YAML document as the extractors read it: scalars, lists and maps, each with its line. Aliases share nodes, so a
// walk must remember where it has been.

export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `1.10` stays `1.10`; '' for null. */
  readonly text: string;
  /** The line of its first line, where its lines are those of the file (`|`). */
  readonly textLine?: number;
  /** 1-based. */
  readonly line: number;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly line: number;
}

export interface YamlMap {
  readonly kind: 'map';
  /** In order; merge keys are merged. */
  readonly entries: ReadonlyMap<string, YamlNode>;
  readonly line: number;
}

/** What stands under the keys, one inside the other; undefined when it is not there. */
export function nodeAt(node: YamlNode | undefined, ...keys: readonly string[]): YamlNode | undefined {
  let current = node;
  for (const key of keys) current = current?.kind === 'map' ? current.entries.get(key) : undefined;
  return current;
}

/** A scalar that says something. */
export function scalarAt(node: YamlNode | undefined, ...keys: readonly string[]): YamlScalar | undefined {
  const found = nodeAt(node, ...keys);
  return found?.kind === 'scalar' && found.text.trim() !== '' ? found : undefined;
}

/** Its text, or '' when there is none. */
export const textAt = (node: YamlNode | undefined, ...keys: readonly string[]): string =>
  scalarAt(node, ...keys)?.text ?? '';

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
