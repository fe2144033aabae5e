// Judges a token service that issued no token: because of the credentials, the permission or an outage, or because it
// is not a token service at all.

import type { CredentialsTried } from '../auth/authenticate.ts';
import { saysExpired } from '../auth/credential-rejection.ts';
import { says } from '../registry/dialects.ts';
import { type Evidence, hasCode } from '../registry/evidence.ts';
import { formatStatus } from '../registry/status.ts';
import {
  type CheckedImage,
  type Finding,
  finding,
  intercepted,
  loginHint,
  quoteRegistry,
  repositoryName,
} from './finding.ts';
import { advise, checkCredentialsHint } from './hint.ts';
import { judgeBlock } from './judge-block.ts';
import { judgeLimit } from './judge-limit.ts';
import {
  credentialsExpired,
  lowerFirst,
  nameCredentials,
  noAnonymousAccess,
  privateOrMissing,
} from './judge-permission.ts';
import { outageHint } from './judge-response.ts';
import { describeResponse } from './response-words.ts';

const LATER = advise('try-later', 'Try again later; this does not mean that the image is missing.');

/** `problem` completes "the token service returned …". */
export function judgeToken(
  image: CheckedImage,
  evidence: Evidence,
  problem: string | null,
  tried: CredentialsTried,
): Finding {
  const { response } = evidence;
  const { status } = response;
  const service = nameService(evidence);
  if (evidence.limit !== undefined) return judgeLimit(image, evidence, evidence.limit, tried);
  if (status >= 500 && status !== 501 && status !== 511) {
    return serviceError(`${service} returned ${describeResponse(evidence)}.`, evidence, outageHint(evidence));
  }
  if (status === 511 || (evidence.page !== undefined && status < 400)) {
    return intercepted(evidence, 'a token');
  }
  if (problem !== null) return serviceError(`${service} returned ${problem}.`, evidence, BROKEN);
  // It does not support the method; Quay alone means the repository.
  if ((status === 405 || status === 501) && !image.known.refusesTokensBy405) {
    const methods = tried.used === undefined ? 'method GET' : 'methods GET and POST';
    const message = `${service} rejects the ${methods} (${status})${quoteRegistry(evidence)}.`;
    return serviceError(message, evidence, BROKEN);
  }
  if (response.crossedOrigin && tried.used !== undefined && (status === 401 || status === 403)) {
    const message = `${service}, which ${image.host}'s token service redirects to, requires a login, and credentials are never forwarded to another host.`;
    const hint = advise('contact-operator', "Contact the registry's operator: runtimes do not forward them either.");
    return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
  }
  const block = judgeBlock(image, evidence);
  if (block !== undefined) return block;
  if (saysExpired(response)) return credentialsExpired(image, undefined, evidence);
  if (status === 401) return judgeAnonymous(image, evidence);
  if (status === 403) return noAnonymousAccess(image, evidence);
  if (status === 404 && image.known.hidesMissingBehindTokens) return privateOrMissing(image, evidence);
  return judgeUnexpected(image, evidence, tried);
}

const nameService = ({ response }: Evidence): string => `The token service ${response.host}`;

const BROKEN = advise(
  'contact-operator',
  'Contact the operator of the token service: runtimes fail as well, so trying again does not help.',
);

const serviceError = (message: string, evidence: Evidence, hint = LATER): Finding =>
  finding({ reason: 'registry-error', cause: 'token-service', message, hint }, evidence);

function judgeAnonymous(image: CheckedImage, evidence: Evidence): Finding {
  const { known } = image;
  if (known.issuesAnonymousTokens) {
    const outage = 'refuses anonymous tokens, which it normally grants: probably an outage.';
    return serviceError(`${nameService(evidence)} ${outage}`, evidence);
  }
  if (known.hidesMissing && !known.requiresCredentials) return privateOrMissing(image, evidence);
  const message = `${known.name} does not allow anonymous access to ${repositoryName(image)}.`;
  const hint = loginHint(image);
  return finding({ reason: 'unauthorized', cause: 'credentials-required', message, hint }, evidence);
}

function judgeUnexpected(image: CheckedImage, evidence: Evidence, { used }: CredentialsTried): Finding {
  const { status } = evidence.response;
  if (hasCode(evidence, 'NAME_INVALID')) {
    const message = `${image.known.name} rejects this image name${quoteRegistry(evidence)}.`;
    const hint = advise('check-name', 'Check the spelling of the repository.');
    return finding({ reason: 'invalid-reference', cause: null, message, hint }, evidence);
  }
  if (says(evidence, 'not-an-image')) {
    const message = `${repositoryName(image)} does not contain container images${quoteRegistry(evidence)}.`;
    const hint = advise('use-other-tool', 'Check the name, or use the tool that created it.');
    return finding({ reason: 'not-an-image', cause: null, message, hint }, evidence);
  }
  if (says(evidence, 'registry-disabled')) {
    const message = `The container registry of ${image.known.name} is disabled${quoteRegistry(evidence)}.`;
    const hint = advise('contact-operator', 'Ask its operator to enable it.');
    return finding({ reason: 'not-a-registry', cause: 'not-oci', message, hint }, evidence);
  }
  const redirect = status >= 300 && status < 400 ? ', and credentials are never forwarded to another address' : '';
  if (used !== undefined && status >= 400 && !evidence.response.crossedOrigin) {
    const credentials = lowerFirst(nameCredentials(image, used));
    const message = `${nameService(evidence)} returned ${formatStatus(status)} to ${credentials}${quoteRegistry(evidence)}.`;
    const hint = checkCredentialsHint(image.known.name);
    return finding({ reason: 'not-a-registry', cause: 'bad-challenge', message, hint }, evidence);
  }
  const message = `${nameService(evidence)} returned ${formatStatus(status)}${redirect}${quoteRegistry(evidence)}.`;
  const hint = advise(
    'contact-operator',
    'The registry seems to point to the wrong token service; contact its operator.',
  );
  return finding({ reason: 'not-a-registry', cause: 'bad-challenge', message, hint }, evidence);
}
