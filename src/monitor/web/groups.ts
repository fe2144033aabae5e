// Resources in their groups, and which groups are folded: the page stays short, and trouble stays visible.

import { RESOURCE_STATES, type ResourceView } from '../view/monitor-view.ts';

/** The rows of a page. More resources are on several pages, or behind a link to their group. */
export const MAX_ROWS = 300;

export interface ResourceGroup {
  readonly title: string;
  /** All that are shown under this title, on this page or not. */
  readonly members: readonly ResourceView[];
  /** On this page. Where these are not all, the worst come first. */
  readonly rows: readonly ResourceView[];
  readonly isOpen: boolean;
}

/** Fewer resources are all shown. */
const ALL_OPEN = 60;
/** More rows are not open. */
const MAX_OPEN = 200;

type Group = Omit<ResourceGroup, 'isOpen'>;

export const needsAttention = ({ state }: ResourceView): boolean => state === 'unavailable' || state === 'undetermined';

/** The title under which a resource is shown; without any groups, many resources are grouped by registry or host. */
export function groupTitles(all: readonly ResourceView[]): (resource: ResourceView) => string {
  const hasGroups = all.some(({ group }) => group !== null);
  if (!hasGroups && all.length > ALL_OPEN) return ({ registry }) => registry;
  return ({ group }) => group ?? (hasGroups ? OTHERS : 'Resources');
}

const OTHERS = 'Other resources';

/** In the order of the configuration, with every row. */
export function groupResources(resources: readonly ResourceView[], titleOf: (one: ResourceView) => string): Group[] {
  const groups = new Map<string, ResourceView[]>();
  for (const resource of resources) {
    const title = titleOf(resource);
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [resource]);
    else group.push(resource);
  }
  const entries = [...groups].map(([title, members]) => ({ title, members, rows: members }));
  const rest = entries.filter(({ title }) => title === OTHERS);
  return [...entries.filter(({ title }) => title !== OTHERS), ...rest];
}

/** In the order of the configuration within a state. */
export function worstFirst(resources: readonly ResourceView[]): readonly ResourceView[] {
  return resources.toSorted((a, b) => RESOURCE_STATES.indexOf(a.state) - RESOURCE_STATES.indexOf(b.state));
}

/** Each group gets its share of a page: first of what needs attention, then of the others. */
export function cutGroups(groups: readonly Group[]): readonly Group[] {
  const attention = groups.map(({ members }) => members.filter(needsAttention).length);
  const first = sharesOf(attention, MAX_ROWS);
  const left = MAX_ROWS - first.reduce((sum, count) => sum + count, 0);
  const others = sharesOf(
    groups.map(({ members }, index) => members.length - (first[index] ?? 0)),
    left,
  );
  return groups.map(({ title, members }, index) => {
    const count = (first[index] ?? 0) + (others[index] ?? 0);
    return { title, members, rows: count === members.length ? members : worstFirst(members).slice(0, count) };
  });
}

/** As much as each needs, and where that is more than there is, equal parts. */
function sharesOf(needs: readonly number[], amount: number): number[] {
  const shares = needs.map(() => 0);
  const smallestFirst = [...needs.keys()].sort((a, b) => (needs[a] ?? 0) - (needs[b] ?? 0));
  let left = amount;
  for (const [index, group] of smallestFirst.entries()) {
    const share = Math.min(needs[group] ?? 0, Math.floor(left / (needs.length - index)));
    shares[group] = share;
    left -= share;
  }
  return shares;
}

/** Healthy groups fold first; then the largest, until few enough rows are left. */
export function foldGroups(groups: readonly Group[]): readonly ResourceGroup[] {
  const open = new Set(groups);
  if (groups.reduce((sum, { members }) => sum + members.length, 0) > ALL_OPEN) {
    for (const group of groups) if (!group.members.some(needsAttention)) open.delete(group);
  }
  let rows = [...open].reduce((sum, group) => sum + group.rows.length, 0);
  const largestFirst = [...open].sort((a, b) => b.rows.length - a.rows.length);
  for (const group of largestFirst) {
    if (rows <= MAX_OPEN) break;
    open.delete(group);
    rows -= group.rows.length;
  }
  return groups.map((group) => ({ ...group, isOpen: open.has(group) }));
}
