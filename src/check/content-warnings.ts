// Why only some runtimes may be able to use an image: its media types, and a config that does not fit its manifest.

import { isSha256 } from '../core/digest.ts';
import { normalizePlatform } from '../core/platform.ts';
import { formatCount } from '../core/quantity.ts';
import type { Warning } from '../core/result.ts';
import { foreignForAll, shadowingEntries } from '../registry/index-entries.ts';
import { type LayerDoubt, layerDoubt } from '../registry/layer-type.ts';
import type { ImageIndex, ImageManifest, Manifest } from '../registry/manifest.ts';
import type { Descriptor } from '../registry/manifest-schema.ts';
import { isImageConfig } from '../registry/media-type.ts';
import type { CheckedImage } from './finding.ts';
import { showType } from './judge-layers.ts';
import { type PlatformImage, showPlatform } from './prove-platforms.ts';

const WORDS: Readonly<Record<LayerDoubt, string>> = {
  encrypted: 'is encrypted: a runtime needs the decryption key',
  unknown: 'is not a layer media type: containerd cannot unpack it',
  'zstd-in-docker': 'is not a Docker media type: older runtimes cannot unpack it',
  'oci-in-docker': 'is an OCI media type in a Docker manifest: podman refuses it',
};

/** Why some runtimes may refuse the manifest that was requested, or the images in it. */
export function contentWarnings(
  image: CheckedImage,
  manifest: Manifest | undefined,
  images: readonly PlatformImage[],
): readonly Warning[] {
  const top = manifest?.doubt === undefined ? [] : [doubtful('The manifest', manifest.doubt)];
  const broken = manifest?.kind === 'index' ? manifest.broken : [];
  const entries = broken.map(({ problem, platform }): Warning => {
    const normalized = normalizePlatform(platform);
    const whose = normalized === undefined ? 'that entry' : `the image for ${showPlatform(normalized)}`;
    return { code: 'index-entry', message: `The manifest ${problem}: ${whose} cannot be pulled.` };
  });
  const foreign = manifest?.kind === 'index' ? foreignWarnings(image, manifest) : [];
  return [
    ...top,
    ...[...entries, ...foreign].slice(0, MAX_NAMED),
    ...images.flatMap((found) => imageWarnings(image, found, found.manifest === manifest)),
  ];
}

function foreignWarnings(image: CheckedImage, index: ImageIndex): readonly Warning[] {
  const listed = ({ mediaType, digest }: Descriptor): string =>
    `The manifest lists ${showType(image, mediaType)} (${digest})`;
  const shadowing = shadowingEntries(index).map((entry) => {
    const normalized = normalizePlatform(entry.platform);
    const whose = normalized === undefined ? 'its platform' : showPlatform(normalized);
    return `${listed(entry)} before the image for ${whose}: runtimes choose it and fail.`;
  });
  const forAll = foreignForAll(index).map(
    (entry) => `${listed(entry)} without a platform: crane and ctr fetch it for every platform, and may fail.`,
  );
  return [...shadowing, ...forAll].map((message) => ({ code: 'index-entry', message }));
}

const doubtful = (subject: string, doubt: string): Warning => ({
  code: 'manifest-media-type',
  message: `${subject} ${doubt}.`,
});

function imageWarnings(
  image: CheckedImage,
  { platform, manifest, config, warnings = [] }: PlatformImage,
  isTop: boolean,
): readonly Warning[] {
  const owner = platform === null ? '' : ` of ${platform}`;
  const { layers, mediaType, doubt, digest } = manifest;
  const served = doubt === undefined || isTop ? [] : [doubtful(`The manifest${owner} (${digest})`, doubt)];
  const types = [...new Set(layers.map((layer) => layer.mediaType))].flatMap((type): Warning[] => {
    const layerProblem = layerDoubt(type, mediaType);
    if (layerProblem === undefined) return [];
    const numbers = layers.flatMap((layer, at) => (layer.mediaType === type ? [at + 1] : []));
    const message = `${nameLayers(numbers)}${owner}: ${showType(image, type)} ${WORDS[layerProblem]}.`;
    return [{ code: 'layer-media-type', message }];
  });
  const known = [
    ...warnings,
    ...served,
    ...configType(image, manifest, owner),
    ...types,
    ...descriptorWarnings(layers, owner),
  ];
  if (config === undefined) return known;
  const fields = config.doubts.map((fieldDoubt): Warning => {
    return { code: 'config-field', message: `The config${owner} ${fieldDoubt}.` };
  });
  if (config.layers === layers.length) return [...known, ...fields];
  const message = `The config${owner} describes ${formatCount(config.layers, 'layer')}, but the manifest has ${layers.length}: docker and containerd reject it.`;
  return [...known, ...fields, { code: 'layer-count', message }];
}

function configType(image: CheckedImage, { config, mediaType }: ImageManifest, owner: string): readonly Warning[] {
  if (isImageConfig(config.mediaType, mediaType)) return [];
  const message = `The config${owner}: ${showType(image, config.mediaType)} is not the media type of an image's config: docker refuses it.`;
  return [{ code: 'config-media-type', message }];
}

/** Layers that are valid, and that containerd cannot store. */
function descriptorWarnings(layers: readonly Descriptor[], owner: string): readonly Warning[] {
  const numbersOf = (is: (layer: Descriptor) => boolean): number[] =>
    layers.flatMap((layer, at) => (is(layer) ? [at + 1] : []));
  const warn = (numbers: readonly number[], problem: string): readonly Warning[] =>
    numbers.length === 0 ? [] : [{ code: 'layer-descriptor', message: `${nameLayers(numbers)}${owner}: ${problem}.` }];
  return [
    ...warn(
      numbersOf(({ digest }) => !isSha256(digest)),
      'the digest is not sha256: containerd cannot pull it',
    ),
    ...warn(
      numbersOf(({ size }) => size === 0),
      'the size is 0: containerd refuses an empty layer',
    ),
  ];
}

const MAX_NAMED = 5;

function nameLayers(numbers: readonly number[]): string {
  if (numbers.length === 1) return `Layer ${numbers[0]}`;
  const more = numbers.length > MAX_NAMED ? ` and ${numbers.length - MAX_NAMED} more` : '';
  return `Layers ${numbers.slice(0, MAX_NAMED).join(', ')}${more}`;
}
