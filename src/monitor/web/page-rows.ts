// Which rows a page has: all of them while they are few; else the worst of each group, or one page of a list.

import type { ResourceView } from '../view/monitor-view.ts';
import {
  cutGroups,
  foldGroups,
  groupResources,
  groupTitles,
  MAX_ROWS,
  type ResourceGroup,
  worstFirst,
} from './groups.ts';
import { matchesText, type PageQuery } from './page-query.ts';

export interface PageRows {
  readonly groups: readonly ResourceGroup[];
  /** Of the whole query. */
  readonly matches: number;
  /** The same without its text. */
  readonly total: number;
  /** null: there is one page. `last` is its number, `from` and `to` count rows from 1. */
  readonly pages: { readonly page: number; readonly last: number; readonly from: number; readonly to: number } | null;
}

/** More groups are a list: each with a row or two would tell nothing. */
const MAX_GROUPS = 100;

export function pageRows(all: readonly ResourceView[], query: PageQuery): PageRows {
  const { text, state, group, only } = query;
  const titleOf = groupTitles(all);
  const inScope = all.filter((one) => (state ?? one.state) === one.state && (group ?? titleOf(one)) === titleOf(one));
  const wanted = only === null ? null : new Set(only);
  const matching = inScope.filter((one) => matchesText(one, text) && (wanted === null || wanted.has(one.id)));
  const counts = { matches: matching.length, total: inScope.length };
  const groups = groupResources(matching, titleOf);
  const isList = text !== '' || state !== null || group !== null || groups.length > MAX_GROUPS;
  if (matching.length <= MAX_ROWS) {
    return { ...counts, groups: isList ? open(groups) : foldGroups(groups), pages: null };
  }
  if (!isList) return { ...counts, groups: foldGroups(cutGroups(groups)), pages: null };
  const last = Math.ceil(matching.length / MAX_ROWS);
  const page = Math.min(query.page, last);
  const from = (page - 1) * MAX_ROWS;
  const rows = worstFirst(matching).slice(from, from + MAX_ROWS);
  const members = new Map(groups.map((one) => [one.title, one.members]));
  const shown = groupResources(rows, titleOf).map((one) => ({ ...one, members: members.get(one.title) ?? one.rows }));
  return { ...counts, groups: open(shown), pages: { page, last, from: from + 1, to: from + rows.length } };
}

const open = (groups: readonly Omit<ResourceGroup, 'isOpen'>[]): readonly ResourceGroup[] =>
  groups.map((group) => ({ ...group, isOpen: true }));
