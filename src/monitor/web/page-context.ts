// What every part of a page needs: where links go, and how times are shown.

import { html } from 'hono/html';
import { cleanText } from '../../core/text.ts';
import type { ResourceView, WindowName } from '../view/monitor-view.ts';
import type { Html } from './glyph.ts';
import { type PageQuery, queryString } from './page-query.ts';
import type { Times } from './times.ts';

export interface PageContext {
  /** '' or `/path`: where a proxy serves the monitor. */
  readonly basePath: string;
  readonly isDemo: boolean;
  readonly version: string;
  readonly query: PageQuery;
  readonly times: Times;
}

const MAX_NAME = 120;
const MAX_TEXT = 2000;

export const showName = (name: string): string => cleanText(name, MAX_NAME) || '(no name)';
export const showTarget = (target: string): string => cleanText(target, 400);
export const showText = (text: string): string => cleanText(text, MAX_TEXT);

/** What a message or a hint has in backticks is a command: `docker login ghcr.io`. */
export function quoteCode(text: string): Html {
  const parts = showText(text).split('`');
  if (parts.length % 2 === 0) return html`${parts.join('`')}`;
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}

export const overviewPath = ({ basePath }: PageContext, query: Partial<PageQuery> = {}): string =>
  `${basePath}/${queryString(query)}`;

export function resourcePath({ basePath }: PageContext, { id }: Pick<ResourceView, 'id'>, window: WindowName): string {
  return `${basePath}/resources/${encodeURIComponent(id)}${queryString({ window })}`;
}
