// The page of an error: no such resource, no such path, a filter that cannot be read.

import { html } from 'hono/html';
import type { MonitorView } from '../view/monitor-view.ts';
import type { Html } from './glyph.ts';
import { renderLayout } from './layout.ts';
import { overviewPath, type PageContext } from './page-context.ts';

export function renderError(
  view: MonitorView,
  context: PageContext,
  { title, detail }: { readonly title: string; readonly detail: string },
): Awaited<Html> {
  const main = html`<div id="headline"><h1 tabindex="-1">${title}</h1><p class="detail">${detail}</p></div><p class="back"><a href="${overviewPath(context)}">← All resources</a></p>`;
  const page = renderLayout(view, context, {
    kind: 'error',
    title: `${title} · kairos-pull monitor`,
    look: 'none',
    main,
  });
  return page as Awaited<Html>;
}
