// A failure as it may be shown.

import type { HttpFailure } from './failure.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { isServersAddress, quoteFor, shownHost } from './quote.ts';
import type { HttpRequest } from './send.ts';

/** A server that chose the address may have put anything into the host name. */
export function shownFailure(request: HttpRequest, error: HttpFailure, secrets: KnownSecrets): HttpFailure {
  if (!isServersAddress(request) && error.kind !== 'not-http') return error;
  const quote = quoteFor(request, secrets);
  return { ...error, host: shownHost(request, quote), detail: quote(error.detail) };
}
