// The URL of a request, for display.
//
// The URL of a requested image is shown unchanged: host, names and digests come from the user. An address that a
// server wrote (a redirect, a realm, a foreign layer) may contain a token anywhere, so only what cannot be one is shown.

import { isServersAddress } from './quote.ts';
import type { HttpRequest } from './send.ts';

/** Query parameters of a token request that contain no secret: distribution token specification, RFC 6749. */
const PUBLIC_TOKEN_PARAMETERS = new Set(['scope', 'service', 'client_id', 'grant_type', 'offline_token', 'account']);
/** A path segment, or a query without a name, may be a token. */
const MAX_SHOWN_SEGMENT = 40;
/** `;name=value` in a path, RFC 3986 section 3.3. */
const PATH_PARAMETER = /;([^;=]*)=[^;]*/g;

/** Without user info and fragment. `hide` masks our secrets in what a server wrote. */
export function shownUrl(request: HttpRequest, hide: (text: string) => string): string {
  const { url, redirectedFrom } = request;
  if (!isServersAddress(request)) return `${url.origin}${url.pathname}${url.search}`;
  const requested = new Set(redirectedFrom?.pathname.split('/'));
  const path = hide(url.pathname)
    .split('/')
    .map((segment) => (requested.has(segment) ? segment : shownSegment(segment)))
    .join('/');
  const isTokenRequest = request.purpose === 'token' && redirectedFrom === undefined;
  const query = [...url.searchParams].map(([name, value]) => {
    if (isTokenRequest && PUBLIC_TOKEN_PARAMETERS.has(name.toLowerCase())) {
      return `${encodeURIComponent(name)}=${encodeScope(hide(value))}`;
    }
    return /^=*$/.test(value) || name.length > MAX_SHOWN_SEGMENT ? '***' : `${encodeURIComponent(hide(name))}=***`;
  });
  // A secret may begin before the first slash, which separates the path from the host.
  return `${url.protocol}//${hide(url.host)}${path.startsWith('/') ? '' : '/'}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

const DIGEST = /^sha(?:256|384|512)(?::|%3A)[0-9a-f]+$/i;

/** A URL of a header, as `shownUrl` shows a server's address: `text` is absolute or begins with its path. */
export function shownAddress(text: string): string {
  const [address = ''] = text.split(/[?#]/, 1);
  const [origin = ''] = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/]*/i.exec(address) ?? [];
  const path = address.slice(origin.length).split('/').map(shownSegment).join('/');
  return origin.replace(/\/\/.*@/, '//') + path + (address.length < text.length ? '?***' : '');
}

function shownSegment(segment: string): string {
  const plain = segment.replace(PATH_PARAMETER, ';$1=***');
  return plain.length <= MAX_SHOWN_SEGMENT || DIGEST.test(plain) ? plain : '***';
}

/** Keeps `repository:library/nginx:pull` and `***` readable. */
const encodeScope = (value: string): string => encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2F/g, '/');
