// Artifacts that no runtime can run.

import { contentOf, descriptorOf, imageOf, indexOf, layerOf, OCI_LAYER } from '../../support/images.ts';
import type { RegistryBehavior } from './behavior.ts';

const IMAGE = imageOf();
const OTHER = imageOf({ os: 'linux', architecture: 's390x' });
const MANIFEST = '/v2/team/app/manifests/1';
const GET = `GET ${MANIFEST}`;

/** With another content type. */
const called = (contentType: string, body: object | string | Uint8Array = IMAGE.bytes) => ({
  headers: { 'content-type': contentType },
  body,
});

const ARTIFACT = { mediaType: 'application/vnd.oci.image.manifest.v1+json' };

const artifact = (config: string, layer = OCI_LAYER, changes: object = {}) =>
  imageOf(undefined, [layerOf('x', layer)], {
    ...ARTIFACT,
    config: { ...descriptorOf(IMAGE.config), mediaType: config },
    ...changes,
  });

const notAnImage = (
  name: string,
  content: { bytes: Uint8Array; mediaType: string },
  what: string,
): RegistryBehavior => ({
  name,
  script: { [GET]: called(content.mediaType, content.bytes) },
  reason: 'not-an-image',
  requests: 1,
  message: new RegExp(`^registry\\.example/team/app:1 is ${what}, not a container image\\.$`),
});

const IMAGE_CONFIG = 'application/vnd.oci.image.config.v1+json';
const EMPTY = 'application/vnd.oci.empty.v1+json';

const attestation = descriptorOf(OTHER, {
  platform: { os: 'unknown', architecture: 'unknown' },
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
});

export const ARTIFACTS: readonly RegistryBehavior[] = [
  notAnImage(
    'a Helm chart',
    artifact('application/vnd.cncf.helm.config.v1+json'),
    'a Helm chart \\(config type application/vnd\\.cncf\\.helm\\.config\\.v1\\+json\\)',
  ),
  notAnImage(
    'a signature that borrows the config of an image',
    artifact(IMAGE_CONFIG, 'application/vnd.dev.cosign.simplesigning.v1+json'),
    'a cosign signature',
  ),
  notAnImage(
    'an attestation that borrows the config of an image',
    artifact(IMAGE_CONFIG, 'application/vnd.in-toto+json'),
    'an attestation',
  ),
  notAnImage(
    'an SBOM',
    artifact(EMPTY, 'application/spdx+json', { artifactType: 'application/spdx+json' }),
    'an SBOM \\(SPDX\\)',
  ),
  notAnImage(
    'a WebAssembly module',
    artifact('application/vnd.wasm.config.v0+json', 'application/wasm'),
    'a WebAssembly module \\(config type application/vnd\\.wasm\\.config\\.v0\\+json\\)',
  ),
  notAnImage(
    'an artifact nobody taught us',
    artifact(EMPTY, 'x/y', { artifactType: 'application/vnd.acme' }),
    'an artifact of type application/vnd\\.acme',
  ),
  notAnImage('an empty index', indexOf([]), 'an empty index'),
  notAnImage(
    'an index of attestations',
    indexOf([attestation]),
    'an index of attestations only \\(1 entry, unknown/unknown\\)',
  ),
  notAnImage(
    'an index of artifacts',
    indexOf([descriptorOf(OTHER, { mediaType: 'application/vnd.cncf.helm.config.v1+json' })]),
    'an index without a runnable image',
  ),
  notAnImage(
    'an OCI artifact',
    contentOf({ mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs: [] }, 'application/json'),
    'an OCI artifact',
  ),
];
