// The location of a mirror in a config file: [ "http://" / "https://" ] host [ ":" port ] [ "/" path ].

import type { Mirror } from '../check/mirror.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { parseReference } from '../core/reference.ts';
import { cleanText } from '../core/text.ts';

/** Without trailing slashes. */
export function withoutSlashes(text: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === '/') end -= 1;
  return text.slice(0, end);
}

/** The error is a sentence. */
export function parseMirrorLocation(text: string): Outcome<Pick<Mirror, 'location' | 'plainHttp'>, string> {
  if (text.includes('@')) {
    const shown = cleanText(withoutQuery(text.slice(text.lastIndexOf('@') + 1)), 80);
    return failure(`the mirror "${shown}" must not contain credentials; use docker login instead.`);
  }
  const [, scheme] = /^(https?):\/\//.exec(text) ?? [];
  const rest = scheme === undefined ? text : text.slice(`${scheme}://`.length);
  const [host = '', ...path] = withoutSlashes(rest).split('/');
  // Without dot or port, a reference would take it for a repository of Docker Hub.
  const isSingleLabel = !/[.:]/.test(host) && host !== 'localhost';
  const registry = isSingleLabel ? `${host}:${scheme === 'http' ? 80 : 443}` : host;
  const location = [registry, ...path].join('/');
  const parsed = parseReference(`${location}/some/image`);
  if (host === '' || !parsed.ok || !parsed.value.repository.endsWith('some/image')) {
    return failure(`"${cleanText(withoutQuery(text), 80)}" is not a mirror; use host[:port][/path].`);
  }
  return success({ location, ...(scheme !== undefined && { plainHttp: scheme === 'http' }) });
}

/** The query may contain a token. */
const withoutQuery = (text: string): string => text.replace(/\?.+$/s, '?***');
