// Judges a response that is not the requested content. The order matters: limits and outages before permissions, blocks
// before credentials, and a "not found" counts in full only if a registry says it. The code of an error outranks a 404.

import type { CredentialsTried } from '../auth/authenticate.ts';
import { REDIRECTS } from '../http/redirect.ts';
import { TRANSIENT_STATUSES } from '../http/retry.ts';
import { says } from '../registry/dialects.ts';
import { type Evidence, hasCode } from '../registry/evidence.ts';
import { formatStatus, isGatewayStatus } from '../registry/status.ts';
import { type CheckedImage, type Finding, finding, intercepted, quoteRegistry, repositoryName } from './finding.ts';
import { advise, clientCertificateHint, type Hint, OPTION_HINTS } from './hint.ts';
import { judgeBlock } from './judge-block.ts';
import { judgeLimit } from './judge-limit.ts';
import { judgeNotFound } from './judge-not-found.ts';
import { judgeForbidden, judgeInconclusive, judgeUnauthorized } from './judge-permission.ts';
import { describeResponse, tryAgain } from './response-words.ts';

const LATER = advise('try-later', "Try again later; if it persists, contact the registry's operator.");

export function judgeResponse(image: CheckedImage, evidence: Evidence, tried: CredentialsTried): Finding {
  const { status, body } = evidence.response;
  const { inconclusive } = tried;
  if (evidence.limit !== undefined) return judgeLimit(image, evidence, evidence.limit, tried);
  if (status === 511) return intercepted(evidence);
  const isMissing = status === 404 || status === 410;
  if (status >= 500 || TRANSIENT_STATUSES.has(status) || (isMissing && says(evidence, 'outage'))) {
    return judgeOutage(evidence);
  }
  if (status === 407) return proxyCredentials(evidence);
  const block = inconclusive !== undefined && body.length === 0 ? undefined : judgeBlock(image, evidence);
  if (block !== undefined) return block;
  if (
    inconclusive !== undefined &&
    !(status === 403 && inconclusive === 'login-required') &&
    !hasCode(evidence, ...INVALID_NAME)
  ) {
    return judgeInconclusive(image, evidence, inconclusive);
  }
  if (status === 401) return judgeUnauthorized(image, evidence, tried);
  // Without a challenge, a token was all there is to send.
  if (isMissing && says(evidence, 'login-required')) {
    return judgeUnauthorized(image, evidence, { ...tried, withToken: true });
  }
  if (status === 403 || (isMissing && says(evidence, 'no-access'))) return judgeForbidden(image, evidence, tried);
  if (isMissing && !hasCode(evidence, ...INVALID_NAME, 'MANIFEST_INVALID')) return judgeNotFound(image, evidence);
  return judgeUnexpected(image, evidence);
}

const INVALID_NAME = ['NAME_INVALID', 'TAG_INVALID', 'DIGEST_INVALID'];

function judgeOutage(evidence: Evidence): Finding {
  const { host, crossedOrigin } = evidence.response;
  if (hasCode(evidence, 'MANIFEST_INVALID')) return invalidManifest(evidence);
  return finding(
    {
      reason: 'registry-error',
      cause: crossedOrigin || says(evidence, 'upstream-unavailable') ? 'upstream' : 'registry',
      message: `${host} returned ${describeResponse(evidence)}.`,
      hint: outageHint(evidence),
    },
    evidence,
  );
}

/** A gateway responds where the registry does not: its operator should know. */
export function outageHint({ response }: Evidence): Hint {
  const { status, host } = response;
  const behind = isGatewayStatus(status)
    ? `The proxy or CDN in front of ${host} responds, but the registry behind it does not. `
    : '';
  return advise('try-later', `${behind}${tryAgain(response)}; this does not mean that the image is missing.`);
}

const invalidManifest = (evidence: Evidence): Finding =>
  finding(
    {
      reason: 'corrupt',
      cause: null,
      message: `${evidence.response.host} has a broken manifest${quoteRegistry(evidence)}.`,
      hint: advise('push-again', 'A pull would fail. Push the image again.'),
    },
    evidence,
  );

const proxyCredentials = ({ response }: Evidence): Finding =>
  finding({
    reason: 'unreachable',
    cause: 'proxy',
    message: `A proxy in front of ${response.host} requires authentication (407).`,
    hint: advise('check-proxy', "Add the proxy's credentials to HTTPS_PROXY: http://user:password@proxy:port."),
  });

/** 400, 405 and every status that a registry does not send. */
function judgeUnexpected(image: CheckedImage, evidence: Evidence): Finding {
  const { response } = evidence;
  const { status, host } = response;
  if (hasCode(evidence, ...INVALID_NAME)) {
    const message = `${image.known.name} rejects this image name${quoteRegistry(evidence)}.`;
    const hint = advise('check-name', 'Check the spelling of the repository, the tag and the digest.');
    return finding({ reason: 'invalid-reference', cause: null, message, hint }, evidence);
  }
  if (hasCode(evidence, 'MANIFEST_INVALID')) return invalidManifest(evidence);
  if (says(evidence, 'requires-https')) {
    const message = `${host} requires https, but was contacted over plain HTTP.`;
    return finding({ reason: 'unreachable', cause: 'tls', message, hint: OPTION_HINTS.omitPlainHttp }, evidence);
  }
  if (says(evidence, 'requires-client-certificate')) {
    const message = `${host} requires a client certificate, and none was sent.`;
    return finding({ reason: 'unreachable', cause: 'tls', message, hint: clientCertificateHint(image.host) }, evidence);
  }
  if (says(evidence, 'credentials-required')) {
    const nothing = { used: undefined, refused: [], withToken: false };
    return { ...judgeUnauthorized(image, evidence, nothing), registryErrors: [] };
  }
  if (says(evidence, 'upstream-failed')) {
    const message = `${host} could not fetch ${repositoryName(image)} from its upstream registry${quoteRegistry(evidence)}.`;
    return finding({ reason: 'registry-error', cause: 'upstream', message, hint: LATER }, evidence);
  }
  if (response.crossedOrigin && status >= 400) {
    const message = `${host}, which ${image.host} redirects to, returned ${describeResponse(evidence)}.`;
    return finding({ reason: 'registry-error', cause: 'upstream', message, hint: LATER }, evidence);
  }
  if (REDIRECTS.has(status)) return unusableRedirect(evidence);
  // The host of a part is a registry: it served the manifest. But no registry returns 416 to a request without a range.
  const servesParts = image.part !== undefined && status >= 400 && status !== 416 && evidence.page === undefined;
  if (evidence.isFromRegistry || servesParts) {
    const message = `${host} returned ${describeResponse(evidence)}.`;
    return finding({ reason: 'registry-error', cause: 'registry', message, hint: LATER }, evidence);
  }
  if (evidence.page !== undefined) return intercepted(evidence);
  return notOci(evidence, ', which is not a valid registry response');
}

/** The query of a Location is not shown: it may contain a token. */
function unusableRedirect(evidence: Evidence): Finding {
  const { headers, quote } = evidence.response;
  const location = headers.get('location') ?? '';
  if (location === '') return notOci(evidence, ', a redirect without a Location header');
  const isOther = /^(?!https?:)[a-z][a-z0-9+.-]*:/i.test(location);
  const shown = isOther ? quote(location.replace(/[?#].*/s, ''), 100) : '';
  const where = shown === '' ? 'an address that no client can parse' : `${shown}, which is not a web address`;
  return notOci(evidence, `, a redirect to ${where}`);
}

function notOci(evidence: Evidence, problem: string): Finding {
  const { status, host } = evidence.response;
  const message = `${host} returned ${formatStatus(status)}${problem}${quoteRegistry(evidence)}.`;
  const hint = advise(
    'check-registry',
    'Check the host and port of the image, and whether a proxy is answering instead.',
  );
  return finding({ reason: 'not-a-registry', cause: 'not-oci', message, hint }, evidence);
}
