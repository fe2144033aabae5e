// Pages as a test asks for them, and what a reader finds in their HTML.

import type { MonitorView } from '../../src/monitor/view/monitor-view.ts';
import { createPages, type PageOptions } from '../../src/monitor/web/html-pages.ts';

/** `/?window=7d` or `/resources/{id}`; '' if there is no such page. */
export async function renderPage(view: MonitorView, path = '/', options: PageOptions = {}, base = ''): Promise<string> {
  const url = new URL(path, 'http://monitor.example');
  const pages = createPages(view, options);
  const request = { base, query: url.searchParams };
  const id = /^\/resources\/(.+)$/.exec(url.pathname)?.[1];
  const reply =
    id === undefined ? await pages.dashboard(request) : await pages.resource(decodeURIComponent(id), request);
  return reply === null ? '' : String(reply.body);
}

/** The text of a page, entities decoded, each run of spaces one. */
export function textOf(page: string): string {
  const main = page.replace(/^[\s\S]*?<body/, '<body').replace(/<svg class="sprite"[\s\S]*?<\/svg>/, '');
  return decode(main.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .replace(/ ([.,:;])/g, '$1')
    .trim();
}

/** The text of each element with that class, or of each tag of that name. */
export function textsOf(page: string, element: RegExp): string[] {
  return [...page.matchAll(element)].map(([, inner = '']) => textOf(`<body>${inner}`));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const decode = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
