// What every part of a page needs: where links go, and how times are shown.

import { cleanText } from '../../core/text.ts';
import type { ResourceView, WindowName } from '../view/monitor-view.ts';
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

export const overviewPath = ({ basePath }: PageContext, query: Partial<PageQuery> = {}): string =>
  `${basePath}/${queryString(query)}`;

export function resourcePath({ basePath }: PageContext, { id }: Pick<ResourceView, 'id'>, window: WindowName): string {
  return `${basePath}/resources/${encodeURIComponent(id)}${queryString({ window })}`;
}
