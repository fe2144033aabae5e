// Judges an image by what its manifest and its config say about the layers, without requesting any of them.

import { formatCount } from '../core/quantity.ts';
import type { Warning } from '../core/result.ts';
import { isUnopened, type LayerDoubt, layerDoubt } from '../registry/layer-type.ts';
import type { ImageManifest, Manifest } from '../registry/manifest.ts';
import { isStandardMediaType } from '../registry/media-type.ts';
import { type CheckedImage, type Finding, finding, imageName } from './finding.ts';
import type { PlatformImage } from './prove-platforms.ts';

/** An image of which no runtime opens any layer; undefined if one can be opened, or if there is none. */
export function judgeLayerTypes(image: CheckedImage, manifest: ImageManifest): Finding | undefined {
  const doubts = manifest.layers.map(({ mediaType }) => layerDoubt(mediaType, manifest.mediaType));
  const [first] = doubts;
  if (first === undefined || !doubts.every(isUnopened)) return undefined;
  const name = image.part === undefined ? imageName(image) : image.part.name;
  const isEncrypted = doubts.every((doubt) => doubt === 'encrypted');
  return finding({
    reason: 'not-an-image',
    cause: null,
    message: isEncrypted
      ? `Every layer of ${name} is encrypted: no container runtime unpacks it without the decryption key.`
      : `No layer of ${name} can be unpacked: ${showType(image, manifest.layers[0]?.mediaType)} is not the media type of a layer.`,
    hint: isEncrypted
      ? 'Push it unencrypted, or give every node the key; this check cannot prove a decryption.'
      : 'Check the repository and the tag; if it is meant to be a container image, push it again with the media types of the OCI image specification.',
  });
}

const WORDS: Readonly<Record<LayerDoubt, string>> = {
  encrypted: 'is encrypted: a runtime needs the decryption key',
  unknown: 'is not the media type of a layer: containerd cannot unpack it',
  'zstd-in-docker': 'is not a media type of Docker: older runtimes cannot unpack it',
  'oci-in-docker': 'is an OCI media type in a Docker manifest: podman refuses it',
};

/** Why some runtimes may refuse the manifest that was requested, or the images in it. */
export function contentWarnings(
  image: CheckedImage,
  manifest: Manifest | undefined,
  images: readonly PlatformImage[],
): readonly Warning[] {
  const top = manifest?.doubt === undefined ? [] : [doubtful('The manifest', manifest.doubt)];
  return [...top, ...images.flatMap((found) => imageWarnings(image, found, found.manifest === manifest))];
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

const showType = ({ quote }: CheckedImage, mediaType = ''): string =>
  isStandardMediaType(mediaType) ? mediaType : quote(mediaType, 100) || 'such a type';
