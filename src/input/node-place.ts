// Moves a document into another: its nodes get the file and the lines they have there.

import type { YamlNode } from './yaml-node.ts';

export interface NodePlace {
  /** Unset: the file that each node has. */
  readonly source?: string | undefined;
  readonly lineOf?: ((line: number) => number) | undefined;
}

/** A copy; nodes that aliases share are copied once. */
export function withPlace(root: YamlNode, { source, lineOf = (line) => line }: NodePlace): YamlNode {
  const known = new Map<YamlNode, YamlNode>();
  return place(root);

  function place(node: YamlNode): YamlNode {
    const before = known.get(node);
    if (before !== undefined) return before;
    const at = { ...(source !== undefined && { source }), line: lineOf(node.line) };
    const copy: YamlNode =
      node.kind === 'scalar'
        ? { ...node, ...at }
        : node.kind === 'list'
          ? { ...node, ...at, items: node.items.map(place) }
          : { ...node, ...at, entries: new Map([...node.entries].map(([key, child]) => [key, place(child)])) };
    known.set(node, copy);
    return copy;
  }
}
