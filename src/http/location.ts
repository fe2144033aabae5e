// Reads a Location field as Go's net/url does. Node's URL follows browsers, which accept addresses at which every pull
// fails. https://pkg.go.dev/net/url#Parse

import { isIPv4 } from 'node:net';

/** RFC 3986 appendix B. */
const PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const CONTROL = /[\0-\x1f\x7f]/;
const SCHEME = /^https?$/i;
const AUTHORITY = /^(?:([\w\-.:~!$&'()*+,;=%@]*)@)?(\[[\da-f:.]+\]|[\w\-.~!$&'()*+,;=\x80-\uffff]+)(?::\d*)?$/i;

/** undefined if Go cannot parse it, or does not find an http host in it. */
export function parseLocation(location: string, base: URL): URL | undefined {
  const [, scheme, authority, path = '', query = '', fragment = ''] = PARTS.exec(location) ?? [];
  if (location === '' || CONTROL.test(location) || path.startsWith(':')) return undefined;
  // Before an absolute path, `//` without a host counts as a part of the path, unless there is a scheme.
  const hasHost = scheme !== undefined || (authority !== undefined && authority !== '');
  const [, userinfo = '', host] = AUTHORITY.exec(authority ?? '') ?? [];
  if ((scheme !== undefined && !SCHEME.test(scheme)) || (hasHost && host === undefined)) return undefined;
  // A space in the query would end the request line.
  if (![userinfo, path, fragment].every(isEscaped) || query.includes(' ')) return undefined;
  // To a browser, a backslash is a slash.
  const target = resolve(
    location.replace(path, () => path.replaceAll('\\', '%5C')),
    base,
    hasHost,
  );
  // `URL` accepts `http://./`. Addresses like `127.1` and `0x7f.1` are names to Go.
  if (target === undefined || !/^\[|[a-z0-9]/.test(target.hostname)) return undefined;
  if (hasHost && isIPv4(target.hostname) && target.hostname !== host) return undefined;
  target.username = '';
  target.password = '';
  target.hash = '';
  return target;
}

function resolve(text: string, base: URL, hasHost: boolean): URL | undefined {
  const reference = !hasHost && text.startsWith('//') ? `/.${text}` : text;
  return URL.canParse(reference, base.href) ? new URL(reference, base) : undefined;
}

/** Whether every `%` begins an escape. */
const isEscaped = (text: string): boolean => !/%(?![\da-f]{2})/i.test(text);
