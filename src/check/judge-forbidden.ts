// Judges a refusal: a policy, a firewall or content network on the way, or the permissions of who asked.

import type { Login } from '../auth/authenticate.ts';
import { saysExpired } from '../auth/refusal.ts';
import type { RegistryError } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { isSigned, readWords } from '../registry/error.ts';
import { pageIn } from '../registry/page.ts';
import { accessHint, type Finding, find, inItsWords, type Question, repositoryName } from './finding.ts';
import { judgeRefusedLogin, loginExpired, nameLogin } from './judge-login.ts';

const POLICY =
  /download blocking policy|blocked by|policy violation|PROJECTPOLICYVIOLATION|vulnerabilit|quarantine|curation|not signed(?! in)|terms acceptance|accept the (?:terms|licen[cs]e)|deprecated and shutting down/i;
const FIREWALL =
  /client with ip|ip address .*(?:not allowed|denied|blocked)|firewall|geo-?(?:block|restrict)|export control|sanction|error code: 1\d{3}/i;

/** A refusal (400 and above) that has nothing to do with who asks; undefined when it is none. */
export function judgeBlock(
  question: Question,
  response: HttpResponse,
  errors: readonly RegistryError[],
): Finding | undefined {
  const { status, host, crossedOrigin, body } = response;
  if (status < 400 || status === 401) return undefined;
  const words = wordsOf(question, readWords(response));
  if (POLICY.test(words) || status === 412 || (status === 405 && errors.some(({ code }) => code === 'DENIED'))) {
    return policyBlock(question, words, errors);
  }
  if (status !== 403 && status !== 451) return undefined;
  const blocked = (why: string): Finding =>
    find(
      'denied',
      'network-block',
      `${host} refuses this network: ${why}.`,
      'A firewall or content network does this; it says nothing about permissions. Try from another network.',
      errors,
    );
  const page = pageIn(response);
  if (crossedOrigin) return blocked(`${status} where ${question.host} redirects to${inItsWords(errors)}`);
  if (page !== undefined) return blocked(`${status} with ${page}`);
  if (FIREWALL.test(words)) return blocked(inItsWords(errors).replace(/^: /, ''));
  if (status === 451) return blocked('451, unavailable for legal reasons');
  if (question.known.hasNoLogins) return blocked('403, although it has no logins');
  return body.length === 0 && !isSigned(response) ? blocked('403 without a word') : undefined;
}

/** What the registry says, less names and addresses: a repository may well be called `firewall`. */
function wordsOf({ reference }: Question, errors: readonly RegistryError[]): string {
  const names = [reference.repository, reference.repository.split('/').at(-1), reference.tag];
  return errors
    .flatMap(({ code, message }) => `${code ?? ''} ${message ?? ''}`.split(/[\s"'`,;()]+/))
    .filter((word) => !/[/@]/.test(word) && !names.includes(word))
    .join(' ');
}

function policyBlock({ known, part }: Question, words: string, errors: readonly RegistryError[]): Finding {
  const message = `A rule of ${known.name} forbids pulling ${part === undefined ? 'this image' : 'it'}${inItsWords(errors)}.`;
  const hint = /shutting down|disabled/i.test(words)
    ? 'Ask the owner of the image where it is now.'
    : /terms|licen[cs]e/i.test(words)
      ? 'Accept the terms with an account there, then log in with it.'
      : 'It is there: ask whoever owns the rule (scan, signature, curation) to allow it.';
  return find('denied', 'policy-block', message, hint, errors);
}

/** 403, and not a block. */
export function judgeForbidden(
  question: Question,
  response: HttpResponse,
  login: Login,
  errors: readonly RegistryError[],
): Finding {
  const { known } = question;
  const { used, refused } = login;
  if (saysExpired(response)) return loginExpired(question, used ?? refused[0]?.credential, errors);
  if (used === undefined && refused[0] !== undefined) return judgeRefusedLogin(question, refused[0], errors);
  if (used === undefined) return noAnonymousAccess(question, errors);
  // Google says it itself; a virtual repository of Artifactory answers so for what it does not have.
  const says = readWords(response)
    .map(({ message }) => message ?? '')
    .join(' ');
  const hides = known.hidesMissingFromLogins || /may not exist|not have permission for manifest/i.test(says);
  return find(
    'denied',
    hides ? 'missing-or-no-access' : 'no-access',
    `${nameLogin(question, used)} may not pull ${repositoryName(question)}${hides ? ', or it does not exist' : ''}${inItsWords(errors)}.`,
    accessHint(question),
    errors,
  );
}

export const noAnonymousAccess = (question: Question, errors: readonly RegistryError[]): Finding =>
  find(
    'denied',
    'missing-or-no-access',
    `${repositoryName(question)} is private or does not exist; ${question.known.name} refuses it without a login.`,
    accessHint(question),
    errors,
  );
