// Builds real images out of busybox as an OCI image layout (image-spec image-layout.md), for skopeo to push.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../../src/core/digest.ts';

interface Platform {
  readonly os: string;
  readonly architecture: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

export interface ImageLayout {
  /** For skopeo: one linux/amd64 image of two layers, busybox and a small one of its own. */
  readonly image: string;
  /** For skopeo with `--all`: an index of that image and its twin for linux/arm64, which shares the busybox layer. */
  readonly index: string;
}

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };
const TYPES = {
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  config: 'application/vnd.oci.image.config.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
};

/** The folder as an uncompressed tar. */
function pack(folder: string): Buffer {
  const owner = ['--owner=0', '--group=0', '--numeric-owner'];
  return execFileSync('tar', [...owner, '-cf', '-', '-C', folder, '.'], { maxBuffer: 64 * 1024 * 1024 });
}

function packBusybox(folder: string): Buffer {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  copyFileSync('/bin/busybox', join(folder, 'bin/busybox'));
  for (const applet of ['sh', 'ls', 'cat', 'echo', 'sleep']) symlinkSync('busybox', join(folder, 'bin', applet));
  return pack(folder);
}

function packRelease(folder: string, architecture: string): Buffer {
  mkdirSync(join(folder, 'etc'), { recursive: true });
  writeFileSync(join(folder, 'etc/os-release'), `ID=kairos-pull-test\nARCHITECTURE=${architecture}\n`);
  return pack(folder);
}

/** Writes the layout below `folder`. */
export function writeImageLayout(folder: string): ImageLayout {
  const layout = join(folder, 'layout');
  const blobs = join(layout, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });

  function writeBlob(mediaType: string, bytes: Buffer): Descriptor {
    const digest = digestOf(bytes);
    writeFileSync(join(blobs, digest.slice('sha256:'.length)), bytes);
    return { mediaType, digest, size: bytes.length };
  }
  const writeJson = (mediaType: string, value: unknown) => writeBlob(mediaType, Buffer.from(JSON.stringify(value)));
  const writeLayer = (tar: Buffer) => ({
    diffId: digestOf(tar),
    layer: writeBlob(TYPES.layer, gzipSync(tar, { level: 1 })),
  });

  const busybox = writeLayer(packBusybox(join(folder, 'busybox')));
  function writeImage(platform: Platform): Descriptor {
    const { architecture } = platform;
    const layers = [busybox, writeLayer(packRelease(join(folder, architecture), architecture))];
    const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
    const config = writeJson(TYPES.config, { ...platform, config: { Cmd: ['/bin/sh'] }, rootfs });
    const manifest = { mediaType: TYPES.manifest, config, layers: layers.map(({ layer }) => layer) };
    return writeJson(TYPES.manifest, { schemaVersion: 2, ...manifest });
  }

  const image = writeImage(AMD64);
  const manifests = [
    { ...image, platform: AMD64 },
    { ...writeImage(ARM64), platform: ARM64 },
  ];
  const index = writeJson(TYPES.index, { schemaVersion: 2, mediaType: TYPES.index, manifests });
  const named = (descriptor: Descriptor, name: string) => ({
    ...descriptor,
    annotations: { 'org.opencontainers.image.ref.name': name },
  });
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const entries = [named(image, 'image'), named(index, 'index')];
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: entries }));
  return { image: `oci:${layout}:image`, index: `oci:${layout}:index` };
}
