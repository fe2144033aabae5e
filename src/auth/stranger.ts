// Answers a 401 of a host that the registry redirected to: as nobody, for the registry's logins are not meant for it.

import { bareHost } from '../http/address.ts';
import type { HttpRequest, HttpResponse } from '../http/send.ts';
import type { Attempts } from './attempts.ts';
import { type AuthOutcome, unusable } from './auth-outcome.ts';
import { parseChallenges } from './challenge.ts';
import { placeOf } from './log-in.ts';

type Challenged = AuthOutcome & { readonly kind: 'response' };

export const isStrangersChallenge = (answer: AuthOutcome): answer is Challenged =>
  answer.kind === 'response' && answer.response.status === 401 && answer.response.crossedOrigin;

/** The token goes to the host that asked for it, by the address it asked at, and nowhere else. */
export async function answerStranger(
  attempts: Attempts,
  { base, realms }: { readonly base: URL; readonly realms: readonly string[] | undefined },
  request: HttpRequest,
  challenged: Challenged,
): Promise<AuthOutcome> {
  const { url, headers, quote } = challenged.response;
  const challenge = parseChallenges(headers.all('www-authenticate')).find(({ scheme }) => scheme === 'bearer');
  if (challenge === undefined) return challenged;
  const place = placeOf(challenge.params, { url, quote }, repositoryIn(url), realms);
  if (!place.ok) {
    const isUnlisted = place.error.because === 'unlisted-realm';
    return isUnlisted ? { ...unusable(place.error), credentials: challenged.credentials } : challenged;
  }
  const namedBy = { registry: bareHost(base), as: 'redirect' } as const;
  const made = await attempts.make(
    { kind: 'token', place: place.value, credential: undefined },
    { ...request, url, namedBy },
  );
  if (made === undefined) return challenged;
  const credentials = { ...challenged.credentials, withToken: made.answer.credentials.withToken };
  return made.answer.kind === 'response'
    ? { ...made.answer, response: crossed(made.answer.response), credentials }
    : { ...made.answer, credentials };
}

const crossed = (response: HttpResponse): HttpResponse => ({ ...response, crossedOrigin: true });

/** Distribution-spec "Pulling manifests": /v2/<name>/manifests/<reference>. */
const repositoryIn = ({ pathname }: URL): string => /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(pathname)?.[1] ?? '';
