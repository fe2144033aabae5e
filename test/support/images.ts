// Images as a registry serves them: manifests, configs and indexes as bytes, with their true digests.

import { type Digest, digestOf } from '../../src/core/digest.ts';
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../src/registry/media-type.ts';

export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Something a registry serves by its digest. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

export interface Entry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly [field: string]: unknown;
}

export function contentOf(document: unknown, mediaType: string): Content {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  return { bytes, mediaType, digest: digestOf(bytes), size: bytes.length };
}

export const descriptorOf = ({ mediaType, digest, size }: Content, more: object = {}): Entry => ({
  mediaType,
  digest,
  size,
  ...more,
});

export const layerOf = (text: string, mediaType = OCI_LAYER): Content => contentOf(text, mediaType);

export interface Image extends Content {
  readonly config: Content;
  readonly layers: readonly Content[];
}

/** A single image for `platform`; `changes` go over the manifest. */
export function imageOf(
  platform: object = { os: 'linux', architecture: 'amd64' },
  layers: readonly Content[] = [layerOf('base'), layerOf(`app for ${JSON.stringify(platform)}`)],
  changes: object = {},
): Image {
  const config = contentOf({ ...platform, rootfs: { diff_ids: layers.map(({ digest }) => digest) } }, OCI_CONFIG);
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptorOf(config),
    layers: layers.map((layer) => descriptorOf(layer)),
    ...changes,
  };
  return { ...contentOf(manifest, manifest.mediaType), config, layers };
}

/** The same in Docker's words. */
export const dockerImageOf = (platform?: object): Image => imageOf(platform, undefined, { mediaType: DOCKER_MANIFEST });

export function indexOf(entries: readonly unknown[], changes: object = {}): Content {
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries, ...changes };
  return contentOf(index, index.mediaType);
}

export const linux = (architecture: string, variant?: string) => ({
  platform: { os: 'linux', architecture, ...(variant && { variant }) },
});
