// Judges an image by the media types of its layers, without requesting any of them.

import { isUnopened, layerDoubt } from '../registry/layer-type.ts';
import type { ImageManifest } from '../registry/manifest.ts';
import { isStandardMediaType } from '../registry/media-type.ts';
import { type CheckedImage, type Finding, finding, imageName } from './finding.ts';
import { advise } from './hint.ts';

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
      ? `Every layer of ${name} is encrypted: container runtimes cannot unpack it without the decryption key.`
      : `No layer of ${name} can be unpacked: ${showType(image, manifest.layers[0]?.mediaType)} is not a layer media type.`,
    hint: advise(
      'push-again',
      isEncrypted
        ? 'Push it unencrypted, or give every node the key; this check cannot verify that decryption works.'
        : 'Check the repository and the tag; if it is meant to be a container image, push it again with the media types of the OCI image specification.',
    ),
  });
}

/** As it may be shown. */
export const showType = ({ quote }: CheckedImage, mediaType = ''): string =>
  isStandardMediaType(mediaType) ? mediaType : quote(mediaType, 100) || 'no media type';
