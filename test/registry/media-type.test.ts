import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ACCEPT,
  artifactName,
  DOCKER_MANIFEST,
  isImageConfig,
  isManifestMediaType,
  isSchema1MediaType,
  kindOfMediaType,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../src/registry/media-type.ts';

describe('the media types of manifests', () => {
  it('are four in the Accept header, and nothing else', () => {
    assert.equal(
      ACCEPT,
      'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json',
    );
  });

  it('are of an index or of a manifest', () => {
    assert.equal(kindOfMediaType(OCI_INDEX), 'index');
    assert.equal(kindOfMediaType(DOCKER_MANIFEST), 'manifest');
  });

  for (const text of [undefined, '', 'application/json', '__proto__', 'toString', `${OCI_INDEX}x`, 'text/html']) {
    it(`do not include ${text}`, () => assert.equal(isManifestMediaType(text), false));
  }

  it('recognizes schema 1, signed or not', () => {
    assert.equal(isSchema1MediaType('application/vnd.docker.distribution.manifest.v1+prettyjws'), true);
    assert.equal(isSchema1MediaType('application/vnd.docker.distribution.manifest.v1+json'), true);
    assert.equal(isSchema1MediaType(DOCKER_MANIFEST), false);
    assert.equal(isSchema1MediaType(undefined), false);
  });
});

describe('isImageConfig', () => {
  for (const [config, manifest, expected] of [
    ['application/vnd.oci.image.config.v1+json', OCI_MANIFEST, true],
    ['application/vnd.docker.container.image.v1+json', DOCKER_MANIFEST, true],
    ['application/vnd.docker.container.image.v1+json', OCI_MANIFEST, true],
    ['application/octet-stream', DOCKER_MANIFEST, true],
    ['', DOCKER_MANIFEST, true],
    ['application/octet-stream', OCI_MANIFEST, false],
    ['application/vnd.oci.empty.v1+json', OCI_MANIFEST, false],
    ['application/vnd.docker.plugin.v1+json', DOCKER_MANIFEST, false],
  ] as const) {
    it(`"${config}" in ${manifest}: ${expected}`, () => assert.equal(isImageConfig(config, manifest), expected));
  }
});

describe('artifactName', () => {
  for (const [mediaType, name] of [
    ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'a Helm chart'],
    ['application/vnd.cyclonedx+json', 'an SBOM (CycloneDX)'],
    ['application/vnd.cncf.notary.signature', 'a Notary signature'],
    ['Application/Vnd.In-Toto+JSON', 'an attestation'],
    ['application/vnd.module.wasm.content.layer.v1+wasm', 'a WebAssembly module'],
    ['application/vnd.docker.plugin.v1+json', 'a Docker plugin'],
    ['application/vnd.oci.image.layer.v1.tar', undefined],
    ['', undefined],
  ] as const) {
    it(`${mediaType}: ${name}`, () => assert.equal(artifactName(mediaType), name));
  }
});
