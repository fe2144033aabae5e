// Judges a manifest that was served: its digest, its descriptor, what it is, whether a runtime can run it.

import { failure, type Outcome, success } from '../core/outcome.ts';
import type { HttpResponse } from '../http/send.ts';
import { isAttestation, sortEntries } from '../registry/index-entries.ts';
import { type Manifest, type ManifestProblem, readManifest } from '../registry/manifest.ts';
import { capital, type Finding, find, imageName, inBytes, type Question } from './finding.ts';
import { judgeIntercepted } from './judge-intercepted.ts';

export function judgeManifest(question: Question, response: HttpResponse): Outcome<Manifest, Finding> {
  const descriptor = question.part?.descriptor;
  const asked = descriptor?.digest ?? question.reference.digest;
  const said = response.headers.mediaType();
  const contentType = said === undefined || GENERIC.test(said) ? (descriptor?.mediaType ?? said) : said;
  const read = readManifest(
    { bytes: response.body, truncated: response.truncated, contentType, quote: response.quote },
    asked,
  );
  const { digest } = read.ok ? read.value : read.error;
  // A page is no manifest with another digest.
  const isManifest = read.ok || read.error.kind !== 'no-manifest';
  if (asked !== undefined && digest !== null && digest !== asked && isManifest) {
    return failure(corrupt(question, `does not match its digest ${asked}: its content is ${digest}`));
  }
  if (!read.ok) return failure(judgeProblem(question, response, read.error));
  const manifest = read.value;
  if (descriptor !== undefined && response.body.length !== descriptor.size) {
    return failure(corrupt(question, `has ${inBytes(response.body.length)}, but the index says ${descriptor.size}`));
  }
  if (descriptor !== undefined && manifest.mediaType !== descriptor.mediaType) {
    return failure(corrupt(question, `is ${manifest.mediaType}, but the index calls it ${descriptor.mediaType}`));
  }
  const what = manifest.kind === 'index' ? nothingToRun(manifest) : undefined;
  return what === undefined ? success(manifest) : failure(notAnImage(question, what));
}

/** Content types that say nothing: then the index that names a manifest says what it is. */
const GENERIC = /^(?:application\/(?:json|octet-stream)|text\/plain)$/;

const corrupt = (question: Question, problem: string): Finding =>
  find(
    'corrupt',
    question.part === undefined ? null : 'child-manifest',
    `${capital(question.part?.name ?? 'the manifest')} ${problem}.`,
    'A pull would fail. Push the image again, or have the registry restore it.',
  );

const notAnImage = (question: Question, what: string): Finding =>
  find(
    'not-an-image',
    null,
    `${capital(question.part?.name ?? imageName(question))} is ${what}, not a container image.`,
    'No container runtime can run it. Check repository and tag, or use the tool it was made with.',
  );

function judgeProblem(question: Question, response: HttpResponse, problem: ManifestProblem): Finding {
  switch (problem.kind) {
    case 'corrupt':
      return corrupt(question, problem.problem);
    case 'not-an-image':
      return notAnImage(question, problem.what);
    case 'schema1':
      return find(
        'legacy-schema1',
        null,
        `${imageName(question)} has only a Docker schema 1 manifest, which current runtimes refuse.`,
        'Docker 28.2, containerd 2.1 and later do not pull it: pull it with an older Docker and push it again.',
      );
    case 'no-manifest':
      return problem.isPage
        ? judgeIntercepted(response)
        : find(
            'not-a-registry',
            'not-oci',
            `${response.host} answers 200, but with ${problem.what} in place of a manifest.`,
            'Check the host and port of the image, and whether a proxy answers in its place.',
          );
    default:
      problem satisfies never;
      throw new TypeError('unknown manifest problem');
  }
}

/** What an index without any image is; undefined when it has one. */
function nothingToRun(index: Manifest & { kind: 'index' }): string | undefined {
  const { placed, unplaced } = sortEntries(index);
  if (placed.length + unplaced.length > 0) return undefined;
  return index.manifests.every(isAttestation) ? 'an index of attestations only' : 'an index without an image to run';
}
