// Manifests, configs and layers: bytes with their digest and media type.

import { type Digest, digestOf } from '../core/digest.ts';

/** Kept apart from the client's own list, so that each checks the other. */
export const MEDIA_TYPE = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  schema1: 'application/vnd.docker.distribution.manifest.v1+json',
  schema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
} as const;

/** An OCI descriptor, image-spec descriptor.md. */
export interface ContentDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

export interface Content extends ContentDescriptor {
  readonly bytes: Uint8Array;
}

/** A manifest with everything it refers to, ready to be put into a repository. */
export interface Bundle {
  readonly manifest: Content;
  readonly blobs: readonly Content[];
  /** The manifests an index lists. */
  readonly children?: readonly Bundle[];
}

/** An object other than bytes becomes JSON, without its undefined fields. */
export function createContent(mediaType: string, body: Uint8Array | string | object): Content {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes };
}

export function describeContent({ mediaType, digest, size }: Content): ContentDescriptor {
  return { mediaType, digest, size };
}
