// Answers a registry's challenges, the best supported first, until one answer is taken.

import { failure, type Outcome, success } from '../core/outcome.ts';
import type { Credential } from '../credentials/credential.ts';
import type { HttpResponse } from '../http/send.ts';
import type { Attempt } from './attempts.ts';
import { type AuthOutcome, type BadChallenge, isChallenged, unusable } from './auth-outcome.ts';
import { answerBasic } from './basic.ts';
import { answerBearer } from './bearer.ts';
import type { Challenge } from './challenge.ts';
import type { Plan, TokenPlace } from './plan.ts';
import { vetRealm } from './realm.ts';
import { isListed } from './realm-list.ts';
import { scopesFor } from './scope.ts';

export interface LoginTask {
  readonly challenges: readonly Challenge[];
  /** The response that brought them, or that was challenged first. */
  readonly challenged: Pick<HttpResponse, 'url' | 'quote'>;
  readonly repository: string;
  /** The hosts that its token service may have; unset: any. */
  readonly realms: readonly string[] | undefined;
  /** The stored logins, the most specific first; read only when a challenge may be answered with one. */
  readonly credentials: () => AsyncIterable<Credential>;
  readonly attempt: (plan: Plan) => Promise<Attempt | undefined>;
}

const PREFERENCE = ['bearer', 'basic'];

/** What the registry says in the end; undefined when there was nothing to answer with. */
export async function logIn(task: LoginTask): Promise<AuthOutcome | undefined> {
  const { challenges, challenged } = task;
  const supported = PREFERENCE.flatMap((scheme) => challenges.filter((challenge) => challenge.scheme === scheme));
  if (supported.length === 0 && challenges.length > 0) {
    const schemes = [...new Set(challenges.map(({ scheme }) => scheme))].join(', ');
    return unusable({ problem: `it asks for a login by ${challenged.quote(schemes, 60)}` });
  }
  let best: AuthOutcome | undefined;
  for (const challenge of supported) {
    const answer = await answerChallenge(challenge, task);
    if (answer?.kind === 'response' && !isChallenged(answer)) return answer;
    // The first says most, unless a later one came as far as the registry.
    if (best === undefined || (best.kind !== 'response' && answer?.kind === 'response')) best = answer;
  }
  return best;
}

async function answerChallenge({ scheme, params }: Challenge, task: LoginTask): Promise<AuthOutcome | undefined> {
  const { challenged, repository, realms, credentials, attempt } = task;
  if (scheme === 'basic') return answerBasic(credentials(), attempt);
  const place = placeOf(params, challenged, repository, realms);
  return place.ok ? answerBearer(place.value, credentials(), attempt) : unusable(place.error);
}

/** Where a Bearer challenge sends us, or why it is not followed. */
export function placeOf(
  params: Challenge['params'],
  { url, quote }: Pick<HttpResponse, 'url' | 'quote'>,
  repository: string,
  realms: readonly string[] | undefined,
): Outcome<TokenPlace, Omit<BadChallenge, 'kind'>> {
  const vetted = vetRealm(params.realm, url, quote);
  if (!vetted.ok) return failure({ problem: `the token service it names ${vetted.error}` });
  const realm = vetted.value;
  if (realms !== undefined && !isListed(realm, realms)) {
    const problem = `the token service it names is ${quote(realm.host)}, which is not among the realms set for it`;
    return failure({ problem, because: 'unlisted-realm' });
  }
  const isInClear = realm.protocol === 'http:' && realm.hostname !== url.hostname;
  const place = { realm, service: params.service, scopes: scopesFor(params.scope, repository) };
  return success({ ...place, ...(isInClear && { inClear: quote(realm.origin) }) });
}
