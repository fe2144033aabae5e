// Sends the requests of an image, and authenticates when the registry requires it: RFC 9110 section 11, distribution
// token specification.
//
// The request is sent first; its 401 has the challenge. Before a refusal counts, the challenge of `/v2/` is tried too
// (ping-challenge.ts). The method that the registry accepts is kept: for the other requests of the image, and for the
// next image of the repository.

import { setBounded } from '../core/bounded-map.ts';
import { createLimiter } from '../core/limiter.ts';
import type { HttpRequest } from '../http/send.ts';
import { answerChallenges } from './answer-challenge.ts';
import type { AuthMethod } from './auth-method.ts';
import { type AuthOutcome, isChallenged, mayNeedCredentials } from './auth-outcome.ts';
import { type Attempt, type AuthenticatorOptions, createAuthorizedSend } from './authorized-send.ts';
import { challengesOf } from './challenge.ts';
import { type Answer, createPingChallenge } from './ping-challenge.ts';
import { withPreemptiveToken } from './preemptive.ts';
import { answerRedirectedChallenge, isRedirectedChallenge } from './redirected-challenge.ts';
import { bearerEndpoint } from './token-endpoint.ts';

export type { AuthOutcome, CredentialsTried, Inconclusive, RefusedCredential, SentCredential } from './auth-outcome.ts';

export type AuthenticatedSend = (request: HttpRequest) => Promise<AuthOutcome>;

/** For the requests of one image. */
export function createAuthenticator(options: AuthenticatorOptions): AuthenticatedSend {
  const { base, repository, memory } = options;
  const key = `${base.origin} ${repository}`;
  const sender = createAuthorizedSend(options);
  const oneAtATime = createLimiter(1);
  let accepted: AuthMethod | undefined;

  const accept = (method: AuthMethod, outcome: AuthOutcome): void => {
    if (!isAccepted(outcome)) return;
    accepted = method;
    setBounded(memory.methods, key, { method, refused: outcome.credentials.refused, sent: [...sender.sent] });
  };

  const attempt = async (method: AuthMethod, request: HttpRequest): Promise<Attempt | undefined> => {
    const made = await sender.sendWith(method, request);
    if (made !== undefined) accept(method, made.outcome);
    return made;
  };

  const answer: Answer = async (challenges, challenged, request) => {
    const outcome = await answerChallenges(challenges, challenged, options, (method) => attempt(method, request));
    const endpoint = bearerEndpoint(challenges, challenged, options);
    if (endpoint === undefined) memory.challenges.forget(base.origin);
    else if (outcome?.kind === 'response') memory.challenges.learn(base.origin, repository, endpoint);
    return outcome;
  };

  const pingChallenge = createPingChallenge(sender, answer, options);

  const search = {
    sender,
    pingChallenge,
    accept,
    isOver: () => accepted !== undefined,
    alone: <T>(work: () => Promise<T>) => oneAtATime(async () => (accepted === undefined ? work() : undefined)),
  };

  /** With the method of an earlier request, or of an earlier image; undefined if there is none that still works. */
  const sendAsBefore = async (request: HttpRequest): Promise<AuthOutcome | undefined> => {
    if (accepted !== undefined) return (await sender.sendWith(accepted, request, { isProven: true }))?.outcome;
    const earlier = memory.methods.get(key);
    if (earlier === undefined) return undefined;
    sender.resume(earlier);
    const made = await attempt(earlier.method, request);
    if (made !== undefined && made.denial !== 'authentication' && !isChallenged(made.outcome)) return made.outcome;
    memory.methods.delete(key);
    sender.resume(undefined);
    return undefined;
  };

  /** Anonymously, then as the challenge requires; undefined if another request found the method in the meantime. */
  const sendChallenged = async (request: HttpRequest, sent?: AuthOutcome): Promise<AuthOutcome | undefined> => {
    const anonymous = sent ?? (await sender.sendAnonymously(request));
    if (anonymous.kind !== 'response' || !mayNeedCredentials(anonymous)) return anonymous;
    const challenged = anonymous.response;
    return search.alone(async () => {
      if (!isChallenged(anonymous)) return pingChallenge.afterRefusal(anonymous, request);
      const own = challengesOf(challenged);
      const outcome = own.length === 0 ? undefined : await answer(own, challenged, request);
      return (await pingChallenge.afterOwn(own, outcome, challenged, request)) ?? anonymous;
    });
  };

  // This line saves round trips only: sendChallenged alone gives the same outcomes.
  const sendFirst = withPreemptiveToken(sendChallenged, search, options);

  const authorize = async (request: HttpRequest): Promise<AuthOutcome> =>
    (await sendAsBefore(request)) ?? (await sendFirst(request)) ?? authorize(request);

  return async (request) => {
    const outcome = await authorize(request);
    return isRedirectedChallenge(outcome) ? answerRedirectedChallenge(outcome, request, sender, options) : outcome;
  };
}

/** The registry accepts the method: its response is about the image. */
const isAccepted = (outcome: AuthOutcome): boolean =>
  outcome.kind === 'response' &&
  !isChallenged(outcome) &&
  outcome.response.status !== 429 &&
  outcome.response.status < 500;
