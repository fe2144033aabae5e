// Judges a 404: what exactly is missing, and whether it was a registry that said so.

import type { RegistryError } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { isPage, isSigned } from '../registry/error.ts';
import { describeErrors } from './describe-errors.ts';
import { type Finding, find, type Part, type Question, repositoryName } from './finding.ts';

/** Codes that say the thing asked for is not there; `404` is Red Hat's, NOT_FOUND Harbor's, TAG_EXPIRED Quay's. */
const MISSING = new Set([
  'MANIFEST_UNKNOWN',
  'NAME_UNKNOWN',
  'BLOB_UNKNOWN',
  'NOT_FOUND',
  'TAG_EXPIRED',
  'NAME_NOT_FOUND',
  '404',
]);

const PART_CAUSES = { 'child-manifest': 'child-manifest', config: 'config', layer: 'layer' } as const satisfies Record<
  Part['kind'],
  string
>;

export function judgeNotFound(
  question: Question,
  response: HttpResponse,
  errors: readonly RegistryError[],
  registryAnswers: boolean | undefined,
): Finding {
  const { known, reference, part } = question;
  if (part !== undefined) {
    return find(
      'incomplete',
      PART_CAUSES[part.kind],
      `The manifest is there, but ${part.name} is not.`,
      'A pull would fail. Push the image again, or have the registry restore it.',
      errors,
    );
  }
  const signed = isSigned(response) || errors.some(({ code }) => code !== null && MISSING.has(code));
  if (!signed && known.signsNotFound) {
    return find(
      'registry-error',
      'registry',
      `${known.name} answers 404 without a reason, as it does in an outage.`,
      'Try again later; the image may well exist.',
      errors,
    );
  }
  if (!signed && registryAnswers !== true && (isPage(response) || registryAnswers === false)) {
    return find(
      'not-a-registry',
      'not-oci',
      `${response.url.host} answers, but there is no registry: /v2/ is not found there.`,
      'Check the host and port of the reference.',
      errors,
    );
  }
  if (!signed) {
    return find(
      'not-found',
      'weak-evidence',
      `${response.url.host} answers 404 for ${describeReference(question)}, but not in a registry's words.`,
      'Check the name; behind a proxy or a cache, check that it lets the registry speak.',
      errors,
    );
  }
  if (
    errors.some(
      ({ code, message }) =>
        code === 'NAME_UNKNOWN' || /repository .*(?:not found|does not exist)/i.test(message ?? ''),
    )
  ) {
    return find(
      'not-found',
      'repository',
      `${known.name} has no repository ${reference.repository}.`,
      'Check the spelling of the repository.',
      errors,
    );
  }
  if (errors.some(({ code }) => code === 'TAG_EXPIRED')) {
    return find(
      'not-found',
      'tag',
      `${repositoryName(question)} had the tag ${reference.tag}, but it was deleted or has expired.`,
      'Push it again, or have it restored.',
      errors,
    );
  }
  if (errors.some(({ message }) => /registry not enabled/i.test(message ?? ''))) {
    return find(
      'not-a-registry',
      'not-oci',
      `${response.url.host} has its registry switched off${describeErrors(errors)}.`,
      'Ask its operator to enable it.',
      errors,
    );
  }
  if (reference.digest !== undefined) {
    return find(
      'not-found',
      'digest',
      `${repositoryName(question)} has no manifest ${reference.digest}.`,
      'Check the digest; a cache in front of a registry may know it only after a pull by tag.',
      errors,
    );
  }
  return find(
    'not-found',
    'tag',
    `${repositoryName(question)} has no tag ${reference.tag}.`,
    'Check the spelling of repository and tag, and whether the push has finished.',
    errors,
  );
}

function describeReference({ reference }: Question): string {
  return reference.digest === undefined ? `tag ${reference.tag}` : reference.digest;
}
