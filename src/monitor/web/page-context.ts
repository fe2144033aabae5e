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
/** Of a row: three lines of a phone. */
const MAX_ROW_NAME = 72;

export const showName = (name: string): string => cleanText(name, MAX_NAME) || '(no name)';
export const showTarget = (target: string): string => cleanText(target, 400);
export const showText = (text: string): string => cleanText(text, MAX_TEXT);

/** Whether a row shows a part of the name only. */
export const isLongName = (name: string): boolean => showText(name).length > MAX_ROW_NAME;

/**
 * A name that may take several lines: it breaks after a slash, and never within its tag. One that is longer is cut in the
 * middle, because the end is what differs.
 */
export function nameParts(name: string, maxLength = MAX_ROW_NAME): Html {
  const text = showText(name) || showName(name);
  const kept = text.length > maxLength ? `${text.slice(0, maxLength * 0.4)}…${text.slice(-maxLength * 0.6)}` : text;
  const [start, end] = splitTag(kept);
  const parts = start.split('/').map((part, index) => (index === 0 ? html`${part}` : html`/<wbr>${part}`));
  return html`${parts}${end === '' ? '' : html`<span class="end">${end}</span>`}`;
}

/** A target on one line: what does not fit is cut before its tag. */
export function targetParts(target: string): Html {
  const [start, end] = splitTag(showTarget(target));
  return html`<span class="start">${start}</span>${end === '' ? '' : html`<span class="end">${end}</span>`}`;
}

/** `ghcr.io/org/app` and `:1.2`; a digest, a port and the path of a URL are no tag. */
function splitTag(text: string): readonly [start: string, end: string] {
  const [, start = text, end = ''] = /^([^@]*\/[^/@:]*)(:[^/@:]+)$/.exec(text) ?? [];
  return /^https?:\/\/[^/]*$/.test(text) ? [text, ''] : [start, end];
}

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
