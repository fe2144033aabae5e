// The URL of a request as a report may show it.
//
// What we asked for is shown as it is: host, names and digests come from the person. An address that a server wrote (a
// redirect, a realm, the address of a foreign layer) may hold a token anywhere, and only what cannot be one is shown.

import { isServersAddress } from './quote.ts';
import type { HttpRequest } from './send.ts';

/** Query parameters of a token request that say nothing secret: distribution token specification, RFC 6749. */
const OPEN_IN_TOKEN_REQUESTS = new Set(['scope', 'service', 'client_id', 'grant_type', 'offline_token', 'account']);
/** A token may stand in a path, or in a query without any name. */
const LONGEST_SEGMENT = 40;
/** `;name=value` in a path, RFC 3986 section 3.3. */
const PATH_PARAMETER = /;([^;=]*)=[^;]*/g;

/** Without user info and fragment. `hide` takes our secrets out of what a server wrote. */
export function shownUrl(request: HttpRequest, hide: (text: string) => string): string {
  const { url, redirectedFrom } = request;
  if (!isServersAddress(request)) return `${url.origin}${url.pathname}${url.search}`;
  const asked = new Set(redirectedFrom?.pathname.split('/'));
  const path = hide(url.pathname)
    .split('/')
    .map((segment) => (asked.has(segment) ? segment : shownSegment(segment)))
    .join('/');
  const isTokenRequest = request.purpose === 'token' && redirectedFrom === undefined;
  const query = [...url.searchParams].map(([name, value]) => {
    if (isTokenRequest && OPEN_IN_TOKEN_REQUESTS.has(name.toLowerCase())) {
      return `${encodeURIComponent(name)}=${encodeScope(hide(value))}`;
    }
    return /^=*$/.test(value) || name.length > LONGEST_SEGMENT ? '***' : `${encodeURIComponent(hide(name))}=***`;
  });
  return `${url.protocol}//${hide(url.host)}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

const DIGEST = /^sha(?:256|384|512)(?::|%3A)[0-9a-f]+$/i;

function shownSegment(segment: string): string {
  const plain = segment.replace(PATH_PARAMETER, ';$1=***');
  return plain.length <= LONGEST_SEGMENT || DIGEST.test(plain) ? plain : '***';
}

/** `repository:library/nginx:pull` stays readable, and so does what is hidden. */
const encodeScope = (value: string): string => encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2F/g, '/');
