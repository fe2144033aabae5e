// How the words of a server may be shown: without our secrets, then cleaned.

import { cleanText } from '../core/text.ts';
import type { Secrets } from './secrets.ts';
import type { HttpRequest, Quote } from './send.ts';

/** For words that came in answer to a request: what the request itself says openly is no secret. */
export function quoteFor(request: HttpRequest, secrets: Secrets): Quote {
  const known = openlySent(request);
  // Hidden first: what cleaning has changed would not be found any more.
  return (text, maxLength) => cleanText(secrets.hide(text, known), maxLength);
}

/** The host and the names in the path, as we asked for them. */
function openlySent({ url, redirectedFrom = url, purpose }: HttpRequest): string[] {
  const [, repository, name] = /^\/v2\/(.+)\/(?:manifests|blobs)\/([^/]+)$/.exec(redirectedFrom.pathname) ?? [];
  // The address of a token service or of a foreign layer is the registry's word, and so is the scope of a token.
  if (repository === undefined || name === undefined || purpose === 'token') return [];
  return [redirectedFrom.host, repository, name];
}

/** Whether a server wrote the address: a redirect, a token service, the address of a foreign layer. */
export const isServersAddress = ({ namedBy, redirectedFrom, purpose }: HttpRequest): boolean =>
  namedBy !== undefined || redirectedFrom !== undefined || purpose === 'token';

export const shownHost = (request: HttpRequest, quote: Quote): string =>
  isServersAddress(request) ? quote(request.url.host) : request.url.host;
