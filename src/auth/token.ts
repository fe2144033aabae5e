// Fetches a token: distribution token specification (GET) and its OAuth 2.0 form (POST, RFC 6749 section 6).

import * as z from 'zod';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { HttpFailure } from '../http/failure.ts';
import type { HttpResponse, NamedBy, Send } from '../http/send.ts';
import type { Credential } from './credential.ts';
import { Secret } from './secret.ts';

export interface Token {
  readonly value: Secret;
  /** Counted from when it was asked for. */
  readonly lifetimeMs: number;
}

export type TokenRefusal =
  /** The token service gave an answer without a usable token. */
  | { readonly kind: 'answer'; readonly response: HttpResponse; readonly problem: string | null }
  | { readonly kind: 'failure'; readonly failure: HttpFailure };

export interface TokenQuestion {
  readonly realm: URL;
  /** Left out of the query when the challenge names none: some services refuse a made-up one. */
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
  readonly namedBy: NamedBy;
  readonly signal: AbortSignal;
}

const CLIENT_ID = 'kairos-pull';
const MAX_TOKEN_BYTES = 128 * 1024;
const DEFAULT_LIFETIME_SECONDS = 60;
const EARLY_RENEWAL_MS = 5_000;

const tokenResponseSchema = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional().catch(undefined),
});

export async function fetchToken(send: Send, question: TokenQuestion): Promise<Outcome<Token, TokenRefusal>> {
  const { credential } = question;
  if (credential?.kind !== 'identity-token') return readToken(await send(getRequest(question, basicOf(credential))));
  const posted = await send(postRequest(question, credential.token));
  // GCR answers 404 to POST, JFrog 401, ACR 400, others 405: then the same secret goes by GET.
  const unsupported = posted.ok && [400, 401, 404, 405].includes(posted.value.status);
  if (!unsupported) return readToken(posted);
  return readToken(await send(getRequest(question, basicAuthorization(credential.username ?? '', credential.token))));
}

/** RFC 7617, UTF-8. */
export const basicAuthorization = (username: string, password: Secret): string =>
  `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;

const basicOf = (credential: Credential | undefined): string | undefined =>
  credential?.kind === 'password' ? basicAuthorization(credential.username, credential.password) : undefined;

function getRequest({ realm, service, scopes, namedBy, signal }: TokenQuestion, authorization: string | undefined) {
  // The realm may have a query of its own; ours is added to it.
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const headers = { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  return { method: 'GET', url, headers, purpose: 'token', maxBytes: MAX_TOKEN_BYTES, namedBy, signal } as const;
}

function postRequest({ realm, service, scopes, namedBy, signal }: TokenQuestion, refreshToken: Secret) {
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: CLIENT_ID });
  if (service) form.set('service', service);
  form.set('scope', scopes.join(' '));
  form.set('refresh_token', refreshToken.reveal());
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const body = form.toString();
  return {
    method: 'POST',
    url: realm,
    headers,
    body,
    purpose: 'token',
    maxBytes: MAX_TOKEN_BYTES,
    namedBy,
    signal,
  } as const;
}

function readToken(outcome: Awaited<ReturnType<Send>>): Outcome<Token, TokenRefusal> {
  if (!outcome.ok) return failure({ kind: 'failure', failure: outcome.error });
  const response = outcome.value;
  const refuse = (problem: string | null) => failure({ kind: 'answer', response, problem } as const);
  if (response.status !== 200) return refuse(null);
  if (response.truncated) return refuse('an answer that is too long');
  const parsed = tokenResponseSchema.safeParse(parseJson(response.body));
  // `token` wins when both are there; an empty one counts as none.
  const text = parsed.success ? parsed.data.token || parsed.data.access_token : undefined;
  if (!text) return refuse('an answer without a token');
  // It becomes a header field value (RFC 9110 section 5.5).
  if (!/^[\x21-\x7e]+$/.test(text)) return refuse('a token with characters that no token has');
  const seconds = Math.max(DEFAULT_LIFETIME_SECONDS, parsed.data?.expires_in ?? 0);
  return success({ value: new Secret(text), lifetimeMs: seconds * 1000 - EARLY_RENEWAL_MS });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}
