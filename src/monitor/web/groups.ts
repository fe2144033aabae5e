// Resources in their groups, and which groups are folded: the page stays short, and trouble stays visible.

import type { ResourceView } from '../view/monitor-view.ts';

export interface ResourceGroup {
  readonly title: string;
  readonly resources: readonly ResourceView[];
  readonly isOpen: boolean;
}

/** Fewer resources are all shown. */
const ALL_SHOWN = 60;
/** More rows are not open. */
const MAX_OPEN = 200;

export const needsAttention = ({ state }: ResourceView): boolean => state === 'unavailable' || state === 'undetermined';

/** In the order of the configuration; without any groups, many resources are grouped by registry or host. */
export function groupResources(resources: readonly ResourceView[], isFiltered: boolean): readonly ResourceGroup[] {
  const hasGroups = resources.some(({ group }) => group !== null);
  const byRegistry = !hasGroups && resources.length > ALL_SHOWN;
  const ungrouped = hasGroups ? 'Other resources' : 'Resources';
  const groups = new Map<string, ResourceView[]>();
  for (const resource of resources) {
    const title = byRegistry ? resource.registry : (resource.group ?? ungrouped);
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [resource]);
    else group.push(resource);
  }
  const entries = [...groups].map(([title, members]) => ({ title, resources: members }));
  const rest = entries.filter(({ title }) => title === ungrouped);
  return withFolds([...entries.filter(({ title }) => title !== ungrouped), ...rest], resources.length, isFiltered);
}

/** Healthy groups fold first; then the largest, until few enough rows are left. */
function withFolds(groups: readonly Omit<ResourceGroup, 'isOpen'>[], total: number, isFiltered: boolean) {
  const open = new Set(groups);
  if (total > ALL_SHOWN && !isFiltered) {
    for (const group of groups) if (!group.resources.some(needsAttention)) open.delete(group);
  }
  let rows = [...open].reduce((sum, { resources }) => sum + resources.length, 0);
  const largestFirst = [...open].sort((a, b) => b.resources.length - a.resources.length);
  for (const group of largestFirst) {
    if (rows <= MAX_OPEN) break;
    open.delete(group);
    rows -= group.resources.length;
  }
  return groups.map((group) => ({ ...group, isOpen: open.has(group) }));
}
