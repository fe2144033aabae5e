// Answers the 401 of a host that the registry redirected to: anonymously, since the registry's credentials are not for it.

import { bareHost } from '../http/address.ts';
import type { HttpRequest, HttpResponse } from '../http/send.ts';
import { type AuthOutcome, unanswered } from './auth-outcome.ts';
import type { AuthorizedSend } from './authorized-send.ts';
import { challengesOf } from './challenge.ts';
import { tokenEndpointOf } from './token-endpoint.ts';

type RedirectedChallenge = AuthOutcome & { readonly kind: 'response' };

export const isRedirectedChallenge = (outcome: AuthOutcome): outcome is RedirectedChallenge =>
  outcome.kind === 'response' && outcome.response.status === 401 && outcome.response.crossedOrigin;

/** The token is sent only to the host that required it, at the URL that was challenged. */
export async function answerRedirectedChallenge(
  challenged: RedirectedChallenge,
  request: HttpRequest,
  sender: AuthorizedSend,
): Promise<AuthOutcome> {
  const { base, realms } = sender.options;
  const { url, quote } = challenged.response;
  const challenge = challengesOf(challenged.response).find(({ scheme }) => scheme === 'bearer');
  if (challenge === undefined) return challenged;
  const endpoint = tokenEndpointOf(challenge, { url, quote }, { repository: repositoryIn(url), realms });
  if (!endpoint.ok) {
    const isUnlisted = endpoint.error.because === 'unlisted-realm';
    return isUnlisted ? { ...unanswered(endpoint.error), credentials: challenged.credentials } : challenged;
  }
  const namedBy = { registry: bareHost(base), as: 'redirect' } as const;
  const made = await sender.sendWith(
    { kind: 'token', endpoint: endpoint.value, credential: undefined },
    { ...request, url, namedBy },
  );
  if (made === undefined) return challenged;
  const credentials = { ...challenged.credentials, withToken: made.outcome.credentials.withToken };
  return made.outcome.kind === 'response'
    ? { ...made.outcome, response: crossed(made.outcome.response), credentials }
    : { ...made.outcome, credentials };
}

const crossed = (response: HttpResponse): HttpResponse => ({ ...response, crossedOrigin: true });

/** Distribution-spec "Pulling manifests": /v2/<name>/manifests/<reference>. */
const repositoryIn = ({ pathname }: URL): string => /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(pathname)?.[1] ?? '';
