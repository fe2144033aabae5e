// The shapes of descriptors, manifests and indexes: OCI image-spec descriptor.md, manifest.md, image-index.md. The field
// types are those of specs-go, which containerd uses; Docker's are similar.

import { type Digest, isDigest } from '../core/digest.ts';
import { BYTES, INT64, listOf, mapOf, type Shape, struct, TEXT } from '../core/json-shape.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { DOCKER_LIST, type ManifestMediaType } from './media-type.ts';

/** Real images have less than a tenth of it. */
const MAX_ENTRIES = 10_000;

const PLATFORM = {
  architecture: TEXT,
  os: TEXT,
  'os.version': TEXT,
  'os.features': listOf(TEXT),
  variant: TEXT,
};

const descriptorWith = <P>(platform: Shape<P>) =>
  struct({
    mediaType: TEXT,
    digest: TEXT,
    size: INT64,
    urls: listOf(TEXT),
    annotations: mapOf(TEXT),
    data: BYTES,
    platform,
    artifactType: TEXT,
  });

const descriptorShape = descriptorWith(struct(PLATFORM));

const HEAD = {
  schemaVersion: INT64,
  mediaType: TEXT,
  artifactType: TEXT,
  subject: descriptorShape,
  annotations: mapOf(TEXT),
};

export const manifestShape = struct({ ...HEAD, config: descriptorShape, layers: listOf(descriptorShape, MAX_ENTRIES) });

const indexShape = struct({ ...HEAD, manifests: listOf(descriptorShape, MAX_ENTRIES) });

const listEntry = descriptorWith(struct({ ...PLATFORM, features: listOf(TEXT) }));
const listShape = struct({ ...HEAD, manifests: listOf(listEntry, MAX_ENTRIES) });

/** Docker's platforms have one more field. */
export const indexShapeOf = (mediaType: ManifestMediaType) => (mediaType === DOCKER_LIST ? listShape : indexShape);

/** Every field of a document, to find duplicates. */
export const FIELDS = [...Object.keys(HEAD), 'config', 'layers', 'manifests', 'fsLayers'];

/** What a registry should serve. The digest is valid, and safe in a URL. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly platform?: unknown;
  readonly annotations?: unknown;
  readonly artifactType?: string;
}

/**
 * Go decodes incomplete descriptors too, and takes an absent field for an empty one. The error completes "the manifest …".
 * `isTyped`: false for a config, whose type may be empty.
 */
export function requireDescriptor(
  read: typeof descriptorShape.zero | undefined,
  place: string,
  isTyped = true,
): Outcome<Descriptor, string> {
  const missing = (field: string) => failure(`has no valid ${place}${field}`);
  if (read === undefined) return missing('');
  const { mediaType = '', digest, size, data: _, ...more } = read;
  if (mediaType === '' && isTyped) return missing('.mediaType');
  // Before it reaches a URL (CVE-2024-3727).
  if (!isDigest(digest)) return missing('.digest');
  if (size === undefined || size < 0 || !Number.isSafeInteger(size)) return missing('.size');
  return success({ ...more, mediaType, digest, size });
}

/** All descriptors of a list, or the error of the first invalid one. */
export function requireDescriptors(
  list: readonly (typeof descriptorShape.zero)[] = [],
  place: string,
): Outcome<readonly Descriptor[], string> {
  const descriptors: Descriptor[] = [];
  for (const [at, read] of list.entries()) {
    const descriptor = requireDescriptor(read, `${place}[${at}]`);
    if (!descriptor.ok) return descriptor;
    descriptors.push(descriptor.value);
  }
  return success(descriptors);
}
