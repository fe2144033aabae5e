// Builds image indexes in memory: OCI indexes and Docker manifest lists, with the attestations BuildKit adds.

import { type Bundle, createContent, describeContent, MEDIA_TYPE } from './content.ts';
import { createImage, type Flavor, type Image, platformFields } from './image.ts';

export interface IndexEntry {
  readonly image: Bundle;
  /** `os/arch[/variant]`, the fields themselves, or null for an entry without a platform. */
  readonly platform: string | Readonly<Record<string, unknown>> | null;
}

export interface IndexOptions {
  readonly flavor?: Flavor;
  /** One `unknown/unknown` attestation manifest for each image, as `docker buildx` pushes them. */
  readonly attestations?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Overrides fields of the index before it is hashed; undefined removes one. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** An image is listed with its own platform. */
export function createIndex(images: readonly (Image | IndexEntry)[], options: IndexOptions = {}): Bundle {
  const entries = images.map((entry) => ('image' in entry ? entry : { image: entry, platform: { ...entry.platform } }));
  const attestations = options.attestations === true ? entries.map(({ image }) => createAttestation(image)) : [];
  const mediaType = options.flavor === 'docker' ? MEDIA_TYPE.dockerList : MEDIA_TYPE.ociIndex;
  const manifest = createContent(mediaType, {
    schemaVersion: 2,
    mediaType,
    manifests: [
      ...entries.map(({ image, platform }) => ({
        ...describeContent(image.manifest),
        platform: typeof platform === 'string' ? platformFields(platform) : (platform ?? undefined),
      })),
      ...attestations.map((attestation, index) => ({
        ...describeContent(attestation.manifest),
        platform: platformFields('unknown/unknown'),
        annotations: {
          'vnd.docker.reference.type': 'attestation-manifest',
          'vnd.docker.reference.digest': entries[index]?.image.manifest.digest,
        },
      })),
    ],
    annotations: options.annotations,
    ...options.manifest,
  });
  return { manifest, blobs: [], children: [...entries.map(({ image }) => image), ...attestations] };
}

function createAttestation(subject: Bundle): Bundle {
  const statement = createContent('application/vnd.in-toto+json', {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    subject: [{ name: 'image', digest: { sha256: subject.manifest.digest.slice('sha256:'.length) } }],
  });
  const { manifest, config } = createImage({
    platform: 'unknown/unknown',
    layers: [statement.bytes],
    manifest: { layers: [describeContent(statement)] },
  });
  return { manifest, blobs: [config, statement] };
}
