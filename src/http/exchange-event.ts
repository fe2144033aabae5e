// A request and its response as events: everything a server or the user must not read is masked here.

import type {
  CertificateSeen,
  RedirectEvent,
  RequestAuthorization,
  RequestEvent,
  ResponseEvent,
  WaitEvent,
} from '../core/check-event.ts';
import { digestOf } from '../core/digest.ts';
import type { RequestRecord } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { HttpFailure } from './failure.ts';
import { isServersAddress } from './quote.ts';
import type { RedirectHop } from './redirect.ts';
import type { RetryWait } from './retry.ts';
import type { HttpRequest, HttpResponse, Quote } from './send.ts';
import { shownAddress, shownUrl } from './shown-url.ts';
import type { CertificateFacts } from './tls-failure.ts';
import { USER_AGENT } from './wire-request.ts';

let lastId = 0;

export function requestEvent(
  request: HttpRequest,
  { purpose, method, url, attempt }: Pick<RequestRecord, 'purpose' | 'method' | 'url' | 'attempt'>,
): RequestEvent {
  lastId += 1;
  const authorization = authorizationOf(request);
  return {
    type: 'request',
    id: lastId,
    purpose,
    method,
    url,
    attempt,
    ...(authorization && { authorization }),
    // As `wireRequest` sends them.
    headers: Object.entries({ 'user-agent': USER_AGENT, ...request.headers }).map(
      ([name, value]) => [name, shownRequestHeader(name, value)] as const,
    ),
  };
}

export function responseEvent(
  { headers: requestHeaders, ...sent }: RequestEvent,
  record: RequestRecord,
  request: HttpRequest,
  response: HttpResponse,
): ResponseEvent {
  const { body, firstByteMs, headers, quote } = response;
  const contentDigest = contentDigestOf(sent, response);
  const excerpt = excerptOf(request, response);
  return {
    ...sent,
    ...record,
    type: 'response',
    requestHeaders,
    ...(firstByteMs !== undefined && { firstByteMs }),
    bytes: body.length,
    ...(contentDigest !== undefined && { contentDigest }),
    ...(excerpt !== '' && { excerpt }),
    headers: headers
      .lines()
      .map(([name, value]) => [cleanText(name, MAX_NAME), shownHeader(name, value, quote)] as const),
  };
}

export function failureEvent(
  { headers: requestHeaders, ...sent }: RequestEvent,
  record: RequestRecord,
  { phase }: HttpFailure,
): ResponseEvent {
  const isUnsent = phase !== 'headers' && phase !== 'body';
  return { ...sent, ...record, type: 'response', requestHeaders, headers: [], ...(isUnsent && { isUnsent }) };
}

/** Where a redirect leads, before it is decided whether it is followed. */
export function redirectEvent([hop, { status }, to]: RedirectHop, hide: (text: string) => string): RedirectEvent {
  const redirectedFrom = hop.redirectedFrom ?? hop.url;
  return {
    type: 'redirect',
    status,
    from: shownUrl(hop, hide),
    to: shownUrl({ ...hop, url: to, redirectedFrom }, hide),
  };
}

export function waitEvent({ waitMs, isRequested, outcome }: RetryWait, host: string): WaitEvent {
  if (!outcome.ok) return { type: 'wait', host: outcome.error.host || host, waitMs, because: outcome.error.detail };
  const { status, headers, quote } = outcome.value;
  const asked = isRequested ? `, retry-after: ${quote(headers.get('retry-after') ?? 'in the body', 60)}` : '';
  return { type: 'wait', host: outcome.value.host, waitMs, because: `${status}${asked}` };
}

/** A certificate is text from a server. */
export const certificateSeen = (
  { issuer, commonName, names, validFromMs, validToMs }: CertificateFacts,
  quote: (text: string, maxLength?: number) => string,
): CertificateSeen => ({
  subject: quote(commonName, 100),
  issuer: quote(issuer, 100),
  names: names.slice(0, MAX_NAMES).map((name) => quote(name, 100)),
  validFromMs,
  validToMs,
});

const MAX_NAME = 60;
const MAX_NAMES = 10;
const MAX_VALUE = 1000;
const MAX_EXCERPT = 200;

function authorizationOf({ headers, method, purpose, credential }: HttpRequest): RequestAuthorization | undefined {
  const isForm = method === 'POST' && purpose === 'token';
  const scheme = isForm ? 'form' : headers.authorization?.startsWith('Basic ') ? 'basic' : 'bearer';
  if (!isForm && headers.authorization === undefined) return undefined;
  return { scheme, ...(credential && { credential }) };
}

/** Ours are plain, except for those that identify the user. */
const shownRequestHeader = (name: string, value: string): string =>
  SECRET.test(name)
    ? value.replace(/^(Basic|Bearer) .*$|^.*$/s, (_, scheme) => (scheme ? `${scheme} ***` : '***'))
    : value;

const SECRET = /cookie|token|secret|session|signature|api-?key|^(?:proxy-)?authorization$|^authentication-info$/i;

/** Its URLs may be signed anywhere, except in a challenge, which every client may read. */
function shownHeader(name: string, value: string, quote: Quote): string {
  if (SECRET.test(name)) return '***';
  const shown = quote(value, MAX_VALUE);
  if (/authenticate$/i.test(name)) return shown;
  return /location$/i.test(name) ? shownAddress(shown) : shown.replace(URL_IN_TEXT, (url) => shownAddress(url));
}

/** With its path parameters: a semicolon that ends a URL has a blank behind it. */
const URL_IN_TEXT = /(?:[a-z][a-z0-9+.-]*:\/\/|\/)(?:[^\s"',;<>]|;(?=\S))*/gi;

/** Only of a manifest: the digest of a part of a body says nothing. */
function contentDigestOf(
  { purpose, method }: Pick<RequestEvent, 'purpose' | 'method'>,
  response: HttpResponse,
): string | undefined {
  const isManifest = method === 'GET' && (purpose === 'manifest' || purpose === 'child-manifest');
  return isManifest && response.status === 200 && !response.truncated ? digestOf(response.body) : undefined;
}

function excerptOf(request: HttpRequest, { status, headers, body, quote }: HttpResponse): string {
  const text = Buffer.from(body.subarray(0, 4096)).toString();
  const isPage = /^\s*<(?:!doctype|html|head)/i.test(text) || headers.mediaType() === 'text/html';
  if (isPage) return quote(/<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? '', MAX_EXCERPT) || 'a web page without a title';
  if (status < 400) return '';
  // Storage that was sent a signed address repeats its signature in the error.
  const isStorage = request.purpose !== 'token' && isServersAddress(request);
  const said = isStorage
    ? [...text.matchAll(/<(Code|Message)>([^<]*)<\/\1>/g)].map(([, , part]) => part).join(': ')
    : text;
  return quote(said, MAX_EXCERPT);
}
