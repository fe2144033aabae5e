// Reads a response: never more of its body than allowed, before and after decoding, whatever the server sends.

import { finished, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UndecodableError } from './failure.ts';
import { HttpHeaders } from './headers.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { quoteFor, shownHost } from './quote.ts';
import type { HttpRequest, HttpResponse } from './send.ts';
import type { WireResponse } from './wire.ts';

export interface Body {
  /** Decoded. */
  readonly bytes: Uint8Array;
  /** There was more; the rest was not read. */
  readonly truncated: boolean;
}

/** Success with content (RFC 9110 section 15.3). Clients differ in what they accept beyond 200. */
export const hasContent = ({ status }: { readonly status: number }): boolean =>
  status >= 200 && status < 300 && status !== 204 && status !== 205;

/** Errors are read only to be quoted. Reading a body of this size is cheaper than opening a new connection. */
const MAX_ERROR_BYTES = 16 * 1024;

const UNREAD: Body = { bytes: new Uint8Array(), truncated: true };

/** Rejects as `readBody` does. */
export async function readResponse(
  request: HttpRequest,
  response: WireResponse,
  secrets: KnownSecrets,
): Promise<HttpResponse> {
  const { statusCode: status } = response;
  const headers = new HttpHeaders(response.headers);
  const { url } = request;
  const quote = quoteFor(request, secrets);
  const { bytes: body, truncated } = await readAsRequested(request, status, headers, response.body);
  return { status, headers, body, truncated, url, host: shownHost(request, quote), quote, crossedOrigin: false };
}

async function readAsRequested(
  { method, maxBytes }: HttpRequest,
  status: number,
  headers: HttpHeaders,
  stream: Readable,
): Promise<Body> {
  const encoding = headers.get('content-encoding');
  if (status < 200 || status > 299) {
    return readBody(stream, encoding, MAX_ERROR_BYTES).catch((error) => {
      // The status alone is a valid response; only the error message is lost.
      if (error instanceof UndecodableError) return UNREAD;
      throw error;
    });
  }
  if (maxBytes > 0 || method === 'HEAD') return readBody(stream, encoding, maxBytes);
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (length <= MAX_ERROR_BYTES) await readBody(stream, undefined, MAX_ERROR_BYTES);
  else discard(stream);
  return UNREAD;
}

/**
 * RFC 9110 section 8.4.1, as Go clients read it: only gzip is decoded, spelled exactly so in any case. A body in any
 * other coding, or in several, counts as it is. The digest decides whether these are the right bytes.
 */
export const isGzip = (contentEncoding: string | undefined): boolean => contentEncoding?.toLowerCase() === 'gzip';

/** Rejects with the stream's error if the body is cut short, with an UndecodableError if it is not gzip. */
export async function readBody(body: Readable, contentEncoding: string | undefined, maxBytes: number): Promise<Body> {
  try {
    if (!isGzip(contentEncoding)) return await collect(body, maxBytes);
    try {
      return await collect(
        pipeline(body, createGunzip(), () => {}),
        maxBytes,
      );
    } catch (error) {
      if (body.errored) throw body.errored;
      // A response without a body keeps the Content-Encoding that its body would have had.
      if (!body.readableDidRead) return { bytes: new Uint8Array(), truncated: false };
      throw new UndecodableError('its Content-Encoding is gzip, but its body is not gzip', { cause: error });
    }
  } finally {
    discard(body);
  }
}

/** Settles as the stream does, or when there is more than `maxBytes`. */
function collect(source: Readable, maxBytes: number): Promise<Body> {
  return new Promise((resolve, reject) => {
    // Not a list of chunks: a chunk of one byte would take a hundred times its size. Most bodies come in one.
    let buffer: Uint8Array | undefined;
    let length = 0;
    const add = (piece: Uint8Array): void => {
      const needed = length + piece.length;
      if (buffer !== undefined) {
        if (needed > buffer.length) {
          const larger = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(2 * buffer.length, needed)));
          larger.set(buffer.subarray(0, length));
          buffer = larger;
        }
        buffer.set(piece, length);
      }
      buffer ??= piece;
      length = needed;
    };
    const read = (): Uint8Array => buffer?.subarray(0, length) ?? new Uint8Array();
    source.on('data', (chunk: Uint8Array) => {
      const piece = chunk.subarray(0, maxBytes - length);
      if (piece.length > 0) add(piece);
      if (piece.length === chunk.length) return;
      source.pause();
      resolve({ bytes: read(), truncated: true });
    });
    finished(source, { writable: false }, (error) => {
      if (error) reject(error);
      else resolve({ bytes: read(), truncated: false });
    });
  });
}

/** Stops reading a body. If it has not ended, its connection is closed: whatever is still in transit is not read. */
export function discard(body: Readable): void {
  body.on('error', () => {});
  body.destroy();
}
