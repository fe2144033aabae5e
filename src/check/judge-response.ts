// Judges an answer to the manifest question (or to that of a part) that is not the thing itself.
// The order is the point: limits and outages before permissions, network blocks before permissions, policies before
// logins, and a "not found" counts in full only when a registry signed it.

import type { Login } from '../auth/authenticate.ts';
import { saysExpired } from '../auth/refusal.ts';
import type { RegistryError } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { isPage, isSigned, pageTitle, readErrors } from '../registry/error.ts';
import { limitMet } from '../registry/rate-limit.ts';
import { describeErrors } from './describe-errors.ts';
import { type Finding, find, loginAdvice, type Question, repositoryName } from './finding.ts';
import { judgeLimit } from './judge-limit.ts';
import { judgeNotFound } from './judge-not-found.ts';
import { accessHint, expired, judgeRefusedLogin } from './judge-token.ts';

const POLICY =
  /download blocking policy|blocked by|policy violation|PROJECTPOLICYVIOLATION|vulnerabilit|quarantin|curation|not signed|terms acceptance|deprecated and shutting down|accept the (?:terms|licen[cs]e)/i;
const FIREWALL = /client with ip|ip address|not allowed access|firewall|geo|export control|sanction/i;

/** `registryAnswers`: what `/v2/` said when the 404 was unsigned; undefined when it was not asked. */
export function judgeResponse(
  question: Question,
  response: HttpResponse,
  login: Login,
  registryAnswers?: boolean,
): Finding {
  const { status } = response;
  const errors = readErrors(response);
  const limit = limitMet(response);
  if (limit !== undefined) return judgeLimit(question, response, limit);
  if (status >= 500 && status !== 511) return judgeOutage(question, response, errors);
  if (status === 511 || status === 407) return intercepted(question, response);
  if (status === 401) return judgeUnauthorized(question, response, login, errors);
  if (status === 403 || status === 451) return judgeForbidden(question, response, login, errors);
  if (status === 412 || (status >= 400 && isPolicy(errors))) return policyBlock(question, errors);
  if (status === 404 || status === 410) return judgeNotFound(question, response, errors, registryAnswers);
  if (status === 405 && errors.some(({ code }) => code === 'DENIED')) return policyBlock(question, errors);
  if (status === 400) return judgeBadRequest(question, response, errors);
  if (isPage(response)) return intercepted(question, response);
  if (status >= 300 && status < 400) {
    return find(
      'not-a-registry',
      'not-oci',
      `${response.url.host} answers ${status} without saying where to go.`,
      CHECK_HOST,
      errors,
    );
  }
  return isSigned(response)
    ? find(
        'registry-error',
        'registry',
        `${response.url.host} answers ${status}${describeErrors(errors)}.`,
        'Try again later; if it stays, tell the operator of the registry.',
        errors,
      )
    : find(
        'not-a-registry',
        'not-oci',
        `${response.url.host} answers ${status}, which is not how a registry answers${describeErrors(errors)}.`,
        CHECK_HOST,
        errors,
      );
}

export const CHECK_HOST = 'Check the host and port of the reference, and whether a proxy answers in its place.';

const isPolicy = (errors: readonly RegistryError[]): boolean =>
  errors.some(({ code, message }) => POLICY.test(`${code ?? ''} ${message ?? ''}`));

const thing = ({ part }: Question): string => (part === undefined ? 'the image' : part.name);

function judgeOutage(question: Question, { status, url }: HttpResponse, errors: readonly RegistryError[]): Finding {
  if (errors.some(({ code }) => code === 'MANIFEST_INVALID')) {
    return find(
      'corrupt',
      null,
      `${url.host} holds a broken manifest${describeErrors(errors)}.`,
      'Push the image again.',
      errors,
    );
  }
  const upstream = errors.some(({ code, message }) => /GATEWAY|upstream/i.test(`${code ?? ''} ${message ?? ''}`));
  return find(
    'registry-error',
    upstream ? 'upstream' : 'registry',
    `${url.host} answers ${status}${describeErrors(errors)}.`,
    `Try again later; ${thing(question)} may well be there.`,
    errors,
  );
}

function intercepted(question: Question, response: HttpResponse): Finding {
  const title = pageTitle(response);
  const page = title === undefined ? 'a web page' : `a web page: "${title}"`;
  return find(
    'not-a-registry',
    'intercepted',
    `In place of ${question.known.name}, something answered ${response.status} with ${page}.`,
    'Look for a login page of this network, a proxy in between, or a wrong host in the reference.',
  );
}

function judgeUnauthorized(
  question: Question,
  response: HttpResponse,
  login: Login,
  errors: readonly RegistryError[],
): Finding {
  const { known } = question;
  const challenged = response.headers.all('www-authenticate').some((line) => line.trim() !== '');
  if (isPage(response) && !challenged && !login.withToken) return intercepted(question, response);
  if (saysExpired(response)) return expired(question, loginName(question, login), errors);
  const refused = login.refused[0];
  if (refused !== undefined) return judgeRefusedLogin(question, refused, errors);
  if (login.used !== undefined) {
    return find(
      'unauthorized',
      'missing-or-private',
      `${loginName(question, login)} works, but gives no access to ${repositoryName(question)}: it may not pull it, or it does not exist${describeErrors(errors)}.`,
      accessHint(question),
      errors,
    );
  }
  if (login.withToken) {
    return find(
      'unauthorized',
      'missing-or-private',
      `${repositoryName(question)} is private or does not exist: ${known.name} does not say which.`,
      `Check the name${known.name === 'Docker Hub' ? ' and its organisation' : ''}; if it is private, log in: ${loginAdvice(question)}.`,
      errors,
    );
  }
  const without = challenged ? '' : ', and does not say how to log in';
  return find(
    'unauthorized',
    'credentials-required',
    `${known.name} wants a login for ${repositoryName(question)}${without}.`,
    `Log in: ${loginAdvice(question)}.`,
    errors,
  );
}

function loginName({ reference }: Question, { used, refused }: Login): string {
  const credential = used ?? refused[0]?.credential;
  return credential === undefined
    ? `The login for ${reference.registry}`
    : `The login for ${reference.registry} from ${credential.source}`;
}

function judgeForbidden(
  question: Question,
  response: HttpResponse,
  login: Login,
  errors: readonly RegistryError[],
): Finding {
  const { known } = question;
  const words = errors.map(({ message }) => message ?? '').join(' ');
  const blocked = (why: string): Finding =>
    find(
      'denied',
      'network-block',
      `${response.url.host} is blocked for this network: ${why}.`,
      'A firewall, the provider or a content network refuses this address; it says nothing about permissions. Try from another network.',
      errors,
    );
  if (response.crossedOrigin) return blocked(`${response.status} from where ${question.host} redirects to`);
  if (isPage(response)) return blocked(`${response.status} with a web page${titleWords(response)}`);
  if (FIREWALL.test(words)) return blocked(words.replace(/[.\s]+$/, ''));
  if (response.status === 451) return blocked('451, unavailable for legal reasons');
  if (isPolicy(errors)) return policyBlock(question, errors);
  if (known.hasNoLogins || (response.body.length === 0 && !isSigned(response)))
    return blocked(`${response.status} without a word from the registry`);
  if (saysExpired(response)) return expired(question, loginName(question, login), errors);
  const refused = login.refused[0];
  if (login.used === undefined && refused !== undefined) return judgeRefusedLogin(question, refused, errors);
  if (login.used === undefined) {
    return find(
      'denied',
      'missing-or-no-access',
      `${known.name} gives no anonymous access to ${repositoryName(question)}${describeErrors(errors)}.`,
      accessHint(question),
      errors,
    );
  }
  const unclear = known.hidesMissingFromLogins || /may not exist/i.test(words);
  return find(
    'denied',
    unclear ? 'missing-or-no-access' : 'no-access',
    `${loginName(question, login)} may not pull ${repositoryName(question)}${unclear ? ', or it does not exist' : ''}${describeErrors(errors)}.`,
    accessHint(question),
    errors,
  );
}

function titleWords(response: HttpResponse): string {
  const title = pageTitle(response);
  return title === undefined ? '' : `, "${title}"`;
}

function policyBlock(question: Question, errors: readonly RegistryError[]): Finding {
  return find(
    'denied',
    'policy-block',
    `A policy of ${question.known.name} forbids pulling ${thing(question)}${describeErrors(errors)}.`,
    'It is there; ask the owner of the policy (scan, signature, curation, terms) to allow it.',
    errors,
  );
}

function judgeBadRequest(question: Question, response: HttpResponse, errors: readonly RegistryError[]): Finding {
  const codes = errors.map(({ code }) => code);
  const text = Buffer.from(response.body).toString();
  if (codes.some((code) => code === 'NAME_INVALID' || code === 'TAG_INVALID' || code === 'DIGEST_INVALID')) {
    return find(
      'invalid-reference',
      null,
      `${question.known.name} does not take this reference${describeErrors(errors)}.`,
      'Check the spelling of repository, tag and digest.',
      errors,
    );
  }
  if (codes.includes('MANIFEST_INVALID'))
    return find(
      'corrupt',
      null,
      `${response.url.host} holds a manifest it cannot serve${describeErrors(errors)}.`,
      'Push the image again.',
      errors,
    );
  if (/http request to an https server|plain http request was sent to https/i.test(text)) {
    return find(
      'unreachable',
      'tls',
      `${response.url.host} speaks TLS, but was asked in plain http.`,
      'Leave out --plain-http.',
      errors,
    );
  }
  if (/authorization header is missing or invalid/i.test(text)) {
    return find(
      'unauthorized',
      'credentials-required',
      `${question.known.name} wants a login for ${repositoryName(question)}.`,
      `Log in: ${loginAdvice(question)}.`,
      errors,
    );
  }
  if (codes.includes('INVALID_REQUEST')) {
    return find(
      'registry-error',
      'upstream',
      `${response.url.host} could not ask the registry behind it${describeErrors(errors)}.`,
      'Try again later; the image may well exist.',
      errors,
    );
  }
  return isSigned(response)
    ? find(
        'registry-error',
        'registry',
        `${response.url.host} answers 400${describeErrors(errors)}.`,
        'Try again later; if it stays, tell the operator of the registry.',
        errors,
      )
    : find(
        'not-a-registry',
        'not-oci',
        `${response.url.host} answers 400, which is not how a registry answers${describeErrors(errors)}.`,
        CHECK_HOST,
        errors,
      );
}
