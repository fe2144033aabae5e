// Judges a 404 or 410: what is missing, and did a registry say so?

import { shortDigest } from '../core/digest.ts';
import { says, saysMissing } from '../registry/dialects.ts';
import type { Evidence } from '../registry/evidence.ts';
import { formatStatus } from '../registry/status.ts';
import {
  type CauseOf,
  type CheckedImage,
  capitalize,
  type Finding,
  finding,
  imageName,
  quoteRegistry,
  repositoryName,
} from './finding.ts';
import { advise, type Hint } from './hint.ts';

/** A 404 without a registry error, or with an unknown one, is the cause `weak-evidence`. */
export function judgeNotFound(image: CheckedImage, evidence: Evidence): Finding {
  const { known, part } = image;
  const { host, status, crossedOrigin } = evidence.response;
  if (!evidence.isFromRegistry && known.explainsNotFound && !crossedOrigin) {
    const message = `${known.name} returned ${formatStatus(status)} without an error body, as it does during outages.`;
    const hint = advise('try-later', 'Try again later; this does not mean that the image is missing.');
    return finding({ reason: 'registry-error', cause: 'registry', message, hint }, evidence);
  }
  if (says(evidence, 'accept-rejected')) {
    const message = `${host} has the image, but says the Accept header does not allow it.`;
    const hint = advise('check-registry', 'Check for a proxy that rewrites headers.');
    return finding({ reason: 'registry-error', cause: 'registry', message, hint }, evidence);
  }
  if (part !== undefined) {
    const message = `${capitalize(part.title)} is missing from ${crossedOrigin ? host : repositoryName(image)}: ${part.detail}.`;
    const pull = part.platform === undefined ? 'A pull would fail.' : `A pull for ${part.platform} would fail.`;
    const hint = advise('push-again', `${pull} Push the image again, or have the registry restore it.`);
    return finding({ reason: 'incomplete', cause: part.kind, message, hint }, evidence);
  }
  if (status === 410 && evidence.page === undefined) return gone(image, evidence);
  if (saysMissing(evidence)) return judgeMissing(image, evidence);
  if (evidence.isFromRegistry) return unclear(image, evidence);
  const body =
    evidence.page === undefined ? 'but without a registry error' : `with ${evidence.page}, not a registry error`;
  const message = `${host} returned ${formatStatus(status)} for ${imageName(image)}, ${body}: the image is missing, or this is not a registry.`;
  const hint = advise('check-name', 'Check the name. Behind a proxy or cache, check that it can reach the registry.');
  return finding({ reason: 'not-found', cause: 'weak-evidence', message, hint }, evidence);
}

/** The code of the error is not about what is missing. */
function unclear(image: CheckedImage, evidence: Evidence): Finding {
  const { host, status } = evidence.response;
  const message = `${host} returned ${formatStatus(status)} for ${imageName(image)}, with an unrelated error${quoteRegistry(evidence)}: the image may exist.`;
  const hint = advise(
    'try-later',
    'Check the name. Try again later, or ask the operator of the registry what the error means.',
  );
  return finding({ reason: 'not-found', cause: 'weak-evidence', message, hint }, evidence);
}

/** RFC 9110 section 15.5.11: it was there, and was removed on purpose. */
const gone = (image: CheckedImage, evidence: Evidence): Finding =>
  finding(
    {
      reason: 'not-found',
      cause: null,
      message: `${imageName(image)} was removed: ${evidence.response.host} returned 410 (Gone)${quoteRegistry(evidence)}.`,
      hint: advise('push-again', 'Push it again, or use another image.'),
    },
    evidence,
  );

/** A server without `/v2/` returned 404. */
export const notARegistry = (evidence: Evidence): Finding =>
  finding(
    {
      reason: 'not-a-registry',
      cause: 'not-oci',
      message: `${evidence.response.host} responds, but is not a registry: it has no /v2/ endpoint, and returned ${formatStatus(evidence.response.status)}${evidence.page === undefined ? '' : ` with ${evidence.page}`}.`,
      hint: advise('check-registry', 'Check the host and port of the image.'),
    },
    evidence,
  );

const CHECK_REPOSITORY = advise(
  'check-name',
  'Check the spelling of the repository, and whether anything has been pushed to it.',
);

function judgeMissing(image: CheckedImage, evidence: Evidence): Finding {
  const { known, reference } = image;
  const { repository, tag, digest } = reference;
  const name = repositoryName(image);
  // Over http, it would require an option more.
  const list = image.isPlainHttp ? '' : `; \`skopeo list-tags docker://${name}\` lists the tags`;
  const cache =
    known.cacheOf && advise('check-name', `This is a cache of ${known.cacheOf}; the image may exist there.`);
  const missing = (cause: CauseOf<'not-found'>, message: string, hint: Hint): Finding =>
    finding({ reason: 'not-found', cause, message, hint }, evidence);
  if (says(evidence, 'repository-missing')) {
    const message = `${known.name} has no repository ${repository}.`;
    return missing('repository', message, cache || CHECK_REPOSITORY);
  }
  if (tag !== undefined && digest === undefined && says(evidence, 'tag-expired')) {
    const message = `Tag ${tag} of ${name} has expired or was deleted.`;
    return missing('tag', message, advise('push-again', 'Push it again, or have it restored.'));
  }
  if (digest !== undefined) {
    const hint = advise(
      'check-name',
      'Check the repository and the digest; a cache may know a digest only after a pull by tag.',
    );
    return missing('digest', `${name} has no manifest ${shortDigest(digest)}.`, cache || hint);
  }
  if (known.notFoundMeansTag) {
    const hint = advise(
      'check-name',
      `The repository exists: check the tag's spelling and whether the push has finished${list}.`,
    );
    return missing('tag', `${name} has no tag ${tag}.`, cache || hint);
  }
  // CNCF distribution and Harbor respond the same for a missing repository.
  const hint = advise(
    'check-name',
    `Check the spelling of the repository and the tag, and whether the push has finished${list}.`,
  );
  const message = `${name}:${tag} does not exist: no such tag, or no such repository.`;
  return missing(null, message, cache || hint);
}
