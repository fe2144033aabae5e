// Tries the challenge of `/v2/`. Most clients use no other: docker, podman, skopeo and crane request `/v2/` first and answer
// its challenge, whatever the registry says about a manifest. So these responses are not final until it was tried:
//
//   401 whose own challenge could not be answered, or was    the challenge of /v2/, if it is another one
//   any other refusal, error or page without credentials     the challenge of /v2/
//   400, 403, 404 or 410, and /v2/ is 200                    the stored password, as crane sends it

import { describeCredential } from '../credentials/credential.ts';
import { TRANSIENT_STATUSES } from '../http/retry.ts';
import type { HttpRequest } from '../http/send.ts';
import { answerChallenges } from './answer-challenge.ts';
import { basicAuthorization } from './auth-method.ts';
import { type AuthOutcome, type Inconclusive, isChallenged, mayNeedCredentials } from './auth-outcome.ts';
import type { Attempt, AuthenticatorOptions, AuthorizedSend } from './authorized-send.ts';
import { answerable, type Challenge, challengesOf } from './challenge.ts';
import { bearerEndpoint, type Challenged, realmText } from './token-endpoint.ts';

export interface ChallengedBy {
  readonly challenges: readonly Challenge[];
  readonly challenged: Challenged;
}

/** undefined if `/v2/` requires no authentication, or does not respond. */
export async function pingForChallenge(
  { ping }: AuthenticatorOptions,
  signal: AbortSignal,
): Promise<ChallengedBy | undefined> {
  const pinged = await ping(signal);
  if (!pinged.ok || pinged.value.status !== 401 || pinged.value.crossedOrigin) return undefined;
  return { challenges: challengesOf(pinged.value), challenged: pinged.value };
}

/** After a 401 whose `own` challenges could not be answered, or whose answer `first` was refused. */
export async function answerPing(
  pinged: ChallengedBy,
  own: ChallengedBy,
  first: Attempt | undefined,
  request: HttpRequest,
  sender: AuthorizedSend,
): Promise<Attempt | undefined> {
  const isNew = (challenge: Challenge): boolean => !isAmong(own, challenge, pinged.challenged, sender.options);
  const others = answerable(pinged.challenges).filter(isNew);
  if (others.length === 0) return first;
  sender.restart('/v2/');
  const second = await answerChallenges(others, pinged.challenged, request, sender);
  return first === undefined || first.outcome.kind === 'bad-challenge' || isSettled(second?.outcome) ? second : first;
}

/** After a response that may withhold what was requested, without a challenge, to a request without credentials. */
export async function answerUnchallenged(
  anonymous: AuthOutcome,
  request: HttpRequest,
  sender: AuthorizedSend,
): Promise<Attempt> {
  const { options } = sender;
  const { credentials } = anonymous;
  const status = anonymous.kind === 'response' ? anonymous.response.status : 0;
  // Some registries serve GET only: that has nothing to do with credentials.
  if (status === 405 && request.method === 'HEAD') return { outcome: anonymous };
  const isRefusal = REFUSALS.has(status);
  // After an outage, the same one is not waited for twice.
  const pinged = await options.ping(request.signal, !isRefusal);
  // An outage, a captive portal: what `/v2/` says counts only if it is a challenge.
  if (!isRefusal) {
    const isChallenge = pinged.ok && pinged.value.status === 401 && !pinged.value.crossedOrigin;
    const attempt = isChallenge
      ? await answerChallenges(challengesOf(pinged.value), pinged.value, request, sender)
      : undefined;
    return attempt === undefined || isAnonymousRefused(attempt.outcome) ? { outcome: anonymous } : attempt;
  }
  if (!pinged.ok) return { outcome: { kind: 'failure', failure: pinged.error, from: 'registry', credentials } };
  const { value: response } = pinged;
  if (TRANSIENT_STATUSES.has(response.status)) return { outcome: { kind: 'response', response, credentials } };
  if (response.status === 401 && !response.crossedOrigin) {
    const attempt = await answerChallenges(challengesOf(response), response, request, sender);
    const isUnanswered = attempt === undefined || isAnonymousRefused(attempt.outcome);
    return isUnanswered ? { outcome: inconclusive(anonymous, 'login-required') } : attempt;
  }
  const isServed = response.status === 200 && status !== 405 && (await isServedWithPassword(request, options));
  return { outcome: isServed ? inconclusive(anonymous, 'login-never-requested') : anonymous };
}

/** They are final, unless `/v2/` says otherwise. */
const REFUSALS = new Set([400, 403, 404, 405, 410]);

/** Whether the registry serves the request with the stored password, although it did not ask for it. */
async function isServedWithPassword(request: HttpRequest, options: AuthenticatorOptions): Promise<boolean> {
  const { base, repository, memory, credentials, send } = options;
  for await (const credential of credentials()) {
    if (credential.kind !== 'password') continue;
    const headers = { ...request.headers, authorization: basicAuthorization(credential.username, credential.password) };
    return memory.serializeFirstUse(base.origin, credential, request.signal, async () => {
      const isRefused = memory.refusals.find({ origin: base.origin, repository }, credential) !== undefined;
      if (isRefused || memory.refusesUnrequested.has(base.origin)) return false;
      const outcome = await send({ ...request, usesLogin: true, credential: describeCredential(credential), headers });
      if (!outcome.ok) return false;
      const { status } = outcome.value;
      if (status === 401 || status === 403) memory.refusesUnrequested.add(base.origin);
      return status >= 200 && status < 300;
    });
  }
  return false;
}

export const inconclusive = (outcome: AuthOutcome, because: Inconclusive): AuthOutcome => ({
  ...outcome,
  credentials: { ...outcome.credentials, inconclusive: because },
});

/** No other challenge can change the outcome. */
export function isSettled(outcome: AuthOutcome | undefined): boolean {
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

function isAmong(
  { challenges, challenged }: ChallengedBy,
  other: Challenge,
  otherAt: Challenged,
  options: AuthenticatorOptions,
): boolean {
  return answerable(challenges).some((one) => {
    if (one.scheme !== other.scheme) return false;
    if (one.scheme !== 'bearer') return true;
    const endpoint = bearerEndpoint([one], challenged, options);
    const otherEndpoint = bearerEndpoint([other], otherAt, options);
    if (endpoint === undefined || otherEndpoint === undefined) return one.params.realm === other.params.realm;
    // Another scope is not worth sending the credentials twice.
    return realmText(endpoint) === realmText(otherEndpoint) && endpoint.service === otherEndpoint.service;
  });
}
