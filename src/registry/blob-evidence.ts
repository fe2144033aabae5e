// What a response proves about a blob. The status and headers are proof only if they give the size of the blob (RFC
// 9110 sections 8.6, 14.4 and 15.5.17); otherwise the beginning of the bytes is read.

import { type Digest, digestOf } from '../core/digest.ts';
import type { HttpHeaders } from '../http/headers.ts';
import { isGzip } from '../http/response.ts';
import type { HttpResponse } from '../http/send.ts';
import { fitsMediaType } from './blob-format.ts';
import type { Descriptor } from './manifest-schema.ts';
import { describePage } from './web-page.ts';

export type BlobEvidence =
  /** `sizeKnown`: false if nothing says how large the blob is. */
  | { readonly kind: 'present'; readonly sizeKnown: boolean }
  /** `orMore`: the rest was not read. */
  | { readonly kind: 'other-size'; readonly size: number; readonly orMore?: true }
  /** The bytes of the blob are labeled `Content-Encoding: gzip`: clients decode that, and get other bytes. */
  | { readonly kind: 'coded' }
  | { readonly kind: 'other-digest'; readonly digest: Digest }
  /** It does not begin like such a blob, and nothing says how large it is. */
  | { readonly kind: 'other-content' };

const PRESENT: BlobEvidence = { kind: 'present', sizeKnown: true };

/** From the headers of a 200, or of the response to `Range: bytes=0-0`; undefined if only the bytes can tell. */
export function readBlobHead(response: HttpResponse, { size }: Descriptor): BlobEvidence | undefined {
  const { status, headers } = response;
  if (headers.mediaType() === 'text/html') return undefined;
  // An empty blob has no first byte.
  if (status === 416 && size === 0 && headers.get('content-range') === undefined) return PRESENT;
  const actual = sizeIn(response);
  if (actual === undefined) return undefined;
  // The length of coded bytes is not that of the blob.
  if (isCoded(headers)) return actual === size && size > 0 ? { kind: 'coded' } : undefined;
  if (actual === size) return PRESENT;
  return status === 200 && mayBeMessage(headers, actual) ? undefined : { kind: 'other-size', size: actual };
}

/** An error message instead of the blob: its bytes tell. */
const mayBeMessage = (headers: HttpHeaders, length: number): boolean =>
  length <= MAX_MESSAGE_BYTES || MESSAGE_TYPE.test(headers.mediaType() ?? '');

const MAX_MESSAGE_BYTES = 16 * 1024;
const MESSAGE_TYPE = /^(?:application\/(?:[\w.-]+\+)?json|text\/.*)$/;

/** Bytes of the whole blob, if the response fits the request. */
function sizeIn({ status, headers }: HttpResponse): number | undefined {
  const length = lengthIn(headers);
  const range = headers.get('content-range') ?? '';
  if (status === 200) return number(length);
  if (status === 416) return number(/^bytes \*\/(\d+)$/i.exec(range)?.[1]);
  // Any other part than the requested byte proves nothing.
  if (status !== 206 || (length !== undefined && length !== '1')) return undefined;
  return number(/^bytes 0-0\/(\d+)$/i.exec(range)?.[1]);
}

/** Contradictory fields say nothing about the blob, whatever a client makes of them (RFC 9112 section 6.3). */
function lengthIn(headers: HttpHeaders): string | undefined {
  const [length, ...others] = headers.all('content-length');
  return headers.get('transfer-encoding') === undefined && others.every((other) => other === length)
    ? length
    : undefined;
}

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** From a 200 whose body was read from its beginning, up to a cap. */
export function readBlobBody(response: HttpResponse, descriptor: Descriptor): BlobEvidence {
  const { body, truncated, headers, quote } = response;
  const { size, digest, mediaType } = descriptor;
  if (!truncated) {
    const actual = digestOf(body, digest);
    if (actual === digest && body.length === size) return PRESENT;
    return body.length === size ? { kind: 'other-digest', digest: actual } : { kind: 'other-size', size: body.length };
  }
  const wasCoded = isCoded(headers);
  const fits = fitsMediaType(body, mediaType, wasCoded);
  if (fits !== true && describePage(body, headers.mediaType(), quote) !== undefined) return { kind: 'other-content' };
  const length = wasCoded ? undefined : number(lengthIn(headers));
  if (length !== undefined && length !== size) return { kind: 'other-size', size: length };
  if (body.length >= size) return { kind: 'other-size', size: body.length, orMore: true };
  if (wasCoded && fits === false) return { kind: 'coded' };
  if (length === undefined && fits === false) return { kind: 'other-content' };
  return { kind: 'present', sizeKnown: length !== undefined };
}

/** Clients decode gzip only, and take the bytes of any other coding as they are. */
const isCoded = (headers: HttpHeaders): boolean => isGzip(headers.get('content-encoding'));
