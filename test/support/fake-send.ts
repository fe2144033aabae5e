// Stands in for the wire: answers as scripted, one after the other, and records every request.

import { failure, success } from '../../src/core/outcome.ts';
import { cleanText } from '../../src/core/text.ts';
import type { HttpFailure } from '../../src/http/failure.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import type { HttpRequest, Send } from '../../src/http/send.ts';

/** An HTTP answer (200 without headers and body unless told), or with `failure` none at all. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly failure?: Partial<HttpFailure>;
}

export interface FakeSend {
  readonly send: Send;
  readonly requests: readonly HttpRequest[];
}

/** A request beyond the script is a bug of the code under test, and throws. */
export function createFakeSend(...script: readonly ScriptedAnswer[]): FakeSend {
  const requests: HttpRequest[] = [];
  const send: Send = async (request) => {
    const answer = script[requests.length];
    requests.push(request);
    if (answer === undefined) throw new Error(`nothing is scripted for ${request.method} ${request.url}`);
    if (answer.failure !== undefined) return failure(failureOf(request, answer.failure));
    const { status = 200, headers = {}, body = '' } = answer;
    return success({
      status,
      headers: new HttpHeaders(headers),
      body: Buffer.from(body),
      truncated: false,
      url: request.url,
      host: request.url.host,
      quote: cleanText,
      crossedOrigin: false,
    });
  };
  return { send, requests };
}

const failureOf = ({ url }: HttpRequest, given: Partial<HttpFailure>): HttpFailure => ({
  kind: 'tcp',
  phase: 'headers',
  host: url.host,
  code: null,
  detail: 'scripted',
  isTransient: false,
  ...given,
});

/** A GET of a manifest of up to 1000 bytes; its signal never aborts. */
export const requestFor = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url: new URL(url),
  headers: {},
  purpose: 'manifest',
  maxBytes: 1000,
  signal: new AbortController().signal,
  ...more,
});
