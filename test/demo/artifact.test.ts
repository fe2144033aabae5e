import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ArtifactOptions, createArtifact, HELM_CHART } from '../../src/demo/artifact.ts';
import { MEDIA_TYPE } from '../../src/demo/content.ts';

/** Its config is an image's: only the layer differs. */
const COSIGN_SIGNATURE: ArtifactOptions = {
  configMediaType: MEDIA_TYPE.ociConfig,
  layerMediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
};

/** As image-spec 1.1 describes artifacts: typed by `artifactType`, with an empty config. */
const SPDX_SBOM: ArtifactOptions = {
  artifactType: 'application/spdx+json',
  configMediaType: MEDIA_TYPE.ociEmpty,
  layerMediaType: 'application/spdx+json',
};

const facts = (artifact: ReturnType<typeof createArtifact>) => {
  const { artifactType, config, layers } = JSON.parse(Buffer.from(artifact.manifest.bytes).toString());
  return { artifactType, config: config.mediaType, layer: layers[0].mediaType };
};

describe('createArtifact', () => {
  it('makes a Helm chart, identified by its config', () =>
    assert.deepEqual(facts(createArtifact(HELM_CHART)), {
      artifactType: undefined,
      config: 'application/vnd.cncf.helm.config.v1+json',
      layer: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    }));

  it('makes a cosign signature, which claims to be an image', () =>
    assert.deepEqual(facts(createArtifact(COSIGN_SIGNATURE)), {
      artifactType: undefined,
      config: 'application/vnd.oci.image.config.v1+json',
      layer: 'application/vnd.dev.cosign.simplesigning.v1+json',
    }));

  it('makes an SBOM, identified by artifactType', () =>
    assert.deepEqual(facts(createArtifact(SPDX_SBOM)), {
      artifactType: 'application/spdx+json',
      config: 'application/vnd.oci.empty.v1+json',
      layer: 'application/spdx+json',
    }));

  it('has the two bytes of the empty config that the image-spec names', () => {
    const { blobs } = createArtifact(SPDX_SBOM);
    assert.equal(blobs[0]?.digest, 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
