// Judges a login that was refused, or has expired: which one it was, and how to get a good one.

import type { RefusedLogin } from '../auth/authenticate.ts';
import { saysBadLogin, saysExpired } from '../auth/refusal.ts';
import type { RegistryError } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import type { Credential } from '../credentials/credential.ts';
import { readErrors } from '../registry/error.ts';
import { accessHint, type Finding, find, inItsWords, loginAdvice, type Question, repositoryName } from './finding.ts';

/** A stored or given login that was refused, when asking without it did not work either. */
export function judgeRefusedLogin(
  question: Question,
  { credential, response }: RefusedLogin,
  laterErrors: readonly RegistryError[],
): Finding {
  const { known } = question;
  const own = readErrors(response);
  const errors = own.length > 0 ? own : laterErrors;
  const login = nameLogin(question, credential);
  if (saysExpired(response)) return loginExpired(question, credential, errors);
  if (response.status === 403 && !saysBadLogin(response)) {
    const hides = known.hidesMissingFromLogins || known.hidesMissing;
    return find(
      'denied',
      hides ? 'missing-or-no-access' : 'no-access',
      `${login} may not pull ${repositoryName(question)}${hides ? ', or it does not exist' : ''}${inItsWords(errors)}.`,
      accessHint(question),
      errors,
    );
  }
  const message = `${login} was refused${inItsWords(errors)}.`;
  return find('unauthorized', 'bad-credentials', message, loginAdvice(question, 'Log in again'), errors);
}

export function loginExpired(
  question: Question,
  credential: Credential | undefined,
  errors: readonly RegistryError[],
): Finding {
  const message = `${nameLogin(question, credential)} has expired.`;
  return find('unauthorized', 'credentials-expired', message, loginAdvice(question, 'Log in again'), errors);
}

/** `The login for ghcr.io from ~/.docker/config.json (user octocat)`. */
export function nameLogin({ reference }: Question, credential: Credential | undefined): string {
  const login = `The login for ${reference.registry}`;
  if (credential === undefined) return login;
  const { source, username } = credential;
  return `${login} from ${cleanText(source)}${username ? ` (user ${cleanText(username, 100)})` : ''}`;
}
