// Whether a response to a client without credentials may withhold what others get: some registries require a login at
// `/v2/` only, and answer everything else with an error, with the page of a login form, or with JSON of its own.

import { digestOf, isDigest } from '../core/digest.ts';
import type { HttpRequest, HttpResponse } from '../http/send.ts';
import { readManifest } from './manifest.ts';
import { limitMet } from './rate-limit.ts';
import { describePage } from './web-page.ts';

/** Of a proxy or of the network: RFC 9110 section 15.5.8, RFC 6585 section 6. */
const NOT_OF_REGISTRY = new Set([407, 511]);

export function isWithheld({ method, purpose, url, maxBytes }: HttpRequest, response: HttpResponse): boolean {
  const { status, body, headers, quote } = response;
  if (status >= 400) return !NOT_OF_REGISTRY.has(status) && limitMet(response) === undefined;
  if (status !== 200) return false;
  if (describePage(body, headers.mediaType(), quote) !== undefined) return true;
  const isManifest = purpose === 'manifest' || purpose === 'child-manifest';
  if (!isManifest) return method === 'GET' && maxBytes > 0 && isOtherBlob(url, response);
  if (method === 'HEAD') return NOT_OF_MANIFEST.has(headers.mediaType() ?? '');
  return !looksLikeManifest(body) && isNoManifest(response);
}

/** Too short to be cut, and not the blob of that digest: an error message, in whatever format. */
function isOtherBlob({ pathname }: URL, { body, truncated }: HttpResponse): boolean {
  const digest = pathname.split('/').at(-1);
  return !truncated && isDigest(digest) && digestOf(body, digest) !== digest;
}

const NOT_OF_MANIFEST = new Set(['text/html', 'application/json', 'application/problem+json']);

/** Nearly every manifest does: it is read only once. */
function looksLikeManifest(body: Uint8Array): boolean {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  return /"schemaVersion"\s*:\s*[12]\b/.test(text) && /"(?:config|manifests|fsLayers)"\s*:\s*[[{]/.test(text);
}

/** Also where it is one, but damaged: another client may get another. */
function isNoManifest({ body, headers, truncated, quote }: HttpResponse): boolean {
  const read = readManifest({ bytes: body, truncated, contentType: headers.get('content-type'), quote });
  return !read.ok && (read.error.kind === 'no-manifest' || read.error.kind === 'corrupt');
}
