// Judges what was served: a manifest, a config or a blob. Does it match its descriptor, and can a runtime use it?

import { algorithmOf, type Digest, digestOf, isSha256 } from '../core/digest.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { formatPlatform, normalizePlatform } from '../core/platform.ts';
import { formatCount } from '../core/quantity.ts';
import type { BlobEvidence } from '../registry/blob-evidence.ts';
import type { Evidence } from '../registry/evidence.ts';
import type { FailedUrl } from '../registry/find-blob.ts';
import { type ImageConfig, readImageConfig } from '../registry/image-config.ts';
import { isAttestation, sortEntries } from '../registry/index-entries.ts';
import { type Manifest, type ManifestProblem, readManifest } from '../registry/manifest.ts';
import { isSchema1MediaType } from '../registry/media-type.ts';
import {
  type CheckedImage,
  capitalize,
  type Finding,
  finding,
  imageName,
  intercepted,
  type Part,
  quoteRegistry,
  shortDigests,
} from './finding.ts';
import { advise, conversionHint, type Hint } from './hint.ts';
import { judgeLayerTypes } from './judge-layers.ts';

export function judgeManifest(image: CheckedImage, evidence: Evidence): Outcome<Manifest, Finding> {
  const { body, headers, truncated, quote } = evidence.response;
  const descriptor = image.part?.descriptor;
  const expected = descriptor?.digest ?? image.reference.digest;
  const contentType = headers.get('content-type');
  const read = readManifest({ bytes: body, truncated, contentType, listedAs: descriptor?.mediaType, quote }, expected);
  const { digest } = read.ok ? read.value : read.error;
  // A web page is not a manifest with another digest.
  const isManifest = read.ok || read.error.kind !== 'no-manifest';
  if (expected !== undefined && digest !== null && digest !== expected && isManifest) {
    return failure(otherManifest(image, evidence.response.host, expected, digest));
  }
  if (!read.ok) return failure(judgeProblem(image, evidence, read.error));
  const manifest = read.value;
  if (!isSha256(manifest.digest)) return failure(notBySha256(image, manifest.digest, digestOf(body)));
  if (descriptor !== undefined && body.length !== descriptor.size) {
    return failure(
      corruptManifest(image, `has ${formatCount(body.length, 'byte')}, but the index says ${descriptor.size}`),
    );
  }
  const artifact = manifest.kind === 'index' ? describeWithoutImage(manifest) : undefined;
  const [broken] = manifest.kind === 'index' ? manifest.broken : [];
  if (artifact !== undefined) {
    return failure(broken === undefined ? notAnImage(image, artifact) : corruptManifest(image, broken.problem));
  }
  const unopened = manifest.kind === 'manifest' ? judgeLayerTypes(image, manifest) : undefined;
  return unopened === undefined ? success(manifest) : failure(unopened);
}

function judgeProblem(image: CheckedImage, evidence: Evidence, problem: ManifestProblem): Finding {
  switch (problem.kind) {
    case 'corrupt':
      return corruptManifest(image, problem.problem);
    case 'media-type':
      if (image.part !== undefined) return corruptManifest(image, problem.problem);
      return finding({
        reason: 'corrupt',
        cause: 'media-type',
        message: `The manifest from ${evidence.response.host} ${problem.problem}.`,
        hint: advise(
          'contact-operator',
          `Have the registry, or the proxy in front of it, send Content-Type: ${problem.type}.`,
        ),
      });
    case 'not-an-image':
      return notAnImage(image, problem.what, problem.hasImageLayers);
    case 'schema1':
      return finding({
        reason: 'legacy-schema1',
        cause: null,
        message: `${imageName(image)} has only a Docker schema 1 manifest${schema1Type(evidence)}, which Docker 26+ and containerd 2.0+ refuse by default (28.2+ and 2.1+ always).`,
        hint: conversionHint(image.reference),
      });
    case 'no-manifest':
      if (problem.isPage) return intercepted(evidence);
      return finding({
        reason: 'not-a-registry',
        cause: 'not-oci',
        message: `${evidence.response.host} returned ${evidence.response.status} with ${problem.what} instead of a manifest.`,
        hint: advise(
          'check-registry',
          'Check the host and port of the image, and whether a proxy is answering instead.',
        ),
      });
    default:
      problem satisfies never;
      throw new TypeError('unknown manifest problem');
  }
}

const corruptManifest = ({ part }: CheckedImage, problem: string): Finding =>
  corrupt(part?.name ?? 'the manifest', part === undefined ? null : 'child-manifest', problem);

/** By digest, a push does not replace the content. */
function otherManifest(image: CheckedImage, host: string, expected: Digest, actual: Digest): Finding {
  if (image.part !== undefined)
    return corruptManifest(
      image,
      `does not match its digest: the content's digest is ${shortDigests(expected, actual)[1]}`,
    );
  const [wanted, found] = shortDigests(expected, actual);
  return finding({
    reason: 'corrupt',
    cause: 'digest-mismatch',
    message: `Requested ${wanted}, but ${host} returned content with the digest ${found}.`,
    hint: advise(
      'bypass-cache',
      "Do not use it: a cache or proxy on the way, damaged storage or an attacker may have replaced it. Clear that cache or mirror, if there is one; otherwise, contact the registry's operator.",
    ),
  });
}

/** Only oras can pull it. */
const notBySha256 = (image: CheckedImage, digest: Digest, sha256: Digest): Finding =>
  finding({
    reason: 'corrupt',
    cause: null,
    message: `${imageName(image)} exists, but podman, crane and containerd cannot pull by a ${algorithmOf(digest)} digest.`,
    hint: advise('check-name', `Use its sha256 digest, if the registry has it under that too: ${sha256}.`),
  });

function notAnImage(image: CheckedImage, what: string, hasImageLayers = false): Finding {
  const name = capitalize(image.part?.name ?? imageName(image));
  const isNamed = !what.startsWith('an artifact of type ');
  return finding({
    reason: 'not-an-image',
    cause: null,
    message:
      hasImageLayers && !isNamed
        ? `${name} is ${what}, although its layers are those of a container image: docker and podman refuse it.`
        : `${name} is ${what}, not a container image.`,
    hint: what.startsWith(ATTESTATIONS)
      ? advise(
          'push-again',
          'The image itself is missing from it: build and push it again. If that does not help, build it without attestations: `docker buildx build` with `--provenance=false --sbom=false`.',
        )
      : hasImageLayers
        ? advise(
            'push-again',
            'containerd ignores the media type of the config and may run it. If it is an image, push it again with a config of type application/vnd.oci.image.config.v1+json.',
          )
        : otherToolHint(image, what),
  });
}

/** Of an artifact whose tool is known, the command. */
function otherToolHint({ reference: { registry, repository, tag } }: CheckedImage, what: string): Hint {
  if (what.startsWith(HELM_CHART)) {
    const version = tag === undefined ? '' : ` --version ${tag}`;
    return advise('use-other-tool', `Use Helm: \`helm pull oci://${registry}/${repository}${version}\`.`);
  }
  const hint = 'No container runtime can run it. Check the repository and the tag, or use the tool that created it.';
  return advise('use-other-tool', hint);
}

/** As in `describeArtifact`. */
const HELM_CHART = 'a Helm chart';

const ATTESTATIONS = 'an index of attestations only';

/** What an index without an image is; undefined if it has one. */
function describeWithoutImage(index: Manifest & { kind: 'index' }): string | undefined {
  const { runnable, unspecified } = sortEntries(index);
  if (runnable.length + unspecified.length > 0) return undefined;
  if (!index.manifests.every(isAttestation)) return 'an index without a runnable image';
  const entries = index.manifests.length === 1 ? '1 entry' : `${index.manifests.length} entries`;
  const hasNoPlatform = index.manifests.every(({ platform }) => isUnknown(platform));
  return `${ATTESTATIONS} (${entries}${hasNoPlatform ? ', unknown/unknown' : ''})`;
}

function isUnknown(platform: unknown): boolean {
  const known = normalizePlatform(platform);
  return known !== undefined && formatPlatform(known) === 'unknown/unknown';
}

/** The media type, if the registry sent it; a version in the document says the same. */
function schema1Type({ response: { headers, quote } }: Evidence): string {
  const type = headers.mediaType() ?? '';
  return isSchema1MediaType(type) ? ` (${quote(type, 100)})` : '';
}

/** Of a config that was read in full. */
export function judgeConfig(image: CheckedImage, evidence: Evidence): Outcome<ImageConfig, Finding> {
  const part = image.part as Part;
  const { body, truncated, quote } = evidence.response;
  const read = readImageConfig({ bytes: body, truncated, quote }, part.descriptor);
  if (read.ok) return success(read.value);
  return failure(judgeSubstitute(evidence, part) ?? corrupt(part.name, 'config', read.error));
}

/** A config or layer that would be served. */
export interface PresentBlob {
  /** false: the response has no length, and the blob was too long to be read. */
  readonly isSizeKnown: boolean;
  readonly failedUrl?: FailedUrl | undefined;
}

/** `blob`: what the response proves about the config or layer. */
export function judgeBlob(image: CheckedImage, evidence: Evidence, blob: BlobEvidence): Outcome<PresentBlob, Finding> {
  const part = image.part as Part;
  if (blob.kind === 'present') return success({ isSizeKnown: blob.sizeKnown });
  return failure(judgeSubstitute(evidence, part) ?? judgeDamage(part, evidence, blob));
}

function judgeDamage(
  { kind, name, descriptor: { size, mediaType, digest } }: Part,
  { response: { host, status, quote } }: Evidence,
  blob: Exclude<BlobEvidence, { kind: 'present' }>,
): Finding {
  const damaged = (problem: string): Finding => corrupt(name, kind === 'config' ? 'config' : 'layer', problem);
  switch (blob.kind) {
    case 'other-size': {
      const actual = `${blob.orMore ? 'more than ' : ''}${formatCount(blob.size, 'byte')}`;
      return damaged(`has ${actual}, but the manifest says ${size}`);
    }
    case 'other-digest':
      return damaged(`does not match its digest: the content's digest is ${shortDigests(digest, blob.digest)[1]}`);
    case 'coded':
      return damaged(
        'is served with Content-Encoding gzip, so a client that decodes it gets different bytes than the manifest describes',
      );
    case 'other-content': {
      const type = quote(mediaType, 100) || 'such a blob';
      return finding({
        reason: 'not-a-registry',
        cause: 'not-oci',
        message: `${host} returned ${status} for ${name} without a length, and its first bytes are not those of ${type}.`,
        hint: advise('check-registry', 'Check whether a proxy is answering instead of the registry.'),
      });
    }
    default:
      blob satisfies never;
      throw new TypeError('unknown evidence');
  }
}

const corrupt = (name: string, cause: 'child-manifest' | 'config' | 'layer' | null, problem: string): Finding =>
  finding({
    reason: 'corrupt',
    cause,
    message: `${capitalize(name)} ${problem}.`,
    hint: advise('push-again', 'A pull would fail. Push the image again, or have the registry restore it.'),
  });

/** A 200 for a part of an image that is a web page or an error message; undefined if it is neither. */
function judgeSubstitute(evidence: Evidence, { name }: Part): Finding | undefined {
  const { host, status, body, headers } = evidence.response;
  if ((headers.mediaType() === 'text/html' && body.length > 0) || evidence.page !== undefined) {
    return intercepted(evidence, name);
  }
  if (!/^\s*[{[<]/.test(Buffer.from(body.subarray(0, 100)).toString('latin1'))) return undefined;
  if (evidence.errors.length === 0) return undefined;
  return finding(
    {
      reason: 'not-a-registry',
      cause: 'not-oci',
      message: `${host} returned ${status} for ${name}, but with an error message${quoteRegistry(evidence)}.`,
      hint: advise('try-later', "Try again later; if it persists, contact the registry's operator."),
    },
    evidence,
  );
}
