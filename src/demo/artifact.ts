// Builds OCI artifacts in memory: valid manifests of things no container runtime can run.

import { type Bundle, createContent, describeContent } from './content.ts';
import { MEDIA_TYPE } from './media-type.ts';

export interface ArtifactOptions {
  readonly artifactType?: string;
  readonly configMediaType: string;
  readonly layerMediaType: string;
}

export const HELM_CHART: ArtifactOptions = {
  configMediaType: 'application/vnd.cncf.helm.config.v1+json',
  layerMediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
};

/** Its config claims to be an image's: only the layer tells. */
export const COSIGN_SIGNATURE: ArtifactOptions = {
  configMediaType: MEDIA_TYPE.ociConfig,
  layerMediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
};

/** As image-spec 1.1 wants artifacts: the type is told by `artifactType`, the config is empty. */
export const SPDX_SBOM: ArtifactOptions = {
  artifactType: 'application/spdx+json',
  configMediaType: MEDIA_TYPE.ociEmpty,
  layerMediaType: 'application/spdx+json',
};

export function createArtifact(options: ArtifactOptions): Bundle {
  const config = createContent(options.configMediaType, {});
  const layer = createContent(options.layerMediaType, { artifact: options.layerMediaType });
  const manifest = createContent(MEDIA_TYPE.ociManifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    artifactType: options.artifactType,
    config: describeContent(config),
    layers: [describeContent(layer)],
  });
  return { manifest, blobs: [config, layer] };
}
