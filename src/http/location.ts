// Reads a Location field as Go's net/url does. Node's URL follows browsers, which accept addresses at which every pull
// fails. https://pkg.go.dev/net/url#Parse

import { isIPv4 } from 'node:net';
import { asBytes, asText, escapedPath, type RequestTarget, resolvePath } from './request-target.ts';

/** RFC 3986 appendix B. */
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const CONTROL = /[\0-\x1f\x7f]/;
const SCHEME = /^https?$/i;
const AUTHORITY = /^(?:([\w\-.:~!$&'()*+,;=%@]*)@)?(\[[\da-f:.]+\]|[\w\-.~!$&'()*+,;=\x80-\uffff]+)(?::\d*)?$/i;

export interface RedirectTarget {
  readonly url: URL;
  /** What is requested there; `url` may differ from it. */
  readonly target: RequestTarget;
}

/** undefined if Go cannot parse it, or does not find an http host in it. */
export function parseLocation(location: string, base: URL, baseTarget = targetOf(base)): RedirectTarget | undefined {
  const bytes = asBytes(location);
  const [, scheme, authority, path = '', query, fragment = ''] = PARTS.exec(bytes) ?? [];
  if (location === '' || CONTROL.test(bytes) || path.startsWith(':')) return undefined;
  // Before an absolute path, `//` without a host counts as a part of the path, unless there is a scheme.
  const hasHost = scheme !== undefined || (authority !== undefined && authority !== '');
  const [, userinfo = '', host] = AUTHORITY.exec(authority ?? '') ?? [];
  if ((scheme !== undefined && !SCHEME.test(scheme)) || (hasHost && host === undefined)) return undefined;
  // A space in the query would end the request line.
  if (![userinfo, path, fragment].every(isEscaped) || query?.includes(' ')) return undefined;
  // To a browser, a backslash is a slash.
  const escaped = bytes.replace(path, () => path.replaceAll('\\', '%5C'));
  const url = resolve(asText(escaped), base, hasHost);
  // `URL` accepts `http://./`. Addresses like `127.1` and `0x7f.1` are names to Go.
  if (url === undefined || !/^\[|[a-z0-9]/.test(url.hostname)) return undefined;
  if (hasHost && isIPv4(url.hostname) && url.hostname !== host) return undefined;
  url.username = '';
  url.password = '';
  url.hash = '';
  const [basePath = '', baseQuery] = split(baseTarget);
  const ownPath = escapedPath(hasHost || authority === undefined ? path : `//${path}`);
  const isSamePage = !hasHost && ownPath === '' && query === undefined;
  const sent = isSamePage ? baseQuery : query;
  const target = resolvePath(hasHost ? '' : basePath, ownPath) + (sent === undefined ? '' : `?${sent}`);
  return { url, target };
}

export const targetOf = ({ pathname, search }: URL): RequestTarget => `${pathname}${search}`;

function split(target: RequestTarget): readonly [path: string, query?: string] {
  const at = target.indexOf('?');
  return at < 0 ? [target] : [target.slice(0, at), target.slice(at + 1)];
}

function resolve(text: string, base: URL, hasHost: boolean): URL | undefined {
  const reference = !hasHost && text.startsWith('//') ? `/.${text}` : text;
  return URL.canParse(reference, base.href) ? new URL(reference, base) : undefined;
}

/** Whether every `%` begins an escape. */
const isEscaped = (text: string): boolean => !/%(?![\da-f]{2})/i.test(text);
