// Which runtimes unpack a layer of a media type: OCI image-spec layer.md, Docker manifest v2 schema 2, and what containerd
// and podman do with the rest.

import { DOCKER_MANIFEST, type ManifestMediaType } from './media-type.ts';

export type LayerDoubt =
  /** Unpacked only with a key. */
  | 'encrypted'
  /** Unpacked by no runtime that goes by the type, such as containerd. */
  | 'unknown'
  /** Unpacked by newer runtimes only. */
  | 'zstd-in-docker'
  /** Refused by podman. */
  | 'oci-in-docker';

const OCI = /^application\/vnd\.oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+gzip|\+zstd)?$/;
const DOCKER = /^application\/vnd\.docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip)?$/;
const DOCKER_ZSTD = /^application\/vnd\.docker\.image\.rootfs\.(?:foreign\.)?diff\.tar\.zstd$/;

/** undefined: every runtime unpacks it. */
export function layerDoubt(mediaType: string, manifest: ManifestMediaType): LayerDoubt | undefined {
  if (/\+encrypted$/i.test(mediaType)) return 'encrypted';
  if (DOCKER_ZSTD.test(mediaType)) return 'zstd-in-docker';
  if (OCI.test(mediaType)) return manifest === DOCKER_MANIFEST ? 'oci-in-docker' : undefined;
  return DOCKER.test(mediaType) ? undefined : 'unknown';
}

/** No runtime opens it, as far as its type tells. */
export const isUnopened = (doubt: LayerDoubt | undefined): boolean => doubt === 'encrypted' || doubt === 'unknown';
