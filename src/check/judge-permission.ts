// Judges a 401 or 403: no credentials, wrong or expired ones, or no permission.

import type { CredentialsTried, RefusedCredential } from '../auth/authenticate.ts';
import { saysBadLogin, saysExpired } from '../auth/refusal.ts';
import { cleanText } from '../core/text.ts';
import type { Credential } from '../credentials/credential.ts';
import { says } from '../registry/dialects.ts';
import { type Evidence, evidenceOf } from '../registry/evidence.ts';
import {
  accessHint,
  type CheckedImage,
  type Finding,
  finding,
  intercepted,
  loginAdvice,
  quoteRegistry,
  repositoryName,
} from './finding.ts';

/** A 401 after the challenge was answered as well as possible. */
export function judgeUnauthorized(
  image: CheckedImage,
  evidence: Evidence,
  { used, refused, withToken }: CredentialsTried,
): Finding {
  const { response, page } = evidence;
  const { headers, host, crossedOrigin } = response;
  const challenges = headers.all('www-authenticate').join(', ').trim();
  if (page !== undefined && challenges === '' && !withToken) return intercepted(evidence);
  if (saysExpired(response)) return credentialsExpired(image, used ?? refused[0]?.credential, evidence);
  if (crossedOrigin && !withToken) {
    const message = `${host}, which ${image.host} redirects to, requires a login, and credentials are never sent to another host.`;
    const hint = "Contact the registry's operator, or check the image at its actual location.";
    return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
  }
  if (refused[0] !== undefined) return judgeRefused(image, refused[0], evidence);
  // RFC 6750 section 3.1: "expired, revoked, malformed, or invalid for other reasons".
  const isTokenInvalid = withToken && /error="?invalid_token/i.test(challenges);
  if (used !== undefined && isTokenInvalid) return credentialsExpired(image, used, evidence);
  if (used !== undefined) {
    const message = `${nameCredentials(image, used)} do not grant access to ${repositoryName(image)}: no permission, or the repository does not exist.`;
    const hint = accessHint(image);
    return finding({ reason: 'unauthorized', cause: 'missing-or-private', message, hint }, evidence);
  }
  if (withToken && !isTokenInvalid) return privateOrMissing(image, evidence);
  const message = `${image.known.name} requires a login for ${image.reference.repository}.`;
  const hint = loginAdvice(image);
  return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
}

/** A 403 that is not a block. */
export function judgeForbidden(image: CheckedImage, evidence: Evidence, { used, refused }: CredentialsTried): Finding {
  if (saysExpired(evidence.response)) return credentialsExpired(image, used ?? refused[0]?.credential, evidence);
  if (used === undefined && refused[0] !== undefined) return judgeRefused(image, refused[0], evidence);
  if (used === undefined) return noAnonymousAccess(image, evidence);
  const mayBeMissing = image.known.hidesMissingFromUsers || says(evidence, 'access-or-missing');
  return noAccess(image, used, mayBeMissing ?? false, evidence);
}

/** Stored or given credentials that were refused, while anonymous access did not work either: `later` is its response. */
export function judgeRefused(
  image: CheckedImage,
  { credential, response }: RefusedCredential,
  later: Evidence,
): Finding {
  const { known } = image;
  const own = evidenceOf(response);
  const evidence = own.errors.length > 0 ? own : later;
  if (saysExpired(response)) return credentialsExpired(image, credential, evidence);
  if (response.status === 403 && !saysBadLogin(response)) {
    return noAccess(image, credential, (known.hidesMissingFromUsers || known.hidesMissing) ?? false, evidence);
  }
  const message = `${nameCredentials(image, credential)} were rejected${quoteRegistry(evidence)}.`;
  const hint = loginAdvice(image, 'Log in again');
  return finding({ reason: 'unauthorized', cause: 'bad-credentials', message, hint }, evidence);
}

function noAccess(image: CheckedImage, credential: Credential, mayBeMissing: boolean, evidence: Evidence): Finding {
  const missing = mayBeMissing ? ', or it does not exist' : '';
  return finding(
    {
      reason: 'denied',
      cause: mayBeMissing ? 'missing-or-no-access' : 'no-access',
      message: `${nameCredentials(image, credential)} are not allowed to pull ${repositoryName(image)}${missing}${quoteRegistry(evidence)}.`,
      hint: accessHint(image),
    },
    evidence,
  );
}

export function noAnonymousAccess(image: CheckedImage, evidence: Evidence): Finding {
  const message = `${repositoryName(image)} is private or does not exist; ${image.known.name} denies anonymous access.`;
  const hint = accessHint(image);
  return finding({ reason: 'denied', cause: 'missing-or-no-access', message, hint }, evidence);
}

/** Most registries hide what is missing from anonymous clients. */
export function privateOrMissing(image: CheckedImage, evidence: Evidence): Finding {
  const { name, access } = image.known;
  const message = `${repositoryName(image)} is private or does not exist; ${name} does not say which.`;
  const login = loginAdvice(image, 'Check the name; if it is private, log in');
  const hint = access === undefined ? login : `${login} ${access}`;
  return finding({ reason: 'unauthorized', cause: 'missing-or-private', message, hint }, evidence);
}

export function credentialsExpired(
  image: CheckedImage,
  credential: Credential | undefined,
  evidence: Evidence,
): Finding {
  const message = `${nameCredentials(image, credential)} have expired.`;
  const hint = loginAdvice(image, 'Log in again');
  return finding({ reason: 'unauthorized', cause: 'credentials-expired', message, hint }, evidence);
}

/** `The credentials for ghcr.io from ~/.docker/config.json (user octocat)`. */
function nameCredentials({ reference }: CheckedImage, credential: Credential | undefined): string {
  const name = `The credentials for ${reference.registry}`;
  if (credential === undefined) return name;
  const { source, username } = credential;
  return `${name} from ${cleanText(source)}${username ? ` (user ${cleanText(username, 100)})` : ''}`;
}
