// The media types of manifests and what stands in them: OCI image-spec media-types.md, Docker manifest v2 schema 2.

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/**
 * All four and nothing else: a `*` does not count with CNCF distribution, a missing one makes it answer 404, and
 * asking for schema 1 would make some registries convert to it.
 */
export const ACCEPT = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST].join(', ');

export type ManifestKind = 'index' | 'manifest';

const KINDS: Record<string, ManifestKind> = {
  [OCI_INDEX]: 'index',
  [DOCKER_LIST]: 'index',
  [OCI_MANIFEST]: 'manifest',
  [DOCKER_MANIFEST]: 'manifest',
};

export const kindOfMediaType = (mediaType: string | undefined): ManifestKind | undefined =>
  mediaType !== undefined && Object.hasOwn(KINDS, mediaType) ? KINDS[mediaType] : undefined;

const SCHEMA1 = /^application\/vnd\.docker\.distribution\.manifest\.v1\+(?:json|prettyjws)$/;

export const isSchema1MediaType = (mediaType: string | undefined): boolean =>
  mediaType !== undefined && SCHEMA1.test(mediaType);

/** Configs that a container runtime can run. */
export const isImageConfig = (mediaType: string): boolean =>
  mediaType === 'application/vnd.oci.image.config.v1+json' ||
  mediaType === 'application/vnd.docker.container.image.v1+json';

/** What artifacts call themselves, by the start of their media type. */
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
  ['application/vnd.devcontainers', 'a dev container feature'],
  ['application/vnd.cncf.flux', 'a Flux artifact'],
  ['application/vnd.cncf.openpolicyagent', 'an Open Policy Agent bundle'],
  ['application/vnd.cnab', 'a CNAB bundle'],
  ['application/vnd.buildkit.cacheconfig', 'a build cache'],
  ['application/sarif', 'a SARIF report'],
];

/** `a Helm chart`, …; undefined for a media type nobody taught us. */
export function artifactName(mediaType: string): string | undefined {
  return ARTIFACTS.find(([prefix]) => mediaType.toLowerCase().startsWith(prefix))?.[1];
}
