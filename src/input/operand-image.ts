// Images that an operator will start, as its own container is told of them: in its arguments and environment.

import type { Found } from './extractor.ts';
import { hasVersion, isImageLike } from './image-like.ts';
import { itemsAt, scalarAt, textAt, type YamlNode } from './yaml-node.ts';

/** `--acme-solver-image=registry.example.com/solver:1`; what a program writes or sends is nothing to pull. */
const FLAG = /^--?((?!.*(?:output|push|dest|target))[\w-]*image)[= ](\S+)$/i;
/** https://sdk.operatorframework.io/docs/olm-integration/generation/#disconnected-operator-support */
const RELATED = /^RELATED_IMAGE_/;

/** Anchors let many containers share one list. */
const MAX_OPERANDS = 200;

/** Only what is surely an image with its version; `path`: that of the container. */
export function* operandImages(container: YamlNode, path: string): Generator<Found> {
  for (const list of ['command', 'args']) {
    for (const item of itemsAt(container, list).slice(0, MAX_OPERANDS)) {
      const [, flag, text = ''] = FLAG.exec(textAt(item)) ?? [];
      if (isSure(text)) yield { text, line: item.line, path: `${path}/${flag}` };
    }
  }
  for (const variable of itemsAt(container, 'env').slice(0, MAX_OPERANDS)) {
    const name = textAt(variable, 'name');
    const value = scalarAt(variable, 'value');
    if (value !== undefined && RELATED.test(name) && isSure(value.text)) {
      yield { text: value.text, line: value.line, path: `${path}/${name}` };
    }
  }
}

const isSure = (text: string): boolean => text.includes('/') && hasVersion(text) && isImageLike(text, 'likely');
