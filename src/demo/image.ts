// Builds container images in memory: manifest, config and layers, always the same bytes for the same options.

import { digestOf } from '../core/digest.ts';
import { type Bundle, type Content, createContent, describeContent } from './content.ts';
import { createLayer } from './layer.ts';
import { MEDIA_TYPE } from './media-type.ts';

/** Docker's image manifest v2 schema 2, or the OCI one. */
export type Flavour = 'oci' | 'docker';

export interface PlatformFields {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

export interface Image extends Bundle {
  readonly platform: PlatformFields;
  readonly config: Content;
  readonly layers: readonly Content[];
}

export interface ImageOptions {
  /** `os/arch[/variant]`, default `linux/amd64`. */
  readonly platform?: string;
  readonly flavour?: Flavour;
  /** How many (default 1), or the very bytes of each. */
  readonly layers?: number | readonly Uint8Array[];
  /** What the file in every layer says: another text makes another image. */
  readonly text?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Laid over the manifest before it is hashed, to make it odd; undefined takes a field away. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Laid over the config likewise. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export function createImage(options: ImageOptions = {}): Image {
  const { flavour = 'oci', text = 'hello' } = options;
  const platform = platformFields(options.platform ?? 'linux/amd64');
  const packed =
    typeof options.layers === 'object'
      ? options.layers.map((bytes) => ({ bytes, diffId: digestOf(bytes) }))
      : Array.from({ length: options.layers ?? 1 }, (_, index) => createLayer(`layer-${index + 1}.txt`, `${text}\n`));
  const layers = packed.map(({ bytes }) =>
    createContent(flavour === 'oci' ? MEDIA_TYPE.ociLayer : MEDIA_TYPE.dockerLayer, bytes),
  );
  const config = createContent(flavour === 'oci' ? MEDIA_TYPE.ociConfig : MEDIA_TYPE.dockerConfig, {
    ...platform,
    config: {},
    rootfs: { type: 'layers', diff_ids: packed.map(({ diffId }) => diffId) },
    history: packed.map((_, index) => ({ created_by: `ADD layer-${index + 1}.txt /` })),
    ...options.config,
  });
  const mediaType = flavour === 'oci' ? MEDIA_TYPE.ociManifest : MEDIA_TYPE.dockerManifest;
  const manifest = createContent(mediaType, {
    schemaVersion: 2,
    mediaType,
    config: describeContent(config),
    layers: layers.map(describeContent),
    annotations: options.annotations,
    ...options.manifest,
  });
  return { manifest, blobs: [config, ...layers], platform, config, layers };
}

export function platformFields(text: string): PlatformFields {
  const [os = '', architecture = '', variant] = text.split('/');
  return variant === undefined ? { architecture, os } : { architecture, os, variant };
}
