// Fetches a token: distribution token specification (GET) and its OAuth 2.0 form (POST, RFC 6749 section 6).
// https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/

import { bytesOfText } from '../core/byte-text.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { describeCredential, secretOf } from '../credentials/credential.ts';
import type { HttpFailure } from '../http/failure.ts';
import type { HttpRequest, HttpResponse, NamedByRegistry, Send } from '../http/send.ts';
import { basicAuthorization, type TokenMethod } from './auth-method.ts';
import { readTokenAnswer, type Token } from './token-answer.ts';

export type TokenRefusal =
  /** The token service responded without a usable token; `problem` completes "it returned …". */
  | { readonly kind: 'response'; readonly response: HttpResponse; readonly problem: string | null }
  | { readonly kind: 'failure'; readonly failure: HttpFailure };

export interface FetchTokenOptions extends Pick<TokenMethod, 'endpoint' | 'credential'> {
  /** Unset: the token service is the registry itself. */
  readonly namedBy: NamedByRegistry | undefined;
  readonly signal: AbortSignal;
}

const CLIENT_ID = 'kairos-pull';
const MAX_TOKEN_BYTES = 128 * 1024;

export async function fetchToken(send: Send, options: FetchTokenOptions): Promise<Outcome<Token, TokenRefusal>> {
  const { credential } = options;
  if (credential === undefined) return readToken(await send(getRequest(options)), 'GET');
  const basic = basicAuthorization(credential.username ?? '', secretOf(credential));
  if (credential.kind === 'identity-token') {
    const grant = { grant_type: 'refresh_token', refresh_token: credential.token.reveal() };
    const posted = await send(postRequest(options, grant));
    // As in containerd. GCR answers POST with 404, Artifactory with 401, ACR with 400, others with 405: then GET is used.
    const isUnsupported = posted.ok && [400, 401, 404, 405].includes(posted.value.status);
    return isUnsupported ? readToken(await send(getRequest(options, basic)), 'GET') : readToken(posted, 'POST');
  }
  const got = await send(getRequest(options, basic));
  if (!isMethodUnsupported(got)) return readToken(got, 'GET');
  // A token service that supports only OAuth 2.0 (RFC 6749 section 4.3). containerd tries it first.
  const grant = { grant_type: 'password', username: credential.username, password: credential.password.reveal() };
  const posted = await send(postRequest(options, grant));
  return isMethodUnsupported(posted) ? readToken(got, 'GET') : readToken(posted, 'POST');
}

const isMethodUnsupported = (outcome: Awaited<ReturnType<Send>>): boolean =>
  outcome.ok && [404, 405, 501].includes(outcome.value.status) && !outcome.value.crossedOrigin;

function getRequest(options: FetchTokenOptions, authorization?: string): HttpRequest {
  const { realm, path, service, scopes } = options.endpoint;
  // The realm may have a query; ours is added to it.
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return {
    ...requestBase(options),
    method: 'GET',
    url,
    target: `${path}${url.search}`,
    headers: { ...ACCEPT, ...(authorization && { authorization }) },
  };
}

function postRequest(options: FetchTokenOptions, grant: Readonly<Record<string, string>>): HttpRequest {
  const { realm, path, service, scopes } = options.endpoint;
  const { grant_type = '', ...secrets } = grant;
  const form = new URLSearchParams({ grant_type, client_id: CLIENT_ID });
  if (service) form.set('service', service);
  form.set('scope', scopes.join(' '));
  const headers = { ...ACCEPT, 'content-type': 'application/x-www-form-urlencoded' };
  return {
    ...requestBase(options),
    method: 'POST',
    url: realm,
    target: `${path}${realm.search}`,
    headers,
    body: [form.toString(), ...Object.entries(secrets).map(formField)].join('&'),
  };
}

/** `application/x-www-form-urlencoded`, byte by byte: a password need not be UTF-8. */
const formField = ([name, value]: readonly [string, string]): string =>
  `${name}=${bytesOfText(value)
    .toString('latin1')
    .replace(/[^\w.-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}`;

const ACCEPT = { accept: 'application/json' };

const requestBase = ({ namedBy, signal, credential }: FetchTokenOptions) =>
  ({
    purpose: 'token',
    maxBytes: MAX_TOKEN_BYTES,
    signal,
    ...(namedBy && { namedBy }),
    ...(credential && { credential: describeCredential(credential) }),
  }) as const;

function readToken(outcome: Awaited<ReturnType<Send>>, method: 'GET' | 'POST'): Outcome<Token, TokenRefusal> {
  if (!outcome.ok) return failure({ kind: 'failure', failure: outcome.error });
  const response = outcome.value;
  if (response.status !== 200) return failure({ kind: 'response', response, problem: null });
  const read = response.truncated
    ? failure('a response that is too long')
    : readTokenAnswer(response.body, method, response.quote);
  if (read.ok) return response.crossedOrigin ? success({ ...read.value, isFromElsewhere: true }) : read;
  // A body that may contain a token is not passed on, so that it is never quoted; a web page is, for its title.
  const isPage = Buffer.from(response.body.subarray(0, 100)).toString().trimStart().startsWith('<');
  const body = isPage ? response.body : new Uint8Array();
  return failure({ kind: 'response', response: { ...response, body }, problem: read.error });
}
