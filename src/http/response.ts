// Makes a response of an answer: how much of its body is read depends on what was asked and what came.

import type { Readable } from 'node:stream';
import { abandon, type Body, readBody, UndecodableError } from './body.ts';
import type { Answer } from './exchange.ts';
import { HttpHeaders } from './headers.ts';
import { quoteFor, shownHost } from './quote.ts';
import type { Secrets } from './secrets.ts';
import type { HttpRequest, HttpResponse } from './send.ts';

/** Errors are read only to be quoted. A body up to here is cheaper to read than its connection is to open again. */
const MAX_ERROR_BYTES = 16 * 1024;

const UNREAD: Body = { bytes: new Uint8Array(), truncated: true };

/** Rejects as `readBody` does. */
export async function readResponse(request: HttpRequest, answer: Answer, secrets: Secrets): Promise<HttpResponse> {
  const { statusCode: status } = answer;
  const headers = new HttpHeaders(answer.headers);
  const { bytes: body, truncated } = await readWanted(request, status, headers, answer.body);
  const { url } = request;
  const quote = quoteFor(request, secrets);
  return { status, headers, body, truncated, url, host: shownHost(request, quote), quote, crossedOrigin: false };
}

async function readWanted(
  { method, maxBytes }: HttpRequest,
  status: number,
  headers: HttpHeaders,
  stream: Readable,
): Promise<Body> {
  const coding = headers.get('content-encoding');
  if (status < 200 || status > 299) {
    return readBody(stream, coding, MAX_ERROR_BYTES).catch((error) => {
      // The status is the answer; only the words that came with it are lost.
      if (error instanceof UndecodableError) return UNREAD;
      throw error;
    });
  }
  if (maxBytes > 0 || method === 'HEAD') return readBody(stream, coding, maxBytes);
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (length <= MAX_ERROR_BYTES) await readBody(stream, undefined, MAX_ERROR_BYTES);
  else abandon(stream);
  return UNREAD;
}
