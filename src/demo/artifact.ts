// Builds OCI artifacts in memory: valid manifests of content that no container runtime can run.

import { type Bundle, createContent, describeContent, MEDIA_TYPE } from './content.ts';

export interface ArtifactOptions {
  readonly artifactType?: string;
  readonly configMediaType: string;
  readonly layerMediaType: string;
}

export const HELM_CHART: ArtifactOptions = {
  configMediaType: 'application/vnd.cncf.helm.config.v1+json',
  layerMediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
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
