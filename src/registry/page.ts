// Tells a web page from a registry's answer: login pages, firewalls and proxies answer in a registry's place.

import type { HttpResponse, Quote } from '../http/send.ts';

const HTML = /^(?:<\?xml[^>]*>\s*|<!--(?:(?!-->)[\s\S])*-->\s*)*<(?:!doctype html|html|head|body)\b/i;
const TITLES = [/<title[^>]{0,200}>([^<]+)/i, /<h1[^>]{0,200}>([^<]+)/i];

export const isPage = (response: HttpResponse): boolean => pageIn(response) !== undefined;

/** As `describePage`, of a whole response. */
export const pageIn = ({ body, headers, quote }: HttpResponse): string | undefined =>
  describePage(body, headers.mediaType(), quote);

/** `a web page`, with its title where it has one: `a web page ("Sign in")`; undefined when it is none. */
export function describePage(body: Uint8Array, mediaType: string | undefined, quote: Quote): string | undefined {
  const text = Buffer.from(body.subarray(0, 16 * 1024))
    .toString()
    .trimStart();
  // Quay answers `true` as text/html, some proxies JSON.
  const isCalledPage = mediaType === 'text/html' && text !== '' && !/^[[{]|^true$/.test(text);
  if (!isCalledPage && !HTML.test(text)) return undefined;
  const title = TITLES.map((pattern) => quote(pattern.exec(text)?.[1] ?? '', 80)).find((words) => words !== '');
  return title === undefined ? 'a web page' : `a web page ("${title.replaceAll('"', "'")}")`;
}
