// Judges a 401 or 403: no credentials, wrong or expired ones, or no permission.

import type {
  AuthOutcome,
  CredentialsTried,
  Inconclusive,
  ProvenMethod,
  RefusedCredential,
} from '../auth/authenticate.ts';
import { answerable, type Challenge, challengesOf } from '../auth/challenge.ts';
import { saysExpired } from '../auth/credential-rejection.ts';
import { cleanText } from '../core/text.ts';
import type { Credential } from '../credentials/credential.ts';
import { GIVEN_LOGIN } from '../credentials/credential-source.ts';
import type { Quote } from '../http/send.ts';
import { says } from '../registry/dialects.ts';
import { type Evidence, evidenceOf } from '../registry/evidence.ts';
import {
  accessHint,
  type CheckedImage,
  type Finding,
  finding,
  intercepted,
  loginHint,
  loginSubject,
  quoteRegistry,
  repositoryName,
} from './finding.ts';
import { advise, both, GIVEN_LOGIN_NAME, type Hint, OPTION_HINTS } from './hint.ts';
import { judgeBlock } from './judge-block.ts';
import { judgeLimit } from './judge-limit.ts';
import { describeLogout, renewHint } from './login-advice.ts';
import { noOfficialImage, officialName } from './official-image.ts';

/** A 401 after the challenge was answered as well as possible. */
export function judgeUnauthorized(image: CheckedImage, evidence: Evidence, tried: CredentialsTried): Finding {
  const { used, withToken, omitted, isUnreadable } = tried;
  const { response, page } = evidence;
  const { headers, host, crossedOrigin } = response;
  const challenges = headers.all('www-authenticate').join(', ').trim();
  if (page !== undefined && challenges === '' && !withToken) return intercepted(evidence);
  if (tried.proven !== undefined && image.part !== undefined && !crossedOrigin) {
    return rejectedForPart(image, tried.proven, evidence);
  }
  // RFC 6750 section 3.1: the token is "expired, revoked, malformed, or invalid for other reasons". It is a fresh one.
  if (withToken && used?.kind !== 'registry-token' && /error="?invalid_token/i.test(challenges)) {
    return tokenRejected(image, tried, evidence);
  }
  if (saysExpired(response)) return credentialsExpired(image, used, evidence);
  if (crossedOrigin && !withToken) {
    const message = `${host}, which ${image.host} redirects to, requires a login, and credentials are never sent to another host.`;
    const hint = advise(
      'contact-operator',
      "Contact the registry's operator, or check the image at its actual location.",
    );
    return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
  }
  if (used !== undefined && tried.isDropped) return droppedLogin(image, used, evidence);
  if (used !== undefined) {
    const message = `${nameCredentials(image, used)} do not grant access to ${repositoryName(image)}: no permission, or the repository does not exist.`;
    const hint = accessHint(image, used);
    return finding({ reason: 'unauthorized', cause: 'missing-or-private', message, hint }, evidence);
  }
  if (withToken) return privateOrMissing(image, evidence);
  if (isUnreadable) return unreadableChallenge(image, evidence);
  if (omitted !== undefined) return passwordRequired(image, omitted, evidence);
  const message = `${image.known.name} requires a login for ${image.reference.repository}.`;
  const hint = loginHint(image);
  return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
}

/** The token is anonymous: the credentials stayed with the first host, as in Go. */
function droppedLogin(image: CheckedImage, used: Credential, evidence: Evidence): Finding {
  const credentials = lowerFirst(nameCredentials(image, used));
  const message = `The token service of ${image.host} redirects to another host, which does not receive ${credentials}; ${evidence.response.host} rejects the anonymous token from there${quoteRegistry(evidence)}.`;
  const hint = advise(
    'contact-operator',
    `Contact the operator of ${image.known.name}: runtimes do not forward credentials to another host either.`,
  );
  return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
}

/** No login helps. */
function unreadableChallenge(image: CheckedImage, evidence: Evidence): Finding {
  const { host, headers } = evidence.response;
  const isAbsent = headers.get('www-authenticate') === undefined;
  const problem = isAbsent
    ? 'without a challenge (WWW-Authenticate)'
    : 'with a challenge (WWW-Authenticate) that clients cannot read';
  const message = `${host} returned 401 ${problem}.`;
  const hint = advise(
    'check-registry',
    `No client can log in there. Check the host of the image; if it is correct, contact the operator of ${image.known.name}.`,
  );
  if (isAbsent) return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
  return finding({ reason: 'not-a-registry', cause: 'bad-challenge', message, hint }, evidence);
}

/** The manifest was served to the same token, or password: what is wrong is not the permission. */
function rejectedForPart(image: CheckedImage, proven: ProvenMethod, evidence: Evidence): Finding {
  const { host, quote } = evidence.response;
  const accepted = proven.kind === 'basic' ? 'user name and password' : 'a token';
  const [challenge] = answerable(challengesOf(evidence.response));
  const other = challenge && otherMethod(challenge, proven, quote);
  const problem = other === undefined ? `rejects the same for ${image.part?.name}` : `${other} for ${image.part?.name}`;
  const message = `${host} accepted ${accepted} for the manifest, but ${problem}${quoteRegistry(evidence)}.`;
  const advice =
    other === undefined && proven.kind !== 'basic'
      ? `Most clients, such as podman and containerd, use one token for all parts of an image, and fail: the operator of ${image.known.name} must issue tokens that are valid for several requests.`
      : `Most clients, such as podman and containerd, authenticate in one way for all parts of an image, and fail: contact the operator of ${image.known.name}.`;
  const hint = advise('contact-operator', advice);
  return finding({ reason: 'unauthorized', cause: 'token-rejected', message, hint }, evidence);
}

/** Completes "the registry …"; undefined if the challenge names what was sent. */
function otherMethod({ scheme, params }: Challenge, proven: ProvenMethod, quote: Quote): string | undefined {
  if (scheme === 'basic') return proven.kind === 'basic' ? undefined : 'requires user name and password (Basic)';
  if (proven.kind === 'basic') return 'requires a token (Bearer)';
  if (proven.endpoint === undefined) return undefined;
  const { realm, service, scopes } = proven.endpoint;
  if (params.realm !== undefined && params.realm !== realm.href) {
    return `requires a token from the token service ${quote(params.realm, 100)}`;
  }
  if (params.service !== service) return `requires a token for the service "${quote(params.service ?? '', 100)}"`;
  const isOtherScope = params.scope !== undefined && params.scope !== scopes.join(' ');
  return isOtherScope ? `requires a token for the scope "${quote(params.scope ?? '', 100)}"` : undefined;
}

/** Basic, and only a token is stored. */
function passwordRequired(image: CheckedImage, { kind, source }: Credential, evidence: Evidence): Finding {
  const token = kind === 'registry-token' ? 'a registry token (registrytoken)' : 'an identity token (identitytoken)';
  const message = `${image.known.name} requires a user name and password (Basic) for ${image.reference.repository}, but ${cleanText(source)} has only ${token} for it.`;
  const hint = loginHint(image, 'Log in with a user name and password');
  return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
}

/** Only a clock, a signing key or an issuer explains it: the token service has just issued the token. */
function tokenRejected(image: CheckedImage, { used, isDropped }: CredentialsTried, evidence: Evidence): Finding {
  if (used !== undefined && isDropped) return droppedLogin(image, used, evidence);
  const issued =
    used === undefined ? 'issued an anonymous token' : `accepted ${lowerFirst(nameCredentials(image, used))}`;
  const message = `The token service of ${image.host} ${issued}, but ${evidence.response.host} rejects the token (invalid_token)${quoteRegistry(evidence)}.`;
  const hint = advise(
    'contact-operator',
    `Logging in again will not help: contact the operator of ${image.known.name}, whose registry and token service must agree on signing key, issuer, service name and clock.`,
  );
  return finding({ reason: 'unauthorized', cause: 'token-rejected', message, hint }, evidence);
}

export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** A 403 that is not a block. */
export function judgeForbidden(image: CheckedImage, evidence: Evidence, { used }: CredentialsTried): Finding {
  if (saysExpired(evidence.response)) return credentialsExpired(image, used, evidence);
  if (used === undefined) return noAnonymousAccess(image, evidence);
  const mayBeMissing = image.known.hidesMissingFromUsers || says(evidence, 'access-or-missing');
  return noAccess(image, used, mayBeMissing ?? false, evidence);
}

/** The stored or given credentials that decide: a pull uses them, and no others were accepted. */
export const rejectedCredential = ({ credentials }: Pick<AuthOutcome, 'credentials'>): RefusedCredential | undefined =>
  credentials.used === undefined ? credentials.refused[0] : undefined;

/** `isAvailable`: what was requested is served without credentials. */
export function judgeRejected(
  image: CheckedImage,
  { credential, response }: RefusedCredential,
  { isAvailable, tried }: { readonly isAvailable: boolean; readonly tried: CredentialsTried },
): Finding {
  const evidence = evidenceOf(response);
  if (evidence.limit !== undefined) return judgeLimit(image, evidence, evidence.limit, tried);
  // An empty 403 of a token service is about the credentials.
  const block = response.status === 403 && response.body.length > 0 ? judgeBlock(image, evidence) : undefined;
  if (block !== undefined && !isAvailable) return block;
  const state = saysExpired(response) ? 'have expired' : `were rejected (${response.status})`;
  const instead = isAvailable ? '; the image can be pulled without them' : '';
  const message = `${nameCredentials(image, credential)} ${state}${instead}.`;
  const cause = saysExpired(response) ? 'credentials-expired' : 'bad-credentials';
  return finding(
    { reason: 'unauthorized', cause, message, hint: rejectedHint(image, { credential, response }, isAvailable) },
    evidence,
  );
}

function rejectedHint(image: CheckedImage, { credential, response }: RefusedCredential, isAvailable: boolean): Hint {
  const subject = loginSubject(image);
  if (!isAvailable) {
    // GHCR and others respond 403 to an account without access, too.
    return response.status === 403 ? accessHint(image) : renewHint(subject, credential);
  }
  const logout =
    credential.source.startsWith('$') || credential.source === GIVEN_LOGIN ? undefined : describeLogout(subject);
  const fail = 'Runtimes send them and fail.';
  const renew =
    logout === undefined
      ? renewHint(subject, credential, `${fail} Log in again`)
      : both(advise('log-in', `${fail} Remove them: ${logout}.`), renewHint(subject, credential, 'Or log in again'));
  return both(renew, OPTION_HINTS.anonymousInstead);
}

function noAccess(image: CheckedImage, credential: Credential, mayBeMissing: boolean, evidence: Evidence): Finding {
  const name = repositoryName(image);
  const { status } = evidence.response;
  const message = mayBeMissing
    ? `Either ${name} does not exist, or the credentials${sourceOf(credential)} are not allowed to pull it (${status}).`
    : `${nameCredentials(image, credential)} are not allowed to pull ${name} (${status}).`;
  return finding(
    {
      reason: 'denied',
      cause: mayBeMissing ? 'missing-or-no-access' : 'no-access',
      message,
      hint: accessHint(image, credential),
    },
    evidence,
  );
}

export function noAnonymousAccess(image: CheckedImage, evidence: Evidence): Finding {
  const { status } = evidence.response;
  const message = `${repositoryName(image)} is private or does not exist; ${image.known.name} denies anonymous access (${status}, no credentials sent).`;
  const hint = accessHint(image);
  return finding({ reason: 'denied', cause: 'missing-or-no-access', message, hint }, evidence);
}

/** The response to an anonymous request proves nothing about what the registry has. */
export function judgeInconclusive(image: CheckedImage, evidence: Evidence, by: Inconclusive): Finding {
  if (by === 'login-required' && [404, 410].includes(evidence.response.status))
    return privateOrMissing(image, evidence);
  if (by === 'login-required') {
    const message = `${image.known.name} requires a login: without one, it returned ${evidence.response.status}${quoteRegistry(evidence)}.`;
    return finding(
      { reason: 'unauthorized', cause: 'credentials-required', message, hint: loginHint(image) },
      evidence,
    );
  }
  if (by === 'requested-at-ping') {
    const message = `${image.host} serves ${repositoryName(image)} only with credentials or a token, but requests them only at /v2/: containerd, which reads hosts.toml, does not request /v2/, so it sends none and fails.`;
    const hint = advise(
      'contact-operator',
      "Contact the registry's operator: a request for a manifest without them must return 401 with a challenge.",
    );
    return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
  }
  const message = `${image.host} serves ${repositoryName(image)} only with credentials, but does not request any, so docker, podman and containerd send none and fail.`;
  const hint = advise('contact-operator', "Contact the registry's operator: /v2/ must return 401 with a challenge.");
  return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
}

/** Most registries hide what is missing from anonymous clients. */
export function privateOrMissing(image: CheckedImage, evidence: Evidence): Finding {
  const { name, access, right } = image.known;
  const official = officialName(image);
  if (official !== undefined) return noOfficialImage(official, evidence);
  const message = `${repositoryName(image)} is private or does not exist; ${name} does not say which (${evidence.response.status}, no credentials sent).`;
  const may = right === undefined ? 'is allowed to pull it' : `has ${right}`;
  const verb = `Check the name; if it is private, log in with an account that ${may}`;
  const hint = loginHint(image, verb, access === undefined ? '' : ` ${access}`);
  return finding({ reason: 'unauthorized', cause: 'missing-or-private', message, hint }, evidence);
}

export function credentialsExpired(
  image: CheckedImage,
  credential: Credential | undefined,
  evidence: Evidence,
): Finding {
  const message = `The credentials${credential === undefined ? '' : sourceOf(credential)} have expired (${evidence.response.status}).`;
  const hint = credential === undefined ? loginHint(image, 'Log in again') : renewHint(loginSubject(image), credential);
  return finding({ reason: 'unauthorized', cause: 'credentials-expired', message, hint }, evidence);
}

/** `The credentials for ghcr.io from ~/.docker/config.json (user octocat)`. */
export function nameCredentials({ reference }: CheckedImage, credential: Credential | undefined): string {
  const name = `The credentials for ${reference.registry}`;
  return credential === undefined ? name : `${name}${sourceOf(credential)}`;
}

/** ` from ~/.docker/config.json (user octocat)` */
function sourceOf({ source, username }: Credential): string {
  const from = source === GIVEN_LOGIN ? GIVEN_LOGIN_NAME : cleanText(source);
  return ` from ${from}${username ? ` (user ${cleanText(username, 100)})` : ''}`;
}
