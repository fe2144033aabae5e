// Images that an operator starts later, given in the arguments and environment of its own container.

import type { Found } from './extractor.ts';
import { hasVersion, isImageLike } from './image-text.ts';
import { itemsAt, scalarAt, textAt, type YamlNode } from './yaml-node.ts';

/** `--acme-solver-image=registry.example.com/solver:1`; what a program writes or pushes is not pulled. */
const FLAG = /^--?((?!.*(?:output|push|dest|target))[\w-]*image)[= ](\S+)$/i;
/** https://sdk.operatorframework.io/docs/olm-integration/generation/#disconnected-operator-support */
const RELATED = /^RELATED_IMAGE_/;

/** Of a list. Anchors let many containers share one. */
const MAX_ITEMS = 200;

/** Only what is certainly an image, with a tag or digest. `path`: that of the container. */
export function* operatorImages(container: YamlNode, path: string): Generator<Found> {
  for (const list of ['command', 'args']) {
    for (const item of itemsAt(container, list).slice(0, MAX_ITEMS)) {
      const [, flag, text = ''] = FLAG.exec(textAt(item)) ?? [];
      if (isCertain(text)) yield { text, line: item.line, path: `${path}/${flag}` };
    }
  }
  for (const variable of itemsAt(container, 'env').slice(0, MAX_ITEMS)) {
    const name = textAt(variable, 'name');
    const value = scalarAt(variable, 'value');
    if (value !== undefined && RELATED.test(name) && isCertain(value.text)) {
      yield { text: value.text, line: value.line, path: `${path}/${name}` };
    }
  }
}

const isCertain = (text: string): boolean => text.includes('/') && hasVersion(text) && isImageLike(text, 'likely');
