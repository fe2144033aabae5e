// Images in documents of any kind: walks all fields and extracts the image-like values of fields called image.

import type { Found } from './extractor.ts';
import { composedImage, type ImageScalar, withSiblingParts } from './image-parts.ts';
import { findVariable, hasVersion, isImageLike, type Likelihood } from './image-text.ts';
import { CONTAINER_LISTS, foundImage, podImages } from './pod-spec.ts';
import { nodeAt, scalarAt, textAt, type YamlList, type YamlMap, type YamlNode, type YamlScalar } from './yaml-node.ts';

export interface FieldContext {
  /** `kind/name`, or '' if a document has neither. */
  readonly owner: string;
  /** Of a field called `image` without further evidence. */
  readonly likelihood: Likelihood;
  /** Of the root in its document. */
  readonly path?: readonly string[];
}

/** Sibling fields that only the image of a container has. */
const CONTAINER_FIELDS = (
  'command commands args script env environment envFrom ports resources imagePullPolicy pullPolicy volumeMounts ' +
  'securityContext entrypoint workingDir'
).split(' ');
/** Names of fields that contain one or more containers. */
const CONTAINER_PARENT = /^(?:container|script|step|sidecar|initContainer|stepTemplate|docker)s?$/;
const IMAGE_KEY = /^image(?:_?[nN]ame)?$|Image$|_image$/;
/** `imageRepository` beside `imageTag`. */
const REPOSITORY_KEY = /^(image|[A-Za-z]\w*(?:Image|_image))_?[rR]epository$/;
const VERSION_SUFFIXES = ['Tag', '_tag', 'Digest', '_digest'];
/** Names of fields with several images. */
const LISTS = /^images$|Images$|_images$/;
const hasParts = (item: YamlNode): boolean => ['newTag', 'newName', 'digest', 'tag'].some((key) => nodeAt(item, key));
/** The fields of a pod that podImages reads. */
const POD_FIELDS = new Set<string>([...CONTAINER_LISTS, 'volumes']);

/** Each node is visited once, however many aliases refer to it. */
export function* fieldImages(root: YamlNode, { owner, likelihood, path: start = [] }: FieldContext): Generator<Found> {
  const seen = new Set<YamlNode>();
  yield* walk(root, owner === '' ? start : []);

  /** `outer`: the registry of all images of a chart. */
  function* walk(node: YamlNode, path: readonly string[], outer = ''): Generator<Found> {
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    const registry = globalRegistry(node) || outer;
    if (node.kind === 'list') {
      // Those of kustomize have a syntax of their own.
      if (LISTS.test(path.at(-1) ?? '') && path.at(-2) !== 'kustomize') yield* listed(node, path);
      for (const [index, item] of node.items.entries()) yield* walk(item, [...path, `[${index}]`], registry);
      return;
    }
    const isPod = CONTAINER_LISTS.some((list) => nodeAt(node, list)?.kind === 'list');
    if (isPod) yield* podImages(node, owner || path.join('.').replaceAll('.[', '['));
    // OpenShift: an image of another registry in a stream or a build.
    const external = textAt(node, 'kind') === 'DockerImage' ? scalarAt(node, 'name') : undefined;
    if (external !== undefined) {
      const isOutput = path.includes('output');
      yield { ...foundImage(external, { path: pathOf(node, [...path, 'name']) }), ...(isOutput && { skip: BUILT }) };
    }
    if (LISTS.test(path.at(-1) ?? '') || path.slice(-2).join('.') === 'images.tags') yield* named(node, path);
    const certainty = isContainer(node, path) ? 'certain' : likelihood;
    for (const [key, value] of node.entries) {
      if (isPod && POD_FIELDS.has(key)) continue;
      // A virtual machine of CircleCI is none.
      const written = key === 'image' && path.at(-1) === 'machine' ? undefined : imageIn(key, value, node, certainty);
      const image = written && withGlobal(written, value, registry);
      if (image === undefined) yield* walk(value, [...path, key], registry);
      else if (path.at(-1) === 'output')
        yield { ...foundImage(image, { path: pathOf(node, [...path, key]) }), skip: BUILT };
      else yield foundImage(image, { path: pathOf(node, [...path, key]), isLocal: isNeverPulled(node) });
    }
  }

  /** `images: [reference, …]`, also as `{ name: reference }`. */
  function* listed(list: YamlList, path: readonly string[]): Generator<Found> {
    const certain = likelihoodOf(list);
    for (const [index, item] of list.items.entries()) {
      const isImage = (image: YamlScalar | undefined, likelihood: Likelihood): image is YamlScalar =>
        image !== undefined && typeof image.value === 'string' && isImageLike(image.text, likelihood);
      const name = scalarAt(item, 'name');
      const at = { path: pathOf(undefined, [...path, `[${index}]`]) };
      if (item.kind === 'scalar' && isImage(item, certain)) yield foundImage(item, at);
      else if (
        nodeAt(item, 'image') === undefined &&
        isImage(name, 'possible') &&
        !hasParts(item) &&
        hasVersion(name.text)
      )
        yield foundImage(name, at);
    }
  }

  /** `images: { web: reference }` */
  function* named(map: YamlMap, path: readonly string[]): Generator<Found> {
    for (const [key, value] of map.entries) {
      const isOther = value.kind !== 'scalar' || typeof value.value !== 'string' || IMAGE_KEY.test(key);
      if (!isOther && hasVersion(value.text) && value.text.includes('/') && isImageLike(value.text, 'possible')) {
        yield foundImage(value, { path: pathOf(undefined, [...path, key]) });
      }
    }
  }

  /** `kind/name/container` where the field is a container's, else `kind/name/path.of.fields`. */
  function pathOf(map: YamlMap | undefined, path: readonly string[]): string {
    const name = path.length > 1 && path.at(-2)?.startsWith('[') ? textAt(map, 'name') : '';
    const fields = path.join('.').replaceAll('.[', '[');
    if (owner === '') return fields;
    return `${owner}/${name || fields}`;
  }
}

/** All items of a list are images if some have a version. */
function likelihoodOf({ items }: YamlList): Likelihood {
  const isList = items.every((item) => item.kind === 'scalar' && isImageLike(item.text, 'certain'));
  return isList && items.some((item) => item.kind === 'scalar' && hasVersion(item.text)) ? 'certain' : 'possible';
}

/** The images in a list of images. */
export function* listedImages(list: YamlList): Generator<Found> {
  const likelihood = likelihoodOf(list);
  for (const [index, item] of list.items.entries()) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') continue;
    if (isImageLike(item.text, likelihood)) yield foundImage(item, { path: `[${index}]` });
  }
}

/** In values of a chart: all images may come from another registry. */
const globalRegistry = (values: YamlNode): string =>
  ['imageRegistry', 'registry'].map((key) => textAt(values, 'global', key)).find((text) => text !== '') ??
  textAt(values, 'global', 'image', 'registry');

/** Only images in parts: charts use others as they are. */
function withGlobal(image: ImageScalar, written: YamlNode, registry: string): ImageScalar {
  const isInParts = written.kind !== 'scalar' || written.text !== image.text;
  return registry === '' || !isInParts || image.text.startsWith(`${registry.replace(/\/+$/, '')}/`)
    ? image
    : { ...image, unresolved: REGISTRY_UNKNOWN };
}

const REGISTRY_UNKNOWN =
  'global.imageRegistry in the values may replace its registry; check the output of `helm template` instead.';

/** In resources of Strimzi, Shipwright and similar operators. */
const BUILT = { reason: 'local-build', message: 'Build output.' } as const;

const isNeverPulled = (map: YamlMap): boolean =>
  textAt(map, 'imagePullPolicy') === 'Never' || textAt(map, 'image', 'pullPolicy') === 'Never';

/** The image in a field, composed if it is written in parts; undefined if it is not an image. */
function imageIn(key: string, value: YamlNode, map: YamlMap, likelihood: Likelihood): ImageScalar | undefined {
  const [, prefix] = REPOSITORY_KEY.exec(key) ?? [];
  if (prefix !== undefined && VERSION_SUFFIXES.some((suffix) => textAt(map, prefix + suffix) !== '')) {
    return value.kind === 'scalar' ? withSiblingParts(prefix, value, map) : undefined;
  }
  if (!IMAGE_KEY.test(key)) return undefined;
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
