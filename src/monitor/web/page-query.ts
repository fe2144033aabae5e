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
  /** Only the rows of these ids; null for all. */
  readonly only: readonly string[] | null;
}

const MAX_TEXT = 200;

/** A value that does not exist is the default: a page is for people. */
export function parsePageQuery(parameters: URLSearchParams): PageQuery {
  const window = WINDOW_NAMES.find((name) => name === parameters.get('window')) ?? '24h';
  const state = RESOURCE_STATES.find((name) => name === parameters.get('state')) ?? null;
  const only = parameters.get('only');
  return {
    ...{ window, state, text: (parameters.get('q') ?? '').trim().slice(0, MAX_TEXT) },
    only: only === null ? null : only.split(',').slice(0, 1000),
  };
}

/** `?window=7d&q=ghcr`, without what is the default; '' if everything is. */
export function queryString({ window, text, state }: Partial<PageQuery>): string {
  const parameters = new URLSearchParams();
  if (window !== undefined && window !== '24h') parameters.set('window', window);
  if (text !== undefined && text !== '') parameters.set('q', text);
  if (state !== undefined && state !== null) parameters.set('state', state);
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** The script of the page filters in the same way. */
export function matches({ name, target, group, state }: ResourceView, query: PageQuery): boolean {
  if (query.state !== null && query.state !== state) return false;
  return `${name}\n${target}\n${group ?? ''}`.toLowerCase().includes(query.text.toLowerCase());
}
