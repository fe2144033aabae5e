// Why only some runtimes may be able to use an image: its media types, and a config that does not fit its manifest.

import { normalizePlatform } from '../core/platform.ts';
import { formatCount } from '../core/quantity.ts';
import type { Warning } from '../core/result.ts';
import { type LayerDoubt, layerDoubt } from '../registry/layer-type.ts';
import type { Manifest } from '../registry/manifest.ts';
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
  return [
    ...top,
    ...entries.slice(0, MAX_NAMED),
    ...images.flatMap((found) => imageWarnings(image, found, found.manifest === manifest)),
  ];
}

const doubtful = (subject: string, doubt: string): Warning => ({
  code: 'manifest-media-type',
  message: `${subject} ${doubt}.`,
});

function imageWarnings(
  image: CheckedImage,
  { platform, manifest, config }: PlatformImage,
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
  if (config === undefined || config.layers === layers.length) return [...served, ...types];
  const message = `The config${owner} describes ${formatCount(config.layers, 'layer')}, but the manifest has ${layers.length}: docker and containerd refuse that.`;
  return [...served, ...types, { code: 'layer-count', message }];
}

const MAX_NAMED = 5;

function nameLayers(numbers: readonly number[]): string {
  if (numbers.length === 1) return `Layer ${numbers[0]}`;
  const more = numbers.length > MAX_NAMED ? ` and ${numbers.length - MAX_NAMED} more` : '';
  return `Layers ${numbers.slice(0, MAX_NAMED).join(', ')}${more}`;
}
