// Judges a token service that gave no token: is it the login, the permission, the service, or no token service at all?

import type { Login } from '../auth/authenticate.ts';
import { saysBadLogin, saysExpired } from '../auth/refusal.ts';
import type { HttpResponse } from '../http/send.ts';
import { isPage, pageTitle, readErrors } from '../registry/error.ts';
import { limitMet } from '../registry/rate-limit.ts';
import { describeErrors } from './describe-errors.ts';
import { type Finding, find, loginAdvice, type Question, repositoryName } from './finding.ts';
import { judgeLimit } from './judge-limit.ts';

export function judgeToken(question: Question, response: HttpResponse, problem: string | null, login: Login): Finding {
  const { known } = question;
  const { status } = response;
  const errors = readErrors(response);
  const host = response.url.host;
  const service = `The token service ${host}`;
  const limit = limitMet(response);
  if (limit !== undefined) return judgeLimit(question, response, limit);
  if (status >= 500) {
    return find(
      'registry-error',
      'token-service',
      `${service} answers ${status}${describeErrors(errors)}.`,
      'Try again later; the image may well exist.',
      errors,
    );
  }
  if (isPage(response) && status !== 401) {
    const title = pageTitle(response);
    const page = title === undefined ? 'a web page' : `a web page: "${title}"`;
    return status === 403
      ? find(
          'denied',
          'network-block',
          `${service} is blocked: 403 with ${page}.`,
          'A firewall or the provider refuses this network; it says nothing about the image.',
          errors,
        )
      : find(
          'not-a-registry',
          'intercepted',
          `In place of ${host}, something answered with ${page}.`,
          'Look for a login page of this network, or a proxy in between.',
          errors,
        );
  }
  if (problem !== null) {
    return find(
      'registry-error',
      'token-service',
      `${service} gave ${problem}.`,
      'Try again later; if it stays, tell its operator.',
      errors,
    );
  }
  const refused = login.refused[0];
  if (refused !== undefined) return judgeRefusedLogin(question, refused, errors);
  if (saysExpired(response)) return expired(question, null, errors);
  if (status === 401) {
    if (known.givesTokensToAll) {
      return find(
        'registry-error',
        'token-service',
        `${service} refused an anonymous token, which it normally never does.`,
        'This looks like an outage; try again later.',
        errors,
      );
    }
    return known.needsLogin || !known.hidesMissing
      ? find(
          'unauthorized',
          'credentials-required',
          `${known.name} gives no access to ${repositoryName(question)} without a login.`,
          `Log in: ${loginAdvice(question)}.`,
          errors,
        )
      : find(
          'unauthorized',
          'missing-or-private',
          `${repositoryName(question)} is private or does not exist: ${known.name} does not say which.`,
          `Check the name; if it is private, log in: ${loginAdvice(question)}.`,
          errors,
        );
  }
  if (status === 403) {
    return find(
      'denied',
      'missing-or-no-access',
      `${known.name} gives no anonymous access to ${repositoryName(question)}: it is private, or does not exist${describeErrors(errors)}.`,
      accessHint(question),
      errors,
    );
  }
  if (status === 405 && errors.some(({ code }) => code === 'DENIED')) {
    return find(
      'denied',
      'policy-block',
      `${known.name} has blocked ${repositoryName(question)}${describeErrors(errors)}.`,
      'Ask the owner of the namespace, or the operator of the registry.',
      errors,
    );
  }
  if (status >= 300 && status < 400) {
    return find(
      'not-a-registry',
      'bad-challenge',
      `${service} redirects a request that carries a login; we do not follow that.`,
      'Ask its operator to answer at the address the registry names.',
      errors,
    );
  }
  return find(
    'not-a-registry',
    'bad-challenge',
    `${service} answers ${status}${describeErrors(errors)}.`,
    'The registry seems to be set up wrongly; tell its operator.',
    errors,
  );
}

/** A stored or given login that was refused, when asking without it did not work either. */
export function judgeRefusedLogin(
  question: Question,
  { credential, response }: Login['refused'][number],
  moreErrors: ReturnType<typeof readErrors> = [],
): Finding {
  const { known, reference } = question;
  const own = readErrors(response);
  const errors = own.length > 0 ? own : moreErrors;
  const login = `The login for ${reference.registry} from ${credential.source}`;
  if (saysExpired(response)) return expired(question, login, errors);
  if (response.status === 403 && !saysBadLogin(response)) {
    const cause = known.hidesMissingFromLogins || known.hidesMissing ? 'missing-or-no-access' : 'no-access';
    const what = cause === 'no-access' ? 'may not pull' : 'may not pull, or there is no';
    return find(
      'denied',
      cause,
      `${login} ${what} ${repositoryName(question)}${describeErrors(errors)}.`,
      accessHint(question),
      errors,
    );
  }
  const user = credential.username === undefined ? '' : ` (user ${credential.username})`;
  return find(
    'unauthorized',
    'bad-credentials',
    `${login}${user} was refused${describeErrors(errors)}.`,
    `Log in again: ${loginAdvice(question)}.`,
    errors,
  );
}

export function expired(question: Question, login: string | null, errors: ReturnType<typeof readErrors>): Finding {
  const what = login ?? `The login for ${question.reference.registry}`;
  return find(
    'unauthorized',
    'credentials-expired',
    `${what} has expired${describeErrors(errors)}.`,
    `Log in again: ${loginAdvice(question)}.`,
    errors,
  );
}

export function accessHint(question: Question): string {
  const { access } = question.known;
  return `Check the name; if it is right, log in with an account that may pull it: ${loginAdvice(question)}${access === undefined ? '' : `; ${access}`}.`;
}
