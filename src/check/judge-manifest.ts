// Judges the bytes of a manifest: its digest, what it is, whether a runtime can run it.

import type { Digest } from '../core/digest.ts';
import { isRunnable } from '../core/platform.ts';
import type { Manifest, ManifestOutcome, ManifestProblem } from '../registry/manifest.ts';
import { kindOfMediaType } from '../registry/media-type.ts';
import { type Finding, find, type Question, repositoryName } from './finding.ts';

/** What is wrong with a manifest that was read; undefined when a runtime can take it. `asked`: the digest that named it. */
export function judgeManifest(
  question: Question,
  outcome: ManifestOutcome,
  asked: Digest | undefined,
): Finding | undefined {
  const digest = outcome.ok ? outcome.value.digest : outcome.error.digest;
  // A truncated body is a problem of its own; a page is not the manifest with another digest.
  const compared = outcome.ok || outcome.error.kind !== 'no-manifest';
  if (asked !== undefined && digest !== null && digest !== asked && compared) {
    return find(
      'corrupt',
      partCause(question),
      `${subject(question)} does not match its digest: asked for ${asked}, got ${digest}.`,
      REPUSH,
    );
  }
  if (!outcome.ok) return judgeProblem(question, outcome.error);
  return outcome.value.kind === 'index' ? judgeEntries(question, outcome.value) : undefined;
}

const REPUSH = 'Push the image again; until then a pull would fail.';

const subject = ({ part }: Question): string => (part === undefined ? 'The manifest' : `T${part.name.slice(1)}`);

const partCause = ({ part }: Question): 'child-manifest' | null => (part === undefined ? null : 'child-manifest');

function judgeProblem(question: Question, problem: ManifestProblem): Finding {
  const name = repositoryName(question);
  switch (problem.kind) {
    case 'corrupt':
      return find('corrupt', partCause(question), `${subject(question)} ${problem.problem}.`, REPUSH);
    case 'not-an-image':
      return find(
        'not-an-image',
        null,
        `${name} has it, but it is ${problem.what}, not a container image.`,
        'No container runtime can run it; check the repository and tag, or use the tool it was made with.',
      );
    case 'schema1':
      return find(
        'legacy-schema1',
        null,
        `${name} serves only a Docker schema 1 manifest, which current runtimes refuse.`,
        'Docker 28.2 and containerd 2.1 and later do not pull it. Pull it with an older Docker and push it again.',
      );
    case 'no-manifest':
      return problem.html
        ? find(
            'not-a-registry',
            'intercepted',
            `In place of a manifest, ${question.host} answers with ${problem.what}.`,
            'Look for a login page of this network, a proxy in between, or a wrong host in the reference.',
          )
        : find(
            'not-a-registry',
            'not-oci',
            `${question.host} answers 200, but with ${problem.what} in place of a manifest.`,
            'Check the host and port of the reference, and whether a proxy answers in its place.',
          );
    default:
      problem satisfies never;
      throw new TypeError('unknown manifest problem');
  }
}

function judgeEntries(question: Question, { manifests }: Manifest & { kind: 'index' }): Finding | undefined {
  const images = manifests.filter(({ mediaType }) => kindOfMediaType(mediaType) !== undefined).filter(isRunnable);
  if (images.length > 0) return undefined;
  const what = manifests.some((entry) => !isRunnable(entry))
    ? 'an index of attestations only'
    : 'an index without an image in it';
  return judgeProblem(question, { kind: 'not-an-image', what });
}
