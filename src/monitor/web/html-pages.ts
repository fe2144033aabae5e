// The HTML pages of a monitor, and the files that they load.

import { cleanText } from '../../core/text.ts';
import type { MonitorView } from '../view/monitor-view.ts';
import { assets } from './assets.ts';
import { createBarCache } from './bar-cache.ts';
import { renderError } from './error-page.ts';
import type { Html } from './glyph.ts';
import { renderOverview } from './overview-page.ts';
import type { PageContext } from './page-context.ts';
import { parsePageQuery } from './page-query.ts';
import type { PageReply, PageRequest, Pages } from './pages.ts';
import { renderResourcePage } from './resource-page.ts';
import { createTimes } from './times.ts';

export interface PageOptions {
  /** The history is made up: the pages say so. */
  readonly isDemo?: boolean;
}

export function createPages(view: MonitorView, { isDemo = false }: PageOptions = {}): Pages {
  const bars = createBarCache(view);
  const contextOf = ({ base, query }: PageRequest): PageContext => ({
    ...{ basePath: base, isDemo, version: view.summary().version, query: parsePageQuery(query) },
    times: createTimes(view.timeZone, view.now()),
  });
  return {
    dashboard: async (request) => reply(await renderOverview(view, bars, contextOf(request))),
    resource: async (id, request) => {
      const page = await renderResourcePage(view, id, contextOf(request));
      return page === null ? null : reply(await page);
    },
    asset: (name) => {
      const asset = assets().get(name);
      if (asset === undefined) return null;
      // Its address changes with its content.
      const headers = { 'Cache-Control': 'private, max-age=31536000, immutable' };
      return { contentType: asset.type, body: asset.body, headers };
    },
    error: ({ status, title, detail }, request) => {
      const page = renderError(view, contextOf(request), { title: cleanText(title), detail: cleanText(detail, 600) });
      return { ...reply(page), status };
    },
  };
}

const reply = (page: Awaited<Html>): PageReply => ({ contentType: 'text/html; charset=utf-8', body: page.toString() });
