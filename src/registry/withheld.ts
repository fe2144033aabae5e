// Whether a response to a client without credentials may withhold what others get: some registries require a login at
// `/v2/` only, and answer everything else with an error, or with the page of a login form.

import type { HttpRequest, HttpResponse } from '../http/send.ts';
import { limitMet } from './rate-limit.ts';
import { describePage } from './web-page.ts';

/** Of a proxy or of the network: RFC 9110 section 15.5.8, RFC 6585 section 6. */
const NOT_OF_REGISTRY = new Set([407, 511]);

export function isWithheld({ method, purpose }: HttpRequest, response: HttpResponse): boolean {
  const { status, body, headers, quote } = response;
  if (status >= 400) return !NOT_OF_REGISTRY.has(status) && limitMet(response) === undefined;
  if (status !== 200) return false;
  if (describePage(body, headers.mediaType(), quote) !== undefined) return true;
  const isManifest = purpose === 'manifest' || purpose === 'child-manifest';
  if (method === 'HEAD') return isManifest && headers.mediaType() === 'text/html';
  return isManifest && !/^\s*\{/.test(Buffer.from(body.subarray(0, 100)).toString());
}
