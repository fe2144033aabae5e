// Sends the requests of an image, and authenticates when the registry requires it: RFC 9110 section 11, distribution
// token specification.
//
// The request is sent first; its 401 has the challenge. Before a refusal, an error or a web page counts, the challenge
// of `/v2/` is tried too (ping-challenge.ts). The method that the registry accepts is kept (method-search.ts).

import type { HttpRequest } from '../http/send.ts';
import { answerChallenges } from './answer-challenge.ts';
import { type AuthOutcome, isChallenged, mayNeedCredentials, type ResponseOutcome } from './auth-outcome.ts';
import { type AuthenticatorOptions, createAuthorizedSend } from './authorized-send.ts';
import { challengesOf } from './challenge.ts';
import { createMethodSearch } from './method-search.ts';
import {
  answerPing,
  answerUnchallenged,
  type ChallengedBy,
  inconclusive,
  isSettled,
  pingForChallenge,
} from './ping-challenge.ts';
import { withPreemptiveToken } from './preemptive.ts';
import { answerRedirectedChallenge, isRedirectedChallenge } from './redirected-challenge.ts';

export type {
  AuthOutcome,
  CredentialsTried,
  Inconclusive,
  ProvenMethod,
  RefusedCredential,
  SentCredential,
} from './auth-outcome.ts';

export type AuthenticatedSend = (request: HttpRequest) => Promise<AuthOutcome>;

/** For the requests of one image. */
export function createAuthenticator(options: AuthenticatorOptions): AuthenticatedSend {
  const sender = createAuthorizedSend(options);
  const search = createMethodSearch(sender);
  // It saves round trips only: sender.sendAnonymously gives the same outcomes.
  const sendFirst = withPreemptiveToken(sender, search);
  let isPingTried = false;
  let pinged: ChallengedBy | undefined;

  const authorize = async (request: HttpRequest): Promise<AuthOutcome> => {
    const known = await search.sendAccepted(request);
    if (known !== undefined) return known;
    const first = await sendFirst(request);
    if (!isAnonymous(first) || !isDoubtful(first, request)) return first;
    const answered = await search.alone(() => answer(first, request));
    // Another request found the method in the meantime.
    return answered ?? authorize(request);
  };

  const isDoubtful = (outcome: AuthOutcome, request: HttpRequest): outcome is AuthOutcome & ResponseOutcome => {
    if (options.isWithheld === undefined || isChallenged(outcome)) return mayNeedCredentials(outcome);
    return (
      outcome.kind === 'response' && !outcome.response.crossedOrigin && options.isWithheld(request, outcome.response)
    );
  };

  const answer = async (refused: AuthOutcome & ResponseOutcome, request: HttpRequest): Promise<AuthOutcome> => {
    const { response } = refused;
    if (!isChallenged(refused)) {
      const attempt = await answerUnchallenged(refused, request, sender);
      if (options.ignoresPing && isServed(attempt.outcome)) return inconclusive(refused, 'requested-at-ping');
      search.accept(attempt);
      return attempt.outcome;
    }
    const own = challengesOf(response);
    let attempt = own.length === 0 ? undefined : await answerChallenges(own, response, request, sender);
    if (!options.ignoresPing && !isPingTried && !isSettled(attempt?.outcome)) {
      isPingTried = true;
      pinged = await pingForChallenge(options, request.signal);
      const challengedBy = { challenges: own, challenged: response };
      if (pinged !== undefined) attempt = await answerPing(pinged, challengedBy, attempt, request, sender);
    }
    if (attempt === undefined) {
      const { omitted } = sender;
      const isUnreadable = own.length === 0 && (pinged?.challenges ?? []).length === 0;
      const more = { ...(omitted && { omitted }), ...(isUnreadable && { isUnreadable }) };
      return { ...refused, credentials: { ...refused.credentials, ...more } };
    }
    search.accept(attempt);
    return attempt.outcome;
  };

  return async (request) => {
    const outcome = await authorize(request);
    return isRedirectedChallenge(outcome) ? answerRedirectedChallenge(outcome, request, sender) : outcome;
  };
}

const isServed = (outcome: AuthOutcome): boolean =>
  outcome.kind === 'response' && outcome.response.status < 300 && !isAnonymous(outcome);

const isAnonymous = ({ credentials: { used, withToken } }: AuthOutcome): boolean => used === undefined && !withToken;
