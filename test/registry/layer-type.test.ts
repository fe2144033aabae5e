import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layerDoubt } from '../../src/registry/layer-type.ts';
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../../src/registry/media-type.ts';

const OCI = 'application/vnd.oci.image.layer.v1.tar';
const DOCKER = 'application/vnd.docker.image.rootfs.diff.tar';

describe('layerDoubt', () => {
  for (const [type, inOci, inDocker] of [
    [OCI, undefined, 'oci-in-docker'],
    [`${OCI}+gzip`, undefined, 'oci-in-docker'],
    [`${OCI}+zstd`, undefined, 'oci-in-docker'],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', undefined, 'oci-in-docker'],
    [DOCKER, undefined, undefined],
    [`${DOCKER}.gzip`, undefined, undefined],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', undefined, undefined],
    [`${DOCKER}.zstd`, 'zstd-in-docker', 'zstd-in-docker'],
    [`${OCI}+gzip+encrypted`, 'encrypted', 'encrypted'],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+encrypted', 'encrypted', 'encrypted'],
    [`${OCI}+xz`, 'unknown', 'unknown'],
    [OCI.toUpperCase(), 'unknown', 'unknown'],
    [`${OCI}+gzip; x=y`, 'unknown', 'unknown'],
    ['application/octet-stream', 'unknown', 'unknown'],
  ] as const) {
    it(`${type} is ${inOci ?? 'fine'} in an OCI manifest, and ${inDocker ?? 'fine'} in one of Docker`, () => {
      assert.equal(layerDoubt(type, OCI_MANIFEST), inOci);
      assert.equal(layerDoubt(type, DOCKER_MANIFEST), inDocker);
    });
  }
});
