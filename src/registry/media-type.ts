// The media types of manifests and their parts: OCI image-spec media-types.md, Docker manifest v2 schema 2.

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/**
 * All four and nothing else: CNCF distribution ignores a `*` and responds 404 if a type is missing, and some registries
 * convert manifests to schema 1 if it is accepted.
 */
export const ACCEPT = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST].join(', ');

export type ManifestMediaType = typeof OCI_INDEX | typeof OCI_MANIFEST | typeof DOCKER_LIST | typeof DOCKER_MANIFEST;

export type ManifestKind = 'index' | 'manifest';

const KINDS: Record<ManifestMediaType, ManifestKind> = {
  [OCI_INDEX]: 'index',
  [DOCKER_LIST]: 'index',
  [OCI_MANIFEST]: 'manifest',
  [DOCKER_MANIFEST]: 'manifest',
};

export const isManifestMediaType = (mediaType: string | undefined): mediaType is ManifestMediaType =>
  mediaType !== undefined && Object.hasOwn(KINDS, mediaType);

export const kindOfMediaType = (mediaType: ManifestMediaType): ManifestKind => KINDS[mediaType];

const SCHEMA1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+(?:json|prettyjws)$/;

export const isSchema1MediaType = (mediaType: string | undefined): boolean =>
  mediaType !== undefined && SCHEMA1.test(mediaType);

const IMAGE_CONFIGS = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

// Pushed by early Docker clients; Docker still runs them (docker/distribution#1621).
const EARLY_DOCKER_CONFIGS = new Set(['application/octet-stream', 'application/json', 'text/html', '']);

/** Whether a config of this type, in a manifest of that type, belongs to a container image. */
export const isImageConfig = (config: string, manifest: ManifestMediaType): boolean =>
  IMAGE_CONFIGS.has(config) || (manifest === DOCKER_MANIFEST && EARLY_DOCKER_CONFIGS.has(config));

/** The types of configs and layers in specifications. Any other text comes from the registry and must be quoted. */
const STANDARD =
  /^application\/vnd\.(?:oci\.(?:image\.(?:config\.v1\+json|layer\.(?:nondistributable\.)?v1\.tar(?:\+gzip|\+zstd)?)|empty\.v1\+json)|docker\.(?:container\.image\.v1\+json|image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip|\.zstd)?))$/;

export const isStandardMediaType = (mediaType: string): boolean => STANDARD.test(mediaType);

/** By the start of the media type. */
const ARTIFACTS: readonly (readonly [prefix: string, name: string])[] = [
  ['application/vnd.cncf.helm.', 'a Helm chart'],
  ['application/vnd.dev.cosign.', 'a cosign signature'],
  ['application/vnd.cncf.notary.', 'a Notary signature'],
  ['application/vnd.dev.sigstore.', 'a Sigstore bundle'],
  ['application/vnd.in-toto', 'an attestation'],
  ['application/vnd.cyclonedx', 'an SBOM (CycloneDX)'],
  ['application/spdx', 'an SBOM (SPDX)'],
  ['text/spdx', 'an SBOM (SPDX)'],
  ['application/vnd.syft', 'an SBOM (Syft)'],
  ['application/vnd.wasm', 'a WebAssembly module'],
  ['application/wasm', 'a WebAssembly module'],
  ['application/vnd.module.wasm', 'a WebAssembly module'],
  ['application/vnd.docker.plugin', 'a Docker plugin'],
  ['application/vnd.docker.ai', 'an AI model'],
  ['application/vnd.cncf.model', 'an AI model'],
  ['application/vnd.ollama', 'an AI model'],
  ['application/vnd.devcontainers', 'a dev container feature'],
  ['application/vnd.cncf.flux', 'a Flux artifact'],
  ['application/vnd.cncf.openpolicyagent', 'an Open Policy Agent bundle'],
  ['application/vnd.cnab', 'a CNAB bundle'],
  ['application/vnd.buildkit.cacheconfig', 'a build cache'],
  ['application/vnd.sylabs.sif', 'a Singularity image'],
  ['application/vnd.oci.artifact', 'an OCI artifact'],
  ['application/vnd.cncf.oras.artifact', 'an OCI artifact'],
  ['application/sarif', 'a SARIF report'],
];

/** `a Helm chart`, …; undefined for an unknown media type. */
export function artifactName(mediaType: string): string | undefined {
  const type = mediaType.toLowerCase();
  return ARTIFACTS.find(([prefix]) => type.startsWith(prefix))?.[1];
}
