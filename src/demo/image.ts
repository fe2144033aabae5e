// Builds container images in memory: manifest, config and layers, always the same bytes for the same options.

import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../core/digest.ts';
import { type Bundle, type Content, createContent, describeContent, MEDIA_TYPE } from './content.ts';

/** Docker's image manifest v2 schema 2, or the OCI one. */
export type Flavor = 'oci' | 'docker';

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
  readonly flavor?: Flavor;
  /** How many (default 1), or the bytes of each. */
  readonly layers?: number | readonly Uint8Array[];
  /** Content of the file in every layer: another text makes another image. */
  readonly text?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Overrides fields of the manifest before it is hashed; undefined removes one. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Overrides fields of the config likewise. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export function createImage(options: ImageOptions = {}): Image {
  const { flavor = 'oci', text = 'hello' } = options;
  const platform = platformFields(options.platform ?? 'linux/amd64');
  const packed =
    typeof options.layers === 'object'
      ? options.layers.map((bytes) => ({ bytes, diffId: digestOf(bytes) }))
      : Array.from({ length: options.layers ?? 1 }, (_, index) => createLayer(`layer-${index + 1}.txt`, `${text}\n`));
  const layers = packed.map(({ bytes }) =>
    createContent(flavor === 'oci' ? MEDIA_TYPE.ociLayer : MEDIA_TYPE.dockerLayer, bytes),
  );
  const config = createContent(flavor === 'oci' ? MEDIA_TYPE.ociConfig : MEDIA_TYPE.dockerConfig, {
    ...platform,
    config: {},
    rootfs: { type: 'layers', diff_ids: packed.map(({ diffId }) => diffId) },
    history: packed.map((_, index) => ({ created_by: `ADD layer-${index + 1}.txt /` })),
    ...options.config,
  });
  const mediaType = flavor === 'oci' ? MEDIA_TYPE.ociManifest : MEDIA_TYPE.dockerManifest;
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

const BLOCK = 512;

/** A gzipped tar of one small text file, the same bytes on every machine. `diffId` is the digest of the tar. */
function createLayer(fileName: string, text: string): { readonly bytes: Uint8Array; readonly diffId: Digest } {
  const tar = tarOf(fileName, Buffer.from(text));
  // Level 0 stores, so every version of zlib writes the same bytes. Byte 9 is the operating system; 255 is "unknown".
  const bytes = gzipSync(tar, { level: 0 });
  bytes[9] = 255;
  return { bytes, diffId: digestOf(tar) };
}

/** POSIX.1-1988 ustar: one header block, the file padded to whole blocks, two empty blocks. */
function tarOf(fileName: string, file: Uint8Array): Uint8Array {
  const tar = Buffer.alloc(BLOCK + Math.ceil(file.length / BLOCK) * BLOCK + 2 * BLOCK);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  tar.write(fileName, 0, 100, 'utf8');
  tar.write(octal(0o644, 7), 100);
  tar.write(octal(0, 7), 108);
  tar.write(octal(0, 7), 116);
  tar.write(octal(file.length, 11), 124);
  tar.write(octal(0, 11), 136);
  tar.write('        0', 148);
  tar.write('ustar\u000000', 257);
  const checksum = tar.subarray(0, BLOCK).reduce((sum, byte) => sum + byte, 0);
  tar.write(`${octal(checksum, 6)}\u0000 `, 148);
  tar.set(file, BLOCK);
  return tar;
}
