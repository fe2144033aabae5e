// Judges a token service that gave no token: is it the login, the permission, the service, or no token service at all?

import type { Login } from '../auth/authenticate.ts';
import { saysExpired } from '../auth/refusal.ts';
import type { RegistryError } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { readErrors } from '../registry/error.ts';
import { isPage } from '../registry/page.ts';
import { limitMet } from '../registry/rate-limit.ts';
import { type Finding, find, inItsWords, loginAdvice, type Question, repositoryName } from './finding.ts';
import { judgeBlock, noAnonymousAccess } from './judge-forbidden.ts';
import { judgeIntercepted } from './judge-intercepted.ts';
import { judgeLimit } from './judge-limit.ts';
import { judgeRefusedLogin, loginExpired } from './judge-login.ts';
import { privateOrMissing } from './judge-unauthorized.ts';

const LATER = 'Try again later; the image may well be there.';

/** `problem` completes "the token service gave …". */
export function judgeToken(question: Question, response: HttpResponse, problem: string | null, login: Login): Finding {
  const { status } = response;
  const errors = readErrors(response);
  const service = `The token service ${response.host}`;
  const limit = limitMet(response);
  if (limit !== undefined) return judgeLimit(question, response, limit, login);
  if (status >= 500 && status !== 511) {
    return find('registry-error', 'token-service', `${service} answers ${status}${inItsWords(errors)}.`, LATER, errors);
  }
  if (status === 511 || (isPage(response) && status < 400)) return judgeIntercepted(response, 'the token service');
  if (problem !== null) return find('registry-error', 'token-service', `${service} gave ${problem}.`, LATER, errors);
  const block = judgeBlock(question, response, errors);
  if (block !== undefined) return block;
  const [refused] = login.refused;
  if (refused !== undefined) return judgeRefusedLogin(question, refused, errors);
  if (saysExpired(response)) return loginExpired(question, undefined, errors);
  if (status === 401) return judgeAnonymous(question, service, errors);
  if (status === 403) return noAnonymousAccess(question, errors);
  if (status === 404 && question.known.hidesMissingBehindTokens) return privateOrMissing(question, errors);
  return judgeStrange(question, status, service, errors);
}

function judgeAnonymous(question: Question, service: string, errors: readonly RegistryError[]): Finding {
  const { known } = question;
  if (known.givesTokensToAll) {
    const message = `${service} refuses a token without a login, which it normally never does: an outage.`;
    return find('registry-error', 'token-service', message, LATER, errors);
  }
  if (known.hidesMissing && !known.needsLogin) return privateOrMissing(question, errors);
  const message = `${known.name} gives no access to ${repositoryName(question)} without a login.`;
  return find('unauthorized', 'credentials-required', message, loginAdvice(question), errors);
}

function judgeStrange(question: Question, status: number, service: string, errors: readonly RegistryError[]): Finding {
  const has = (...codes: string[]): boolean => errors.some(({ code }) => code !== null && codes.includes(code));
  if (has('NAME_INVALID')) {
    const message = `${question.known.name} does not take this image name${inItsWords(errors)}.`;
    return find('invalid-reference', null, message, 'Check the spelling of the repository.', errors);
  }
  // Quay, for a repository of something else.
  if (status === 405 && has('UNSUPPORTED')) {
    const message = `${repositoryName(question)} does not hold container images${inItsWords(errors)}.`;
    return find('not-an-image', null, message, 'Check the name, or use the tool it was made with.', errors);
  }
  if (has('UNAVAILABLE')) {
    const message = `The registry of ${question.known.name} is switched off${inItsWords(errors)}.`;
    return find('not-a-registry', 'not-oci', message, 'Ask its operator to enable it.', errors);
  }
  const strange = status >= 300 && status < 400 ? ', and a login is never sent on to another address' : '';
  return find(
    'not-a-registry',
    'bad-challenge',
    `${service} answers ${status}${strange}${inItsWords(errors)}.`,
    'The registry seems to name the wrong token service; tell its operator.',
    errors,
  );
}
