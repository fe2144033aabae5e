// How text from a server may be shown: without our secrets, then cleaned.

import { once } from '../core/once.ts';
import { cleanText } from '../core/text.ts';
import type { KnownSecrets } from './known-secrets.ts';
import type { HttpRequest, Quote } from './send.ts';

/** For text in the response to a request: what the request itself contains in the clear is not a secret. */
export function quoteFor(request: HttpRequest, secrets: KnownSecrets): Quote {
  // Most responses are never quoted.
  const known = once(() => openlySent(request));
  // Secrets are hidden first: after cleaning they might not be found.
  return (text, maxLength, beside) => {
    const shown = cleanText(secrets.hide(text, known(), beside), maxLength);
    return saysSomething(shown) ? shown : '';
  };
}

/** More than blanks and punctuation, which would leave a gap in a sentence; `***` is a secret. */
const saysSomething = (text: string): boolean => /[a-z\d]/i.test(text) || /[^\s\p{P}]|\*{3}/u.test(text);

/** The host and the names in the path, as requested. */
function openlySent({ url, redirectedFrom = url, purpose }: HttpRequest): string[] {
  const [, repository, name] = /^\/v2\/(.+)\/(?:manifests|blobs)\/([^/]+)$/.exec(redirectedFrom.pathname) ?? [];
  // A registry wrote the address of a token service, the scope of a token and the address of a foreign layer.
  if (repository === undefined || name === undefined || purpose === 'token') return [];
  return [redirectedFrom.host, repository, name];
}

/** Whether a server wrote the address: a redirect, a token service, the address of a foreign layer. */
export const isServersAddress = ({ namedBy, redirectedFrom, purpose }: HttpRequest): boolean =>
  namedBy !== undefined || redirectedFrom !== undefined || purpose === 'token';

export const shownHost = (request: HttpRequest, quote: Quote): string =>
  (isServersAddress(request) && quote(request.url.host)) || request.url.host;
