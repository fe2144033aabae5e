// Where a mirror is, as a person or another program's file writes it: [ "http://" / "https://" ] host [ ":" port ] [ "/" path ].

import type { Mirror } from '../check/mirror.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { parseReference } from '../core/reference.ts';
import { cleanText } from '../core/text.ts';

/** Without those at its end. */
export function withoutSlashes(text: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === '/') end -= 1;
  return text.slice(0, end);
}

/** The error is a sentence. */
export function parseMirrorLocation(text: string): Outcome<Pick<Mirror, 'location' | 'plainHttp'>, string> {
  if (text.includes('@')) {
    const shown = cleanText(withoutQuery(text.slice(text.lastIndexOf('@') + 1)), 80);
    return failure(
      `a login stands before the mirror "${shown}"; leave it out, it is looked up as docker login stored it.`,
    );
  }
  const [, scheme] = /^(https?):\/\//.exec(text) ?? [];
  const rest = scheme === undefined ? text : text.slice(`${scheme}://`.length);
  const [host = '', ...path] = withoutSlashes(rest).split('/');
  // In a reference a lone word would be a folder of Docker Hub.
  const isLoneWord = !/[.:]/.test(host) && host !== 'localhost';
  const registry = isLoneWord ? `${host}:${scheme === 'http' ? 80 : 443}` : host;
  const location = [registry, ...path].join('/');
  const parsed = parseReference(`${location}/some/image`);
  if (host === '' || !parsed.ok || !parsed.value.repository.endsWith('some/image')) {
    return failure(
      `"${cleanText(withoutQuery(text), 80)}" is not a mirror; write host[:port], and its path if it has one.`,
    );
  }
  return success({ location, ...(scheme !== undefined && { plainHttp: scheme === 'http' }) });
}

/** What is asked for may be a token. */
const withoutQuery = (text: string): string => text.replace(/\?.+$/s, '?***');
