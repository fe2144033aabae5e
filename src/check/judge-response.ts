// Judges an answer that is not the thing asked for. The order is the point: limits and outages before permissions,
// blocks before logins, and a "not found" counts in full only when a registry signed it.

import type { Login } from '../auth/authenticate.ts';
import type { RegistryError } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { isSigned, readErrors, readWords } from '../registry/error.ts';
import { isPage } from '../registry/page.ts';
import { limitMet } from '../registry/rate-limit.ts';
import { type Finding, find, inItsWords, type Question, repositoryName } from './finding.ts';
import { judgeBlock, judgeForbidden } from './judge-forbidden.ts';
import { judgeIntercepted } from './judge-intercepted.ts';
import { judgeLimit } from './judge-limit.ts';
import { judgeNotFound } from './judge-not-found.ts';
import { judgeUnauthorized } from './judge-unauthorized.ts';

/** Statuses below 500 that say "not now": RFC 9110 (408), RFC 8470 (425), nginx (499). */
const PASSING_STATUSES = [408, 425, 499];

/** `registryAnswers`: see Learned. */
export function judgeResponse(
  question: Question,
  response: HttpResponse,
  login: Login,
  registryAnswers: boolean | undefined,
): Finding {
  const { status } = response;
  const errors = readErrors(response);
  const limit = limitMet(response);
  if (limit !== undefined) return judgeLimit(question, response, limit, login);
  if (status === 511) return judgeIntercepted(response);
  if (status >= 500 || PASSING_STATUSES.includes(status)) return judgeOutage(response, errors);
  if (status === 407) return proxyLogin(response);
  const block = judgeBlock(question, response, errors);
  if (block !== undefined) return block;
  if (status === 401) return judgeUnauthorized(question, response, login, errors);
  if (status === 403) return judgeForbidden(question, response, login, errors);
  if (status === 404 || status === 410) return judgeNotFound(question, response, errors, registryAnswers);
  return judgeStrange(question, response, errors);
}

function judgeOutage(response: HttpResponse, errors: readonly RegistryError[]): Finding {
  const { status, host, crossedOrigin } = response;
  if (errors.some(({ code }) => code === 'MANIFEST_INVALID')) return invalidManifest(host, errors);
  const says = readWords(response)
    .map(({ code, message }) => `${code} ${message}`)
    .join(' ');
  const isUpstream = crossedOrigin || /BAD_GATEWAY|GATEWAY_TIMEOUT|upstream/i.test(says);
  return find(
    'registry-error',
    isUpstream ? 'upstream' : 'registry',
    `${host} answers ${status}${inItsWords(errors)}.`,
    'Try again later; the image may well be there.',
    errors,
  );
}

const invalidManifest = (host: string, errors: readonly RegistryError[]): Finding =>
  find(
    'corrupt',
    null,
    `${host} holds a broken manifest${inItsWords(errors)}.`,
    'A pull would fail. Push the image again.',
    errors,
  );

const proxyLogin = ({ host }: HttpResponse): Finding =>
  find(
    'unreachable',
    'proxy',
    `A proxy in front of ${host} asks for a login (407).`,
    'Put the login of the proxy into HTTPS_PROXY: http://user:password@proxy:port.',
  );

/** 400, 405 and everything that a registry never answers. */
function judgeStrange(question: Question, response: HttpResponse, errors: readonly RegistryError[]): Finding {
  const { status, host } = response;
  const codes = errors.map(({ code }) => code);
  const text = Buffer.from(response.body).toString();
  if (codes.some((code) => code === 'NAME_INVALID' || code === 'TAG_INVALID' || code === 'DIGEST_INVALID')) {
    return find(
      'invalid-reference',
      null,
      `${question.known.name} does not take this image name${inItsWords(errors)}.`,
      'Check the spelling of repository, tag and digest.',
      errors,
    );
  }
  if (codes.includes('MANIFEST_INVALID')) return invalidManifest(host, errors);
  if (/http request (?:was sent )?to (?:an )?https (?:server|port)/i.test(text)) {
    const message = `${host} speaks https, but was asked in plain http.`;
    return find('unreachable', 'tls', message, 'Leave out --plain-http.', errors);
  }
  // Nexus behind some proxies.
  if (status === 400 && /authorization header is missing or invalid/i.test(text)) {
    return judgeUnauthorized(question, response, { used: undefined, refused: [], withToken: false }, []);
  }
  const later = 'Try again later; if it stays, tell the operator of the registry.';
  // Quay, when the registry behind a proxy organisation fails.
  if (status === 400 && codes.includes('INVALID_REQUEST')) {
    const message = `${host} could not ask the registry behind it for ${repositoryName(question)}${inItsWords(errors)}.`;
    return find('registry-error', 'upstream', message, later, errors);
  }
  if (response.crossedOrigin && status >= 400) {
    const message = `${host}, where ${question.host} redirects to, answers ${status}${inItsWords(errors)}.`;
    return find('registry-error', 'upstream', message, later, errors);
  }
  if (isSigned(response)) {
    return find('registry-error', 'registry', `${host} answers ${status}${inItsWords(errors)}.`, later, errors);
  }
  if (isPage(response)) return judgeIntercepted(response);
  const what = status >= 300 && status < 400 ? 'a redirect to nowhere' : 'which is not how a registry answers';
  return find(
    'not-a-registry',
    'not-oci',
    `${host} answers ${status}, ${what}${inItsWords(errors)}.`,
    'Check the host and port of the image, and whether a proxy answers in its place.',
    errors,
  );
}
