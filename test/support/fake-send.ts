// A `Send` without a network: sends back what a script says, and records every request.

import assert from 'node:assert/strict';
import { failure, success } from '../../src/core/outcome.ts';
import { cleanText } from '../../src/core/text.ts';
import type { HttpFailure } from '../../src/http/failure.ts';
import { HttpHeaders } from '../../src/http/headers.ts';
import type { HttpRequest, HttpResponse, Send } from '../../src/http/send.ts';

export interface Reply {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object is sent as JSON. */
  readonly body?: string | Uint8Array | object;
  /** Where a redirect led; unset: nowhere else. */
  readonly redirectedTo?: string;
  readonly truncated?: boolean;
}

/** No response: a TCP failure, unless it says otherwise. */
export interface Failing {
  readonly fails: Partial<HttpFailure>;
}

export type Scripted = Reply | Failing | ((request: HttpRequest) => Scripted | Promise<Scripted>);

export interface FakeSend {
  readonly send: Send;
  readonly requests: HttpRequest[];
  /** The same as text: `GET https://example.com/v2/app/manifests/1`. */
  readonly log: string[];
}

export function createFakeSend(script: Scripted): FakeSend {
  const requests: HttpRequest[] = [];
  const log: string[] = [];
  const send: Send = async (request) => {
    requests.push(request);
    log.push(`${request.method} ${readableUrl(request.url)}`);
    let scripted = script;
    while (typeof scripted === 'function') scripted = await scripted(request);
    if ('fails' in scripted) return failure({ ...FAILURE, host: request.url.host, ...scripted.fails });
    return success(responseTo(request, scripted));
  };
  return { send, requests, log };
}

/** One after the other. A request beyond the last is a bug of the code under test. */
export const inOrder = (...replies: readonly Scripted[]): Scripted => {
  let next = 0;
  return ({ method, url }) => replies[next++] ?? assert.fail(`nothing is scripted for ${method} ${url}`);
};

/**
 * By `METHOD URL`, or by URL for any method. A URL that begins with a slash is below the registry, one without a query
 * matches any query, and `*` everything else. Of a list each is sent once, its last element forever.
 */
export type Script = Readonly<Record<string, Scripted | readonly Scripted[]>>;

export function byUrl(script: Script, registry = 'https://registry.example'): Scripted {
  const used = new Map<string, number>();
  return ({ method, url }) => {
    const full = readableUrl(url);
    const urls = [full, full.split('?')[0] ?? ''];
    const paths = urls.map((one) => (one.startsWith(`${registry}/`) ? one.slice(registry.length) : one));
    const keys = [...urls, ...paths].flatMap((name) => [`${method} ${name}`, name]);
    const key = [...keys, '*'].find((name) => Object.hasOwn(script, name));
    assert.ok(key !== undefined, `nothing is scripted for ${method} ${full}`);
    const entries = [script[key] as Scripted | readonly Scripted[]].flat();
    const at = used.get(key) ?? 0;
    used.set(key, at + 1);
    return entries[Math.min(at, entries.length - 1)] as Scripted;
  };
}

/** Without percent-encoding, if it is well-formed. */
function readableUrl({ href }: URL): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

const FAILURE: Omit<HttpFailure, 'host'> = {
  kind: 'tcp',
  phase: 'headers',
  code: null,
  detail: 'it failed',
  isTransient: false,
};

const MAX_ERROR_BYTES = 16 * 1024;

/** Limits the body as the transport does. */
export function responseTo(request: Pick<HttpRequest, 'method' | 'url' | 'maxBytes'>, reply: Reply): HttpResponse {
  const { status = 200, headers = {}, body = '', redirectedTo } = reply;
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = Buffer.from(isText ? body : JSON.stringify(body));
  const isHead = request.method === 'HEAD';
  const cap = status >= 200 && status < 300 ? request.maxBytes : MAX_ERROR_BYTES;
  const url = redirectedTo === undefined ? request.url : new URL(redirectedTo);
  return {
    status,
    headers: new HttpHeaders(isText ? headers : { 'content-type': 'application/json', ...headers }),
    body: isHead ? new Uint8Array() : bytes.subarray(0, cap),
    truncated: reply.truncated ?? (!isHead && bytes.length > cap),
    url,
    host: url.host,
    quote: cleanText,
    crossedOrigin: url.origin !== request.url.origin,
  };
}

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
