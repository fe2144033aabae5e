// What a reader chose in the address of a page: window, filter, and the rows that the script wants to renew.

import {
  RESOURCE_STATES,
  type ResourceState,
  type ResourceView,
  WINDOW_NAMES,
  type WindowName,
} from '../view/monitor-view.ts';

export interface PageQuery {
  readonly window: WindowName;
  /** Part of a name, target or group; '' for all. */
  readonly text: string;
  readonly state: ResourceState | null;
  /** The title of the only group; null for all. */
  readonly group: string | null;
  /** From 1, where not all rows fit on a page. */
  readonly page: number;
  /** Only the rows of these ids; null for all. */
  readonly only: readonly string[] | null;
}

const MAX_TEXT = 200;

/** A value that does not exist is the default: a page is for people. */
export function parsePageQuery(parameters: URLSearchParams): PageQuery {
  const window = WINDOW_NAMES.find((name) => name === parameters.get('window')) ?? '24h';
  const state = RESOURCE_STATES.find((name) => name === parameters.get('state')) ?? null;
  const only = parameters.get('only');
  const page = parameters.get('page') ?? '';
  return {
    ...{ window, state, text: (parameters.get('q') ?? '').trim().slice(0, MAX_TEXT) },
    group: parameters.get('group'),
    page: /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
    only: only === null ? null : only.split(',').slice(0, 1000),
  };
}

/** `?window=7d&q=ghcr`, without what is the default; '' if everything is. */
export function queryString({ window, text, state, group, page }: Partial<PageQuery>): string {
  const parameters = new URLSearchParams();
  if (window !== undefined && window !== '24h') parameters.set('window', window);
  if (text !== undefined && text !== '') parameters.set('q', text);
  if (state !== undefined && state !== null) parameters.set('state', state);
  if (group !== undefined && group !== null) parameters.set('group', group);
  if (page !== undefined && page > 1) parameters.set('page', String(page));
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** The script of the page filters in the same way. */
export function matchesText({ name, target, group }: ResourceView, text: string): boolean {
  return `${name}\n${target}\n${group ?? ''}`.toLowerCase().includes(text.toLowerCase());
}
