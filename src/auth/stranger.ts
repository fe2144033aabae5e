// Answers a 401 of a host that the registry redirected to: as nobody, for the registry's logins are not meant for it.

import { bareHost } from '../http/address.ts';
import type { HttpRequest, HttpResponse } from '../http/send.ts';
import type { Answer } from './answer.ts';
import type { Attempts } from './attempts.ts';
import { parseChallenges } from './challenge.ts';
import { vetRealm } from './realm.ts';
import { scopesFor } from './scope.ts';

type Challenged = Answer & { readonly kind: 'response' };

export const isStrangersChallenge = (answer: Answer): answer is Challenged =>
  answer.kind === 'response' && answer.response.status === 401 && answer.response.crossedOrigin;

/** The token goes to the host that asked for it, by the address it asked at, and nowhere else. */
export async function answerStranger(
  attempts: Attempts,
  base: URL,
  request: HttpRequest,
  challenged: Challenged,
): Promise<Answer> {
  const { url, headers, quote } = challenged.response;
  const challenge = parseChallenges(headers.all('www-authenticate')).find(({ scheme }) => scheme === 'bearer');
  const realm = vetRealm(challenge?.params.realm, url, quote);
  if (challenge === undefined || !realm.ok) return challenged;
  const { service, scope } = challenge.params;
  const place = { realm: realm.value, service, scopes: scopesFor(scope, repositoryIn(url)) };
  const namedBy = { registry: bareHost(base), as: 'redirect' } as const;
  const made = await attempts.make({ kind: 'token', place, credential: undefined }, { ...request, url, namedBy });
  if (made === undefined) return challenged;
  const login = { ...challenged.login, withToken: made.answer.login.withToken };
  return made.answer.kind === 'response'
    ? { ...made.answer, response: crossed(made.answer.response), login }
    : { ...made.answer, login };
}

const crossed = (response: HttpResponse): HttpResponse => ({ ...response, crossedOrigin: true });

/** Distribution-spec "Pulling manifests": /v2/<name>/manifests/<reference>. */
const repositoryIn = ({ pathname }: URL): string => /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(pathname)?.[1] ?? '';
