// Fetches a token: distribution token specification (GET) and its OAuth 2.0 form (POST, RFC 6749 section 6).
// https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/

import { failure, type Outcome, success } from '../core/outcome.ts';
import { isPlainObject, parseJsonDocument } from '../credentials/go-document.ts';
import { Secret } from '../credentials/secret.ts';
import type { HttpFailure } from '../http/failure.ts';
import type { HttpRequest, HttpResponse, NamedByRegistry, Send } from '../http/send.ts';
import { basicAuthorization, type TokenMethod } from './auth-method.ts';

export interface Token {
  readonly value: Secret;
  /** From the time of the request. */
  readonly lifetimeMs: number;
}

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
const SHORTEST_LIFETIME_SECONDS = 60;
const EARLY_RENEWAL_SECONDS = 5;

export async function fetchToken(send: Send, options: FetchTokenOptions): Promise<Outcome<Token, TokenRefusal>> {
  const { credential } = options;
  if (credential?.kind !== 'identity-token') {
    return readToken(
      await send(getRequest(options, credential && basicAuthorization(credential.username, credential.password))),
    );
  }
  const posted = await send(postRequest(options, credential.token));
  // As in containerd. GCR answers POST with 404, Artifactory with 401, ACR with 400, others with 405: then GET is used.
  const isUnsupported = posted.ok && [400, 401, 404, 405].includes(posted.value.status);
  if (!isUnsupported) return readToken(posted);
  return readToken(await send(getRequest(options, basicAuthorization(credential.username ?? '', credential.token))));
}

function getRequest(options: FetchTokenOptions, authorization: string | undefined): HttpRequest {
  const { realm, service, scopes } = options.endpoint;
  // The realm may have a query; ours is added to it.
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return {
    ...requestBase(options),
    method: 'GET',
    url,
    headers: { ...ACCEPT, ...(authorization && { authorization }) },
  };
}

function postRequest(options: FetchTokenOptions, refreshToken: Secret): HttpRequest {
  const { realm, service, scopes } = options.endpoint;
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: CLIENT_ID });
  if (service) form.set('service', service);
  form.set('scope', scopes.join(' '));
  form.set('refresh_token', refreshToken.reveal());
  const headers = { ...ACCEPT, 'content-type': 'application/x-www-form-urlencoded' };
  return { ...requestBase(options), method: 'POST', url: realm, headers, body: form.toString() };
}

const ACCEPT = { accept: 'application/json' };

const requestBase = ({ namedBy, signal }: FetchTokenOptions) =>
  ({ purpose: 'token', maxBytes: MAX_TOKEN_BYTES, signal, ...(namedBy && { namedBy }) }) as const;

function readToken(outcome: Awaited<ReturnType<Send>>): Outcome<Token, TokenRefusal> {
  if (!outcome.ok) return failure({ kind: 'failure', failure: outcome.error });
  const response = outcome.value;
  if (response.status !== 200) return failure({ kind: 'response', response, problem: null });
  const text = Buffer.from(response.body).toString();
  const refuse = (problem: string) => {
    // A body that may contain a token is not passed on, so that it is never quoted; a web page is, for its title.
    const body = text.trimStart().startsWith('<') ? response.body : new Uint8Array();
    return failure({ kind: 'response', response: { ...response, body }, problem } as const);
  };
  if (response.truncated) return refuse('a response that is too long');
  const parsed = parseJsonDocument(text);
  const { token, access_token, expires_in } = parsed.ok && isPlainObject(parsed.value) ? parsed.value : {};
  // `token` takes precedence; an empty string does not count.
  const value = [token, access_token].find((one) => typeof one === 'string' && one !== '') as string | undefined;
  if (value === undefined) return refuse('a response without a token');
  // It becomes a header field value (RFC 9110 section 5.5).
  if (!/^[\x21-\x7e]+$/.test(value)) return refuse('a token with invalid characters');
  const granted = typeof expires_in === 'number' ? expires_in : 0;
  const seconds = Math.max(SHORTEST_LIFETIME_SECONDS, granted) - EARLY_RENEWAL_SECONDS;
  return success({ value: new Secret(value), lifetimeMs: seconds * 1000 });
}
