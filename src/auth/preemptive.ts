// Preemptive authentication (RFC 7617 section 2.2): sends the first request of an image with a token before the registry
// challenges it, from the token endpoint that is remembered or known for it, while the connection to the registry opens.
//
// It saves round trips and decides nothing: without this file and its line in authenticate.ts every outcome stays the
// same. A response to a token is about the image, and final. A refusal, of the token or by the token service, is final
// only if the registry's own challenge names the same endpoint.

import { cleanText } from '../core/text.ts';
import type { HttpRequest } from '../http/send.ts';
import { answerBearer } from './answer-challenge.ts';
import type { AuthMethod } from './auth-method.ts';
import { type AuthOutcome, isChallenged, mayNeedCredentials } from './auth-outcome.ts';
import type { AuthenticatorOptions, AuthorizedSend } from './authorized-send.ts';
import { type Challenge, challengesOf, type KnownChallenge } from './challenge.ts';
import type { PingChallenge } from './ping-challenge.ts';
import {
  bearerEndpoint,
  type Challenged,
  isSameEndpoint,
  realmNamedBy,
  type TokenEndpoint,
  tokenEndpointOf,
} from './token-endpoint.ts';

/** The search for a method that the registry accepts, shared by the requests of an image. */
export interface MethodSearch {
  readonly sender: AuthorizedSend;
  readonly pingChallenge: PingChallenge;
  accept(method: AuthMethod, outcome: AuthOutcome): void;
  isOver(): boolean;
  /** Does one piece of the search at a time; undefined once the search is over. */
  alone<T>(work: () => Promise<T>): Promise<T | undefined>;
}

/** `anonymous`: the outcome without credentials, if the request was sent already. undefined: the search is over. */
export type SendChallenged = (request: HttpRequest, anonymous?: AuthOutcome) => Promise<AuthOutcome | undefined>;

interface Tried {
  readonly final?: AuthOutcome | undefined;
  readonly anonymous?: AuthOutcome;
}

/** A token service that no response has just named may be gone, although the registry works: it gets no more time. */
const TOKEN_TIMEOUT_MS = 3_000;

export function withPreemptiveToken(
  next: SendChallenged,
  { sender, pingChallenge, accept, isOver, alone }: MethodSearch,
  options: AuthenticatorOptions,
): SendChallenged {
  const { base, credentials, memory, knownChallenge, open } = options;
  let isTried = false;

  /** The outcome, or that of the anonymous request that disproved the guess; undefined when there is no guess. */
  const tryOnce = async (request: HttpRequest): Promise<Tried | undefined> => {
    if (isTried) return undefined;
    isTried = true;
    const recalled = await memory.challenges.recall(base.origin, knownChallenge);
    if (recalled === undefined) return undefined;
    const guessed = tokenEndpointOf({ params: paramsOf(recalled.challenge) }, { url: base, quote: cleanText }, options);
    if (!guessed.ok) return undefined;
    const endpoint = guessed.value;
    open?.(base);
    open?.(endpoint.realm, realmNamedBy(base, endpoint.realm));
    if (!recalled.isLive) sender.restart(endpoint.realm.href);
    const final = await sendWithToken(endpoint, request, recalled.isLive);
    if (final === undefined) return {};
    if (isConclusive(final)) {
      // To a registry that requires something else by now, it was a request without credentials.
      const isUncertain = !recalled.isLive && mayNeedCredentials(final);
      return isUncertain && !(await isNamedByPing(endpoint, request)) ? confirm(endpoint, final, request) : { final };
    }
    // Harbor and Gitea require something else once they have received a token: only the same endpoint counts.
    if (final.kind === 'response' && isChallenged(final)) {
      if (isNamed(endpoint, challengesOf(final.response), final.response)) return { final };
    }
    return confirm(endpoint, final, request);
  };

  const sendWithToken = (
    endpoint: TokenEndpoint,
    request: HttpRequest,
    isLive: boolean,
  ): Promise<AuthOutcome | undefined> => {
    const tokenSignal = AbortSignal.any([request.signal, AbortSignal.timeout(TOKEN_TIMEOUT_MS)]);
    return answerBearer(endpoint, credentials(), async (method) => {
      const made = await sender.sendWith(method, request, { tokenSignal });
      const { outcome } = made ?? {};
      if (outcome && isConclusive(outcome) && (isLive || !mayNeedCredentials(outcome))) accept(method, outcome);
      return made;
    });
  };

  /** By an anonymous request: the refusal is final if the registry names the endpoint and the token service was reached. */
  const confirm = async (endpoint: TokenEndpoint, refusal: AuthOutcome, request: HttpRequest) => {
    const anonymous = await sender.sendAnonymously(request);
    if (refusal.kind !== 'failure' && anonymous.kind === 'response' && mayNeedCredentials(anonymous)) {
      const { response } = anonymous;
      if (isNamed(endpoint, challengesOf(response), response)) return { final: refusal };
      if (await isNamedByPing(endpoint, request)) return { final: refusal };
    }
    memory.challenges.forget(base.origin);
    sender.restart();
    // What the wrong token service refused does not count.
    return { anonymous: { ...anonymous, credentials: { used: undefined, refused: [], withToken: false } } };
  };

  const isNamedByPing = async (endpoint: TokenEndpoint, { signal }: HttpRequest): Promise<boolean> => {
    const pinged = await pingChallenge.read(signal);
    return pinged !== undefined && isNamed(endpoint, pinged.challenges, pinged.challenged);
  };

  const isNamed = (endpoint: TokenEndpoint, challenges: readonly Challenge[], challenged: Challenged): boolean => {
    const named = bearerEndpoint(challenges, challenged, options);
    return named !== undefined && isSameEndpoint(named, endpoint);
  };

  return async (request) => {
    const tried = await alone(() => tryOnce(request));
    if (tried?.final !== undefined) return tried.final;
    return isOver() ? undefined : next(request, tried?.anonymous);
  };
}

const paramsOf = ({ realm, service, scope }: KnownChallenge): Challenge['params'] => ({
  realm,
  ...(service !== undefined && { service }),
  ...(scope !== undefined && { scope }),
});

/** Whether an outcome counts, whatever the registry would have required. */
function isConclusive(outcome: AuthOutcome): boolean {
  switch (outcome.kind) {
    case 'response':
      // To a token of another service, registries answer 401, some 403, ECR Public 400.
      return outcome.response.crossedOrigin || ![400, 401, 403].includes(outcome.response.status);
    case 'token-refused':
      return outcome.response.status === 429;
    case 'failure':
      return outcome.from === 'registry';
    default:
      return false;
  }
}
