// What came of a question to a registry, and under which login.

import type { HttpFailure } from '../http/failure.ts';
import type { HttpResponse } from '../http/send.ts';
import type { Credential } from './credential.ts';

export interface RefusedLogin {
  readonly credential: Credential;
  readonly response: HttpResponse;
}

/** How the question was asked in the end. */
export interface Login {
  readonly used: Credential | undefined;
  /** Tried before, without success. */
  readonly refused: readonly RefusedLogin[];
  /** A token was sent with the last request. */
  readonly withToken: boolean;
}

/** An answer before it is said under which login it came. */
export type BareAnswer =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'failure'; readonly failure: HttpFailure; readonly from: 'registry' | 'token-service' }
  /** The token service answered, without a token; `problem` completes "it gave …". */
  | { readonly kind: 'token-refused'; readonly response: HttpResponse; readonly problem: string | null }
  /** Completes "the login it asks for is not one a registry may ask for: …". */
  | { readonly kind: 'bad-challenge'; readonly problem: string };

/** One that may turn a login away. */
export type BareResponse = BareAnswer & { readonly response: HttpResponse };

export type Answer = BareAnswer & { readonly login: Login };

/** The registry itself, not a host it redirected to, asks for a login. */
export const isChallenged = (answer: BareAnswer): boolean =>
  answer.kind === 'response' && answer.response.status === 401 && !answer.response.crossedOrigin;
