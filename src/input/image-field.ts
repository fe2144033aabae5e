// Images in documents of any kind: walks all fields and extracts the image-like values of fields called image.

import type { Found } from './extractor.ts';
import { composedImage, type ImageScalar, withSiblingParts } from './image-parts.ts';
import { findVariable, isImageLike, type Likelihood } from './image-text.ts';
import { CONTAINER_LISTS, foundImage, podImages } from './pod-spec.ts';
import { nodeAt, textAt, type YamlMap, type YamlNode } from './yaml-node.ts';

export interface FieldContext {
  /** `kind/name`, or '' if a document has neither. */
  readonly owner: string;
  /** Of a field called `image` without further evidence. */
  readonly likelihood: Likelihood;
}

/** Sibling fields that only the image of a container has. */
const CONTAINER_FIELDS = (
  'command commands args script env environment envFrom ports resources imagePullPolicy pullPolicy volumeMounts ' +
  'securityContext entrypoint workingDir'
).split(' ');
/** Names of fields that contain one or more containers. */
const CONTAINER_PARENT = /^(?:container|script|step|sidecar|initContainer|stepTemplate|docker)s?$/;
/** The fields of a pod that podImages reads. */
const POD_FIELDS = new Set<string>([...CONTAINER_LISTS, 'volumes']);

/** Each node is visited once, however many aliases refer to it. */
export function* fieldImages(root: YamlNode, { owner, likelihood }: FieldContext): Generator<Found> {
  const seen = new Set<YamlNode>();
  yield* walk(root, []);

  function* walk(node: YamlNode, path: readonly string[]): Generator<Found> {
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') {
      for (const [index, item] of node.items.entries()) yield* walk(item, [...path, `[${index}]`]);
      return;
    }
    const isPod = CONTAINER_LISTS.some((list) => nodeAt(node, list)?.kind === 'list');
    if (isPod) yield* podImages(node, owner || path.join('.').replaceAll('.[', '['));
    const certainty = isContainer(node, path) ? 'certain' : likelihood;
    for (const [key, value] of node.entries) {
      if (isPod && POD_FIELDS.has(key)) continue;
      const image = imageIn(key, value, node, certainty);
      if (image === undefined) yield* walk(value, [...path, key]);
      else if (path.at(-1) === 'output')
        yield { ...foundImage(image, { path: pathOf(node, [...path, key]) }), skip: BUILT };
      else yield foundImage(image, { path: pathOf(node, [...path, key]), isLocal: isNeverPulled(node) });
    }
  }

  /** `kind/name/container` where the field is a container's, else `kind/name/path.of.fields`. */
  function pathOf(map: YamlMap, path: readonly string[]): string {
    const name = path.length > 1 && path.at(-2)?.startsWith('[') ? textAt(map, 'name') : '';
    const fields = path.join('.').replaceAll('.[', '[');
    if (owner === '') return fields;
    return `${owner}/${name || fields}`;
  }
}

/** In resources of Strimzi, Shipwright and similar operators. */
const BUILT = { reason: 'local-build', message: 'Build output.' } as const;

const isNeverPulled = (map: YamlMap): boolean =>
  textAt(map, 'imagePullPolicy') === 'Never' || textAt(map, 'image', 'pullPolicy') === 'Never';

/** The image in a field, composed if it is written in parts; undefined if it is not an image. */
function imageIn(key: string, value: YamlNode, map: YamlMap, likelihood: Likelihood): ImageScalar | undefined {
  if (!/^image(?:_?[nN]ame)?$|Image$|_image$/.test(key)) return undefined;
  if (value.kind === 'map') return composedImage(value, false, { parent: map, key });
  if (value.kind === 'list' || typeof value.value !== 'string' || value.text.trim() === '') return undefined;
  // Kept by the Prometheus operator for its old versions.
  if (key === 'baseImage' && textAt(map, 'image') !== '') return undefined;
  const image = withSiblingParts(key, value, map);
  if (findVariable(image.text) !== undefined || image.text.startsWith('ko://')) {
    // A value with variables is weak evidence, so the field must be strong evidence.
    return key === 'image' || image.text.includes('/') ? image : undefined;
  }
  return isImageLike(image.text, key === 'image' ? likelihood : 'possible') ? image : undefined;
}

function isContainer(map: YamlMap, path: readonly string[]): boolean {
  const field = path.findLast((step) => !step.startsWith('['));
  return CONTAINER_FIELDS.some((key) => map.entries.has(key)) || (field !== undefined && CONTAINER_PARENT.test(field));
}
