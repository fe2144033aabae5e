// Judges a 401 that stands although the challenge was answered as well as it could be.

import type { Login } from '../auth/authenticate.ts';
import { saysExpired } from '../auth/refusal.ts';
import type { RegistryError } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { isPage } from '../registry/page.ts';
import { accessHint, type Finding, find, loginAdvice, type Question, repositoryName } from './finding.ts';
import { judgeIntercepted } from './judge-intercepted.ts';
import { judgeRefusedLogin, loginExpired, nameLogin } from './judge-login.ts';

export function judgeUnauthorized(
  question: Question,
  response: HttpResponse,
  { used, refused, withToken }: Login,
  errors: readonly RegistryError[],
): Finding {
  const { known } = question;
  const { headers, host, crossedOrigin } = response;
  const challenges = headers.all('www-authenticate').join(', ').trim();
  if (isPage(response) && challenges === '' && !withToken) return judgeIntercepted(response);
  if (saysExpired(response)) return loginExpired(question, used ?? refused[0]?.credential, errors);
  if (crossedOrigin && !withToken) {
    const message = `${host}, where ${question.host} redirects to, wants a login, and none is sent to another host.`;
    const hint = 'Ask the operator of the registry; or check the image where it really is.';
    return find('unauthorized', 'credentials-required', message, hint, errors);
  }
  if (refused[0] !== undefined) return judgeRefusedLogin(question, refused[0], errors);
  // RFC 6750 section 3.1: "expired, revoked, malformed, or invalid for other reasons".
  const isTokenBad = withToken && /error="?invalid_token/i.test(challenges);
  if (used !== undefined && isTokenBad) return loginExpired(question, used, errors);
  if (used !== undefined) {
    const message = `${nameLogin(question, used)} gives no access to ${repositoryName(question)}: it may not pull it, or it does not exist.`;
    return find('unauthorized', 'missing-or-private', message, accessHint(question), errors);
  }
  if (withToken && !isTokenBad) return privateOrMissing(question, errors);
  const message = `${known.name} wants a login for ${repositoryName(question)}.`;
  return find('unauthorized', 'credentials-required', message, loginAdvice(question), errors);
}

/** Most registries hide what is missing from those who may not see it. */
export function privateOrMissing(question: Question, errors: readonly RegistryError[]): Finding {
  const { known } = question;
  const { access } = known;
  const hint = loginAdvice(question, 'Check the name; if it is private, log in');
  return find(
    'unauthorized',
    'missing-or-private',
    `${repositoryName(question)} is private or does not exist; ${known.name} does not say which.`,
    access === undefined ? hint : `${hint} ${access}`,
    errors,
  );
}
