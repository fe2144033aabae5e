// How a later definition in a Compose project goes over an earlier one, as compose-go's override/merge.go does it.
//
// Mappings are merged, lists are appended, everything else is replaced. Nothing (`image:`) changes nothing.
// `!override` replaces the whole, `!reset` takes it away.

import type { Leaf, Mapping, Tree } from './yaml-tree.ts';

export function mergeTrees(base: Tree | undefined, over: Tree): Tree {
  if (base === undefined || isReset(base) || over.tag === '!override' || isReset(over)) return over;
  if (over.kind === 'leaf' && over.value === null) return base;
  if (base.kind === 'mapping' && over.kind === 'mapping') return mergeMappings(base, over);
  if (base.kind === 'sequence' && over.kind === 'sequence') return { ...over, items: [...base.items, ...over.items] };
  return over;
}

function mergeMappings(base: Mapping, over: Mapping): Mapping {
  const entries = new Map(base.entries);
  for (const [key, tree] of over.entries) entries.set(key, mergeTrees(entries.get(key), tree));
  return { ...over, entries };
}

/** All of them, the later over the earlier, in one map: a copy for each would take the square of their number. */
export function mergeAll(mappings: readonly (Mapping | undefined)[]): Mapping | undefined {
  const [first] = mappings.filter((mapping) => mapping !== undefined);
  if (first === undefined) return undefined;
  const entries = new Map<string, Tree>();
  for (const mapping of mappings) {
    for (const [key, tree] of mapping?.entries ?? []) entries.set(key, mergeTrees(entries.get(key), tree));
  }
  return { ...first, entries };
}

/** The entry, unless `!reset` took it away. */
export function entryOf(mapping: Mapping, key: string): Tree | undefined {
  const entry = mapping.entries.get(key);
  return entry === undefined || isReset(entry) ? undefined : entry;
}

/** The entry, when it is a value and not nothing. */
export function leafOf(mapping: Mapping, key: string): Leaf | undefined {
  const entry = entryOf(mapping, key);
  return entry?.kind === 'leaf' && isGiven(entry) ? entry : undefined;
}

/** Whether anything stands there; a text that is empty for want of a variable is something. */
export function isGiven(tree: Tree | undefined): boolean {
  if (tree?.kind !== 'leaf') return tree !== undefined;
  return tree.value !== null && (tree.value !== '' || (tree.missing ?? []).length > 0);
}

export function entriesOf({ entries }: Mapping): [key: string, tree: Tree][] {
  return [...entries].filter(([, tree]) => !isReset(tree));
}

const isReset = ({ tag }: Tree): boolean => tag === '!reset';
