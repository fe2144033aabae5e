// Recognizes a web page: captive portals, firewalls and proxies answer with one instead of the registry.

import type { Quote } from '../http/send.ts';

const HTML = /^(?:<\?xml[^>]*>\s*|<!--(?:(?!-->)[\s\S])*-->\s*)*<(?:!doctype html|html|head|body)\b/i;
const TITLES = [/<title[^>]{0,200}>([^<]+)/i, /<h1[^>]{0,200}>([^<]+)/i];

/** `a web page ("Sign in")`, or `a web page` without a title; undefined if the body is something else. */
export function describePage(body: Uint8Array, mediaType: string | undefined, quote: Quote): string | undefined {
  const text = Buffer.from(body.subarray(0, 16 * 1024))
    .toString()
    .trimStart();
  // Some registries and proxies send JSON as text/html.
  const isLabeledPage = mediaType === 'text/html' && text !== '' && !/^[[{]|^true$/.test(text);
  if (!isLabeledPage && !HTML.test(text)) return undefined;
  const title = TITLES.map((pattern) => quote(pattern.exec(text)?.[1] ?? '', 80)).find((words) => words !== '');
  return title === undefined ? 'a web page' : `a web page ("${title.replaceAll('"', "'")}")`;
}
