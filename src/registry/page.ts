// Tells a web page from a registry's answer: login pages, firewalls and proxies answer in a registry's place.

import { cleanText } from '../core/text.ts';

const HTML = /^(?:<\?xml[^>]*>\s*|<!--(?:(?!-->)[\s\S])*-->\s*)*<(?:!doctype html|html|head|body)\b/i;
const TITLES = [/<title[^>]*>([^<]{1,200})/i, /<h1[^>]*>([^<]{1,200})/i];

/** `a web page`, with its title where it has one: `a web page ("Sign in")`; undefined when it is none. */
export function describePage(body: Uint8Array, mediaType: string | undefined): string | undefined {
  const text = Buffer.from(body.subarray(0, 16 * 1024))
    .toString()
    .trimStart();
  // Quay answers `true` as text/html, some proxies JSON.
  const isCalledPage = mediaType === 'text/html' && text !== '' && !/^[[{]|^true$/.test(text);
  if (!isCalledPage && !HTML.test(text)) return undefined;
  const title = TITLES.map((pattern) => cleanText(pattern.exec(text)?.[1] ?? '', 80)).find((words) => words !== '');
  return title === undefined ? 'a web page' : `a web page ("${title.replaceAll('"', "'")}")`;
}
