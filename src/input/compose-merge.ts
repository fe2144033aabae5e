// Merges a later definition into an earlier one as compose-go's override/merge.go does it.
//
// Maps are merged, lists are appended, everything else is replaced. Nothing (`image:`) changes nothing.
// `!override` replaces the whole value, `!reset` removes it.

import { type ComposeMap, type ComposeNode, isReset } from './compose-node.ts';
import type { WorkBudget } from './work-budget.ts';

export interface Merge {
  mergeNodes(base: ComposeNode | undefined, over: ComposeNode): ComposeNode;
  /** A later map over an earlier one. */
  mergeAll(maps: readonly (ComposeMap | undefined)[]): ComposeMap | undefined;
}

/** `copied`: the entries and items that merging copies. Once it is exceeded, the later definition is kept alone. */
export function createMerge(copied: WorkBudget): Merge {
  function mergeNodes(base: ComposeNode | undefined, over: ComposeNode): ComposeNode {
    if (base === undefined || isReset(base) || over.tag === '!override' || isReset(over)) return over;
    if (over.kind === 'scalar' && over.value === null) return base;
    if (base.kind === 'map' && over.kind === 'map') {
      if (base.entries.size === 0) return over;
      return copied.spend(base.entries.size + over.entries.size)
        ? { ...over, entries: mergeEntries([base, over]) }
        : over;
    }
    if (base.kind === 'list' && over.kind === 'list') {
      return copied.spend(base.items.length + over.items.length)
        ? { ...over, items: [...base.items, ...over.items] }
        : over;
    }
    return over;
  }

  function mergeAll(maps: readonly (ComposeMap | undefined)[]): ComposeMap | undefined {
    const [first, ...others] = maps.filter((map) => map !== undefined);
    if (first === undefined || others.length === 0) return first;
    const within = others.filter(({ entries }) => copied.spend(entries.size));
    return copied.spend(first.entries.size) ? { ...first, entries: mergeEntries([first, ...within]) } : first;
  }

  /** In one new map: a copy for each pair would take quadratic time. */
  function mergeEntries(maps: readonly ComposeMap[]): ReadonlyMap<string, ComposeNode> {
    const entries = new Map<string, ComposeNode>();
    for (const map of maps) {
      for (const [key, node] of map.entries) entries.set(key, mergeNodes(entries.get(key), node));
    }
    return entries;
  }

  return { mergeNodes, mergeAll };
}
