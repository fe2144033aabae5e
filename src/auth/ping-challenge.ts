// Tries the challenge of `/v2/`. Most clients use no other: docker, podman, skopeo and crane request `/v2/` first and answer
// its challenge, whatever the registry says about a manifest. So a refusal is not final until it was tried:
//
//   401 whose own challenge could not be answered, or was    the challenge of /v2/, if it is another one
//   400, 403 or 404 without credentials                      the challenge of /v2/
//   the same, and /v2/ requires nothing                      the stored password, as crane sends it

import { TRANSIENT_STATUSES } from '../http/retry.ts';
import type { HttpRequest } from '../http/send.ts';
import { basicAuthorization } from './auth-method.ts';
import { type AuthOutcome, type Inconclusive, isChallenged, mayNeedCredentials } from './auth-outcome.ts';
import type { AuthenticatorOptions, AuthorizedSend } from './authorized-send.ts';
import { type Challenge, challengesOf } from './challenge.ts';
import { bearerEndpoint, type Challenged } from './token-endpoint.ts';

/** Answers challenges; undefined if there is nothing to answer them with. */
export type Answer = (
  challenges: readonly Challenge[],
  challenged: Challenged,
  request: HttpRequest,
) => Promise<AuthOutcome | undefined>;

export interface PingChallenge {
  /** undefined if `/v2/` requires no authentication, or does not respond. */
  read(
    signal: AbortSignal,
  ): Promise<{ readonly challenges: readonly Challenge[]; readonly challenged: Challenged } | undefined>;
  /** After `own` could not be answered or was refused, with that outcome. Once for an image. */
  afterOwn(
    own: readonly Challenge[],
    outcome: AuthOutcome | undefined,
    challenged: Challenged,
    request: HttpRequest,
  ): Promise<AuthOutcome | undefined>;
  /** After a refusal without a challenge, of a request without credentials. */
  afterRefusal(anonymous: AuthOutcome, request: HttpRequest): Promise<AuthOutcome>;
}

export function createPingChallenge(
  sender: AuthorizedSend,
  answer: Answer,
  options: AuthenticatorOptions,
): PingChallenge {
  const { base, ping, memory, credentials, send } = options;
  let isTried = false;

  const read: PingChallenge['read'] = async (signal) => {
    const pinged = await ping(signal);
    if (!pinged.ok || pinged.value.status !== 401 || pinged.value.crossedOrigin) return undefined;
    return { challenges: challengesOf(pinged.value), challenged: pinged.value };
  };

  /** Whether the registry serves the request with the stored password, although it did not ask for it. */
  const isServedWithPassword = async (request: HttpRequest): Promise<boolean> => {
    if (memory.refusesUnrequested.has(base.origin)) return false;
    for await (const credential of credentials()) {
      if (credential.kind !== 'password') continue;
      const authorization = basicAuthorization(credential.username, credential.password);
      const outcome = await send({ ...request, headers: { ...request.headers, authorization } });
      if (!outcome.ok) return false;
      const { status } = outcome.value;
      if (status === 401 || status === 403) memory.refusesUnrequested.add(base.origin);
      return status >= 200 && status < 300;
    }
    return false;
  };

  return {
    read,
    async afterOwn(own, outcome, challenged, request) {
      if (isTried || isSettled(outcome)) return outcome;
      isTried = true;
      const pinged = await read(request.signal);
      const isNew = (challenge: Challenge): boolean =>
        pinged !== undefined &&
        !own.some((other) => isSameChallenge([other, challenged], [challenge, pinged.challenged], options));
      const others = pinged?.challenges.filter(isNew) ?? [];
      if (pinged === undefined || others.length === 0) return outcome;
      sender.restart('/v2/');
      const second = await answer(others, pinged.challenged, request);
      return outcome === undefined || outcome.kind === 'bad-challenge' || isSettled(second) ? second : outcome;
    },
    async afterRefusal(anonymous, request) {
      const pinged = await ping(request.signal);
      const { credentials: tried } = anonymous;
      if (!pinged.ok) return { kind: 'failure', failure: pinged.error, from: 'registry', credentials: tried };
      const { value: response } = pinged;
      if (TRANSIENT_STATUSES.has(response.status)) return { kind: 'response', response, credentials: tried };
      if (response.status === 401 && !response.crossedOrigin) {
        const outcome = await answer(challengesOf(response), response, request);
        return outcome === undefined || isAnonymousRefused(outcome)
          ? inconclusive(anonymous, 'login-required')
          : outcome;
      }
      return (await isServedWithPassword(request)) ? inconclusive(anonymous, 'login-never-requested') : anonymous;
    },
  };
}

const inconclusive = (outcome: AuthOutcome, because: Inconclusive): AuthOutcome => ({
  ...outcome,
  credentials: { ...outcome.credentials, inconclusive: because },
});

/** No other challenge can change the outcome. */
function isSettled(outcome: AuthOutcome | undefined): boolean {
  switch (outcome?.kind) {
    case 'response':
      return !isChallenged(outcome) && !(mayNeedCredentials(outcome) && outcome.response.status === 403);
    case 'failure':
      return outcome.from === 'registry';
    case 'token-refused':
      return outcome.response.status === 429;
    default:
      return false;
  }
}

/** The token service issues no anonymous token, and there are no credentials. */
const isAnonymousRefused = ({ kind, credentials, ...outcome }: AuthOutcome): boolean =>
  kind === 'token-refused' &&
  credentials.used === undefined &&
  credentials.refused.length === 0 &&
  'response' in outcome &&
  (outcome.response.status === 401 || outcome.response.status === 403);

type Sent = readonly [challenge: Challenge, challenged: Challenged];

function isSameChallenge([one, at]: Sent, [other, otherAt]: Sent, options: AuthenticatorOptions): boolean {
  if (one.scheme !== other.scheme) return false;
  if (one.scheme !== 'bearer') return true;
  const endpoint = bearerEndpoint([one], at, options);
  const otherEndpoint = bearerEndpoint([other], otherAt, options);
  if (endpoint === undefined || otherEndpoint === undefined) return one.params.realm === other.params.realm;
  // Another scope is not worth sending the credentials twice.
  return endpoint.realm.href === otherEndpoint.realm.href && endpoint.service === otherEndpoint.service;
}
