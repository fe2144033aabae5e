// What came of an authenticated request, and which credentials were tried.

import type { Credential } from '../credentials/credential.ts';
import type { HttpFailure } from '../http/failure.ts';
import type { HttpResponse } from '../http/send.ts';

export type AuthOutcome = BareOutcome & { readonly credentials: CredentialsTried };

export interface CredentialsTried {
  /** The one that the last request was sent with. */
  readonly used: Credential | undefined;
  /** Tried before, without success. */
  readonly refused: readonly RefusedCredential[];
  /** The last request was sent with a bearer token. */
  readonly withToken: boolean;
  /** A token that was not sent, because the registry requires user name and password. */
  readonly omitted?: Credential;
  /** The registry requires authentication, and sent no challenge that clients can read. */
  readonly isUnreadable?: true | undefined;
  /** How an earlier request of the image was accepted; the last one was sent in the same way. */
  readonly proven?: ProvenMethod;
  /** The token service redirected to another host, which did not receive the credential. */
  readonly isDropped?: true;
  /** Set when a response without credentials proves nothing about the image. */
  readonly inconclusive?: Inconclusive;
}

export interface ProvenMethod {
  readonly kind: 'basic' | 'registry-token' | 'token';
  /** Of the token service. */
  readonly endpoint?: { readonly realm: URL; readonly service: string | undefined; readonly scopes: readonly string[] };
}

/**
 * `login-required`: `/v2/` requires a login, and there is none. `login-never-requested`: the registry serves what was
 * requested with the stored credentials, but never asks for any, so most clients send none. `requested-at-ping`: it
 * serves it after the challenge of `/v2/`, which the runtime in question does not request.
 */
export type Inconclusive = 'login-required' | 'login-never-requested' | 'requested-at-ping';

export interface RefusedCredential {
  readonly credential: Credential;
  readonly response: HttpResponse;
}

/** A credential that was sent to a token service. */
export interface SentCredential {
  readonly credential: Credential;
  readonly realm: URL;
}

/** An outcome without the credentials. */
export type BareOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'failure'; readonly failure: HttpFailure; readonly from: 'registry' | 'token-service' }
  /** The token service responded without a usable token; `problem` completes "it returned …". */
  | { readonly kind: 'token-refused'; readonly response: HttpResponse; readonly problem: string | null }
  | BadChallenge;

/** A challenge that is not answered. */
export interface BadChallenge {
  readonly kind: 'bad-challenge';
  /** A clause about the registry. */
  readonly problem: string;
  /**
   * `unlisted-realm`: the token service is not among those that the user allows; nothing was sent to it.
   * `cleartext-credentials`: credentials would be sent over http, to another host than the registry's or although the
   * registry uses https.
   */
  readonly because?: 'unlisted-realm' | 'cleartext-credentials';
}

/** An outcome that may refuse a credential. */
export type ResponseOutcome = BareOutcome & { readonly response: HttpResponse };

export const unanswered = (challenge: Omit<BadChallenge, 'kind'>): AuthOutcome => ({
  kind: 'bad-challenge',
  ...challenge,
  credentials: { used: undefined, refused: [], withToken: false },
});

/** The registry itself, not a host that it redirected to, requires authentication. */
export const isChallenged = (outcome: BareOutcome): boolean =>
  outcome.kind === 'response' && outcome.response.status === 401 && !outcome.response.crossedOrigin;

/** The registry may serve the request with credentials: some registries hide what they have from anonymous clients. */
export const mayNeedCredentials = <T extends BareOutcome>(outcome: T): outcome is T & ResponseOutcome =>
  outcome.kind === 'response' && HIDING_STATUSES.has(outcome.response.status) && !outcome.response.crossedOrigin;

const HIDING_STATUSES = new Set([400, 401, 403, 404, 405, 410]);
