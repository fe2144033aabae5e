// A challenge that is guessed before the registry has spoken: remembered, or known of a registry everybody uses.
//
// A wrong guess must never decide. What the registry answers to a token is about the image and stands; a refusal, of
// the token or by the token service, stands only once the registry itself asks for the very same token.

import type { AuthOutcome } from './auth-outcome.ts';
import type { Challenge, KnownChallenge } from './challenge.ts';
import type { TokenPlace } from './plan.ts';

/** A token service nobody has just named is waited for this long: it may be gone, and the registry well without it. */
const PATIENCE_MS = 3_000;

export const paramsOf = ({ realm, service, scope }: KnownChallenge): Challenge['params'] => ({
  realm,
  ...(service !== undefined && { service }),
  ...(scope !== undefined && { scope }),
});

/** Ends with the request's signal at the latest. */
export const patienceFor = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);

/** Whether an answer to a guess stands whatever the registry would have asked for. */
export function isConclusive(answer: AuthOutcome): boolean {
  switch (answer.kind) {
    case 'response':
      // With a token that is not meant for it a registry answers 401, some 403, ECR Public 400.
      return answer.response.crossedOrigin || ![400, 401, 403].includes(answer.response.status);
    case 'token-refused':
      return answer.response.status === 429;
    case 'failure':
      return answer.from === 'registry';
    default:
      return false;
  }
}

export const isSamePlace = (one: TokenPlace, other: TokenPlace): boolean =>
  one.realm.href === other.realm.href &&
  one.service === other.service &&
  one.scopes.join(' ') === other.scopes.join(' ');
