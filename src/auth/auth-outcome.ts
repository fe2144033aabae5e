// What came of a question to a registry, and under which login.

import type { Credential } from '../credentials/credential.ts';
import type { HttpFailure } from '../http/failure.ts';
import type { HttpResponse } from '../http/send.ts';

export interface RefusedCredential {
  readonly credential: Credential;
  readonly response: HttpResponse;
}

/** A login that a token service was given. */
export interface SentCredential {
  readonly credential: Credential;
  readonly realm: URL;
}

/** How the question was asked in the end. */
export interface CredentialsTried {
  readonly used: Credential | undefined;
  /** Tried before, without success. */
  readonly refused: readonly RefusedCredential[];
  /** A token was sent with the last request. */
  readonly withToken: boolean;
}

/** An answer before it is said under which login it came. */
export type BareOutcome =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'failure'; readonly failure: HttpFailure; readonly from: 'registry' | 'token-service' }
  /** The token service answered, without a token; `problem` completes "it gave …". */
  | { readonly kind: 'token-refused'; readonly response: HttpResponse; readonly problem: string | null }
  | BadChallenge;

/** A challenge that is not answered. */
export interface BadChallenge {
  readonly kind: 'bad-challenge';
  /** Completes "the login it asks for is not one a registry may ask for: …". */
  readonly problem: string;
  /**
   * `unlisted-realm`: the token service is none of those the person lists; nothing was sent to it. `cleartext-credentials`: a
   * login would go over http to another host than the registry's.
   */
  readonly because?: 'unlisted-realm' | 'cleartext-credentials';
}

/** One that may turn a login away. */
export type ResponseOutcome = BareOutcome & { readonly response: HttpResponse };

export type AuthOutcome = BareOutcome & { readonly credentials: CredentialsTried };

/** No login was shown for it. */
export const unusable = (challenge: Omit<BadChallenge, 'kind'>): AuthOutcome => ({
  kind: 'bad-challenge',
  ...challenge,
  credentials: { used: undefined, refused: [], withToken: false },
});

/** The registry itself, not a host it redirected to, asks for a login. */
export const isChallenged = (answer: BareOutcome): boolean =>
  answer.kind === 'response' && answer.response.status === 401 && !answer.response.crossedOrigin;
