// Paths to fields of an object, `spec.parts[].image`: `[]` is every item of a list, `*` every field of a map.

import type { YamlNode } from './yaml-node.ts';

export type FieldPath = readonly string[];

/** Fields separated by dots; `\.` is a dot in a name. */
export const FIELD_PATH = /^(?:[^.[\]\\\s]|\\.)+(?:\[\*?\])*(?:\.(?:[^.[\]\\\s]|\\.)+(?:\[\*?\])*)*$/;

/** Parses a text that matches FIELD_PATH. */
export const parseFieldPath = (text: string): FieldPath =>
  [...text.matchAll(/\[\*?\]|((?:[^.[\]\\]|\\.)+)/g)].map(([, field]) => field?.replace(/\\(.)/g, '$1') ?? '[]');

/** The nodes at a path, each once, with its own path for reports. */
export function nodesUnder(root: YamlNode, path: FieldPath): ReadonlyMap<YamlNode, string> {
  let level = new Map<YamlNode, string>([[root, '']]);
  for (const step of path) {
    const next = new Map<YamlNode, string>();
    for (const [node, parent] of level) {
      for (const [key, child] of childrenOf(node)) {
        if (!matchesStep(step, key) || next.has(child)) continue;
        next.set(child, typeof key === 'number' ? `${parent}[${key}]` : parent === '' ? key : `${parent}.${key}`);
      }
    }
    level = next;
  }
  return level;
}

function childrenOf(node: YamlNode): Iterable<readonly [string | number, YamlNode]> {
  if (node.kind === 'scalar') return [];
  return node.kind === 'map' ? node.entries : node.items.entries();
}

const matchesStep = (step: string, key: string | number): boolean =>
  typeof key === 'number' ? step === '[]' : step === key || step === '*';

/** A copy with null at the path. A node that aliases share stays where other paths lead to it. */
export function withoutPath(root: YamlNode, path: FieldPath): YamlNode {
  const done = path.map(() => new Map<YamlNode, YamlNode>());
  return prune(root, 0);

  function prune(node: YamlNode, depth: number): YamlNode {
    const step = path[depth];
    if (step === undefined) return { kind: 'scalar', value: null, text: '', line: node.line };
    const known = done[depth]?.get(node);
    if (known !== undefined) return known;
    const children = [...childrenOf(node)].map(
      ([key, child]) => [key, matchesStep(step, key) ? prune(child, depth + 1) : child] as const,
    );
    const pruned = withChildren(node, children);
    done[depth]?.set(node, pruned);
    return pruned;
  }
}

function withChildren(node: YamlNode, children: readonly (readonly [string | number, YamlNode])[]): YamlNode {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'list') return { ...node, items: children.map(([, child]) => child) };
  return { ...node, entries: new Map(children.map(([key, child]) => [String(key), child])) };
}
