// Images that an operator starts later, given in the arguments and environment of its own container.

import type { Found } from './extractor.ts';
import { hasRegistry, hasVersion, isImageLike } from './image-text.ts';
import { itemsAt, scalarAt, textAt, type YamlNode } from './yaml-node.ts';

/** `--acme-solver-image=registry.example.com/solver:1`, or with the value as the next argument. */
const FLAG = /^(--?[A-Za-z][\w.-]*)(?:[= ](\S+))?$/;
/** What a program writes or pushes is not pulled. */
const WRITES = /output|push|dest|target/i;
/** A host that is not a registry. */
const SOURCE_HOST = /^(?:github\.com|gitlab\.com|bitbucket\.org|golang\.org|k8s\.io|sigs\.k8s\.io)\//i;
/** `RELATED_IMAGE_…`: https://sdk.operatorframework.io/docs/olm-integration/generation/#disconnected-operator-support */
const VARIABLE = /^RELATED_IMAGE_|_IMAGE$|^IMAGE$/;
/** The image a program builds on or writes. */
const OTHER_VARIABLE = /(?:^|_)(?:BASE|OUTPUT|PUSH|DEST|DESTINATION|TARGET)_/;

/** Of a list. Anchors let many containers share one. */
const MAX_ITEMS = 200;

/** Only what is certainly an image, with a tag or digest. `path`: that of the container. */
export function* operatorImages(container: YamlNode, path: string): Generator<Found> {
  const words = ['command', 'args'].flatMap((list) => itemsAt(container, list).slice(0, MAX_ITEMS));
  for (const [index, word] of words.entries()) {
    const [, flag, written] = FLAG.exec(textAt(word)) ?? [];
    if (flag === undefined || WRITES.test(flag)) continue;
    const value = written === undefined ? words[index + 1] : word;
    for (const text of valuesOf(flag, written ?? textAt(value))) {
      if (value !== undefined) yield { text, ...placeOf(value), path: `${path}/${flag.replace(/^--?/, '')}` };
    }
  }
  for (const variable of itemsAt(container, 'env').slice(0, MAX_ITEMS)) {
    const name = textAt(variable, 'name');
    const value = scalarAt(variable, 'value');
    const isWanted = name.startsWith('RELATED_IMAGE_') || (VARIABLE.test(name) && !OTHER_VARIABLE.test(name));
    if (value !== undefined && isWanted && isCertain(value.text)) {
      yield { text: value.text, ...placeOf(value), path: `${path}/${name}` };
    }
  }
}

/** The images in the value of a flag. Without "image" in its name, the value must be a whole reference. */
function valuesOf(flag: string, value: string): string[] {
  if (/images$/i.test(flag)) {
    return value
      .split(',')
      .map((item) => item.replace(/^[\w.-]+=/, ''))
      .filter(isCertain);
  }
  const isImage = /image$/i.test(flag) ? isCertain(value) : isWholeReference(value);
  return isImage ? [value] : [];
}

const isCertain = (text: string): boolean => text.includes('/') && hasVersion(text) && isImageLike(text, 'likely');

const isWholeReference = (text: string): boolean => isCertain(text) && hasRegistry(text) && !SOURCE_HOST.test(text);

const placeOf = ({ line, source }: YamlNode) => ({ line, ...(source !== undefined && { source }) });
