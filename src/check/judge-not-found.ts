// Judges a 404: what is missing, and did a registry say so?

import { says } from '../registry/dialects.ts';
import type { Evidence } from '../registry/evidence.ts';
import { type CheckedImage, capitalize, type Finding, finding, imageName, repositoryName } from './finding.ts';

/** A 404 without a registry error is the cause `weak-evidence`. */
export function judgeNotFound(image: CheckedImage, evidence: Evidence): Finding {
  const { known, part } = image;
  const { host, status, crossedOrigin } = evidence.response;
  if (!evidence.isFromRegistry && known.signsNotFound && !crossedOrigin) {
    const message = `${known.name} answers ${status} without a reason, as it does in an outage.`;
    const hint = 'Try again later; the image may well be there.';
    return finding({ reason: 'registry-error', cause: 'registry', message, hint }, evidence);
  }
  if (says(evidence, 'accept-rejected')) {
    const message = `${host} has the image, but says that our Accept header does not allow it.`;
    const hint = 'Look for a proxy in between that changes headers.';
    return finding({ reason: 'registry-error', cause: 'registry', message, hint }, evidence);
  }
  if (part !== undefined) {
    const message = `${capitalize(part.name)} is missing from ${crossedOrigin ? host : repositoryName(image)}.`;
    const hint = 'A pull would fail. Push the image again, or have the registry restore it.';
    return finding({ reason: 'incomplete', cause: part.kind, message, hint }, evidence);
  }
  if (evidence.isFromRegistry) return judgeMissing(image, evidence);
  const message = `${host} answers ${status} for ${imageName(image)}, but not in the words of a registry.`;
  const hint = 'Check the name; behind a proxy or a cache, check that it can ask the registry.';
  return finding({ reason: 'not-found', cause: 'weak-evidence', message, hint }, evidence);
}

/** A server without `/v2/` answered 404. */
export const notARegistry = (evidence: Evidence): Finding =>
  finding(
    {
      reason: 'not-a-registry',
      cause: 'not-oci',
      message: `${evidence.response.host} answers, but it is no registry: it has no /v2/.`,
      hint: 'Check the host and port of the image.',
    },
    evidence,
  );

function judgeMissing(image: CheckedImage, evidence: Evidence): Finding {
  const { known, reference } = image;
  const { repository, tag, digest } = reference;
  const name = repositoryName(image);
  const cache = known.cacheOf && `This is a cache of ${known.cacheOf}, where the image may well be.`;
  const missing = (cause: 'repository' | 'tag' | 'digest', message: string, hint: string): Finding =>
    finding({ reason: 'not-found', cause, message, hint }, evidence);
  if (says(evidence, 'repository-missing')) {
    const message = `${known.name} has no repository ${repository}.`;
    return missing('repository', message, cache ?? 'Check the spelling of the repository.');
  }
  if (tag !== undefined && digest === undefined && says(evidence, 'tag-expired')) {
    const message = `${name} had the tag ${tag}, but it has expired or was deleted.`;
    return missing('tag', message, 'Push it again, or have it restored.');
  }
  if (digest !== undefined) {
    const hint = 'Check repository and digest; a cache may know a digest only after a pull by tag.';
    return missing('digest', `${name} has no manifest ${digest}.`, cache ?? hint);
  }
  const hint = known.missesOnlyTags
    ? 'The repository is there: check the spelling of the tag, and whether its push has finished.'
    : 'Check the spelling of repository and tag, and whether the push has finished.';
  return missing('tag', `${name} has no tag ${tag}.`, cache ?? hint);
}
