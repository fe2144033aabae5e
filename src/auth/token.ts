// Fetches a token: distribution token specification (GET) and its OAuth 2.0 form (POST, RFC 6749 section 6).
// https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/

import { failure, type Outcome, success } from '../core/outcome.ts';
import { isPlainObject, parseJsonDocument } from '../credentials/go-document.ts';
import { Secret } from '../credentials/secret.ts';
import type { HttpFailure } from '../http/failure.ts';
import type { HttpRequest, HttpResponse, NamedByRegistry, Send } from '../http/send.ts';
import { basicAuthorization } from './authorization.ts';
import type { Plan } from './plan.ts';

export interface Token {
  readonly value: Secret;
  /** Counted from when it was asked for. */
  readonly lifetimeMs: number;
}

export type TokenRefusal =
  /** The token service answered without a usable token; `problem` completes "it gave …". */
  | { readonly kind: 'answer'; readonly response: HttpResponse; readonly problem: string | null }
  | { readonly kind: 'failure'; readonly failure: HttpFailure };

export type TokenQuestion = Pick<Plan & { kind: 'token' }, 'place' | 'credential'> & {
  /** Unset: the token service is the registry itself. */
  readonly namedBy: NamedByRegistry | undefined;
  readonly signal: AbortSignal;
};

const CLIENT_ID = 'kairos-pull';
const MAX_TOKEN_BYTES = 128 * 1024;
const SHORTEST_LIFETIME_SECONDS = 60;
const EARLY_RENEWAL_SECONDS = 5;

export async function fetchToken(send: Send, question: TokenQuestion): Promise<Outcome<Token, TokenRefusal>> {
  const { credential } = question;
  if (credential?.kind !== 'identity-token') {
    return readToken(
      await send(getRequest(question, credential && basicAuthorization(credential.username, credential.password))),
    );
  }
  const posted = await send(postRequest(question, credential.token));
  // As containerd does. To POST answer GCR 404, Artifactory 401, ACR 400, others 405: then the secret goes by GET.
  const isUnsupported = posted.ok && [400, 401, 404, 405].includes(posted.value.status);
  if (!isUnsupported) return readToken(posted);
  return readToken(await send(getRequest(question, basicAuthorization(credential.username ?? '', credential.token))));
}

function getRequest(question: TokenQuestion, authorization: string | undefined): HttpRequest {
  const { realm, service, scopes } = question.place;
  // The realm may have a query of its own; ours is added to it.
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return {
    ...requestBase(question),
    method: 'GET',
    url,
    headers: { ...ACCEPT, ...(authorization && { authorization }) },
  };
}

function postRequest(question: TokenQuestion, refreshToken: Secret): HttpRequest {
  const { realm, service, scopes } = question.place;
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: CLIENT_ID });
  if (service) form.set('service', service);
  form.set('scope', scopes.join(' '));
  form.set('refresh_token', refreshToken.reveal());
  const headers = { ...ACCEPT, 'content-type': 'application/x-www-form-urlencoded' };
  return { ...requestBase(question), method: 'POST', url: realm, headers, body: form.toString() };
}

const ACCEPT = { accept: 'application/json' };

const requestBase = ({ namedBy, signal }: TokenQuestion) =>
  ({ purpose: 'token', maxBytes: MAX_TOKEN_BYTES, signal, ...(namedBy && { namedBy }) }) as const;

function readToken(outcome: Awaited<ReturnType<Send>>): Outcome<Token, TokenRefusal> {
  if (!outcome.ok) return failure({ kind: 'failure', failure: outcome.error });
  const response = outcome.value;
  if (response.status !== 200) return failure({ kind: 'answer', response, problem: null });
  const text = Buffer.from(response.body).toString();
  const refuse = (problem: string) => {
    // What may hold a token is not passed on, for nobody to quote it; a web page is, for its title.
    const body = text.trimStart().startsWith('<') ? response.body : new Uint8Array();
    return failure({ kind: 'answer', response: { ...response, body }, problem } as const);
  };
  if (response.truncated) return refuse('an answer that is too long');
  const parsed = parseJsonDocument(text);
  const { token, access_token, expires_in } = parsed.ok && isPlainObject(parsed.value) ? parsed.value : {};
  // `token` wins when both are there; an empty one counts as none.
  const value = [token, access_token].find((one) => typeof one === 'string' && one !== '') as string | undefined;
  if (value === undefined) return refuse('an answer without a token');
  // It becomes a header field value (RFC 9110 section 5.5).
  if (!/^[\x21-\x7e]+$/.test(value)) return refuse('a token with characters that no token has');
  const promised = typeof expires_in === 'number' ? expires_in : 0;
  const seconds = Math.max(SHORTEST_LIFETIME_SECONDS, promised) - EARLY_RENEWAL_SECONDS;
  return success({ value: new Secret(value), lifetimeMs: seconds * 1000 });
}
