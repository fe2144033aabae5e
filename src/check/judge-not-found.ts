// Judges a 404: what exactly is missing, and whether it was a registry that said so.

import type { RegistryError } from '../core/result.ts';
import type { HttpResponse } from '../http/send.ts';
import { isSigned, readWords } from '../registry/error.ts';
import { capital, type Finding, find, imageName, type Question, repositoryName } from './finding.ts';

export function judgeNotFound(
  question: Question,
  response: HttpResponse,
  errors: readonly RegistryError[],
  registryAnswers: boolean | undefined,
): Finding {
  const { known, part } = question;
  const { host, status } = response;
  const words = readWords(response);
  const signed = isSigned(response);
  if (!signed && known.signsNotFound && !response.crossedOrigin) {
    const message = `${known.name} answers ${status} without a reason, as it does in an outage.`;
    return find('registry-error', 'registry', message, 'Try again later; the image may well be there.', errors);
  }
  if (words.some(({ message }) => /but accept header does not support/i.test(message ?? ''))) {
    const message = `${host} has the image, but says that our Accept header does not allow it.`;
    return find('registry-error', 'registry', message, 'Look for a proxy in between that changes headers.', errors);
  }
  if (part !== undefined) {
    return find(
      'incomplete',
      part.kind,
      `${capital(part.name)} is missing from ${response.crossedOrigin ? host : repositoryName(question)}.`,
      'A pull would fail. Push the image again, or have the registry restore it.',
      errors,
    );
  }
  if (signed) return judgeMissing(question, words, errors);
  if (registryAnswers === false) {
    return find(
      'not-a-registry',
      'not-oci',
      `${host} answers, but it is no registry: it has no /v2/.`,
      'Check the host and port of the image.',
      errors,
    );
  }
  return find(
    'not-found',
    'weak-evidence',
    `${host} answers ${status} for ${imageName(question)}, but not in the words of a registry.`,
    'Check the name; behind a proxy or a cache, check that it can ask the registry.',
    errors,
  );
}

function judgeMissing(question: Question, words: readonly RegistryError[], errors: readonly RegistryError[]): Finding {
  const { known, reference } = question;
  const { repository, tag, digest } = reference;
  const says = (pattern: RegExp): boolean =>
    words.some(({ code, message }) => pattern.test(code ?? '') || pattern.test(message ?? ''));
  const cache = known.cacheOf && `This is a cache of ${known.cacheOf}, where the image may well be.`;
  if (says(/^NAME_UNKNOWN$|repository .*(?:not found|does not exist)/i)) {
    const message = `${known.name} has no repository ${repository}.`;
    return find('not-found', 'repository', message, cache ?? 'Check the spelling of the repository.', errors);
  }
  if (tag !== undefined && digest === undefined && says(/^TAG_EXPIRED$/)) {
    const message = `${repositoryName(question)} had the tag ${tag}, but it has expired or was deleted.`;
    return find('not-found', 'tag', message, 'Push it again, or have it restored.', errors);
  }
  if (digest !== undefined) {
    const message = `${repositoryName(question)} has no manifest ${digest}.`;
    const hint = 'Check repository and digest; a cache may know a digest only after a pull by tag.';
    return find('not-found', 'digest', message, cache ?? hint, errors);
  }
  const hint = known.missesOnlyTags
    ? 'The repository is there: check the spelling of the tag, and whether its push has finished.'
    : 'Check the spelling of repository and tag, and whether the push has finished.';
  return find('not-found', 'tag', `${repositoryName(question)} has no tag ${tag}.`, cache ?? hint, errors);
}
