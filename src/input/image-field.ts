// Images in documents of any kind: a walk over all fields, taking what is called an image and looks like one.

import type { Found } from './extractor.ts';
import { hasVersion, isImageLike, type Likelihood } from './image-like.ts';
import { CONTAINER_LISTS, foundImage, podImages } from './pod-spec.ts';
import { findVariable } from './variable.ts';
import { nodeAt, textAt, type YamlMap, type YamlNode, type YamlScalar } from './yaml-node.ts';

export interface Surroundings {
  /** `kind/name`, or '' where a document has neither. */
  readonly owner: string;
  /** Of a field called `image` that has no more to it. */
  readonly likelihood: Likelihood;
}

/** What stands beside the image of a container, and beside nothing else that has an image. */
const BESIDE_CONTAINER = (
  'command commands args script env environment envFrom ports resources imagePullPolicy pullPolicy volumeMounts ' +
  'securityContext entrypoint workingDir'
).split(' ');
/** The fields that containers stand in, one or many. */
const HOLDS_CONTAINER = /^(?:container|script|step|sidecar|initContainer|stepTemplate|docker)s?$/;
/** A pod's own fields, taken with its containers. */
const POD_FIELDS = new Set<string>([...CONTAINER_LISTS, 'volumes']);

/** Each node is visited once, however many aliases lead to it. */
export function* fieldImages(root: YamlNode, { owner, likelihood }: Surroundings): Generator<Found> {
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

/** Where Strimzi, Shipwright and their like say what they build. */
const BUILT = { reason: 'local-build', message: 'It is what will be built.' } as const;

const isNeverPulled = (map: YamlMap): boolean =>
  textAt(map, 'imagePullPolicy') === 'Never' || textAt(map, 'image', 'pullPolicy') === 'Never';

/** The image that a field names, composed where it is written in parts; undefined when it names none. */
function imageIn(key: string, value: YamlNode, map: YamlMap, likelihood: Likelihood): YamlScalar | undefined {
  if (!/^image(?:_?[nN]ame)?$|Image$|_image$/.test(key)) return undefined;
  if (value.kind === 'map') return composedImage(value);
  if (value.kind === 'list' || typeof value.value !== 'string' || value.text.trim() === '') return undefined;
  // Left by the Prometheus operator for old versions of itself.
  if (key === 'baseImage' && textAt(map, 'image') !== '') return undefined;
  const image = withTagBeside(key, value, map);
  if (findVariable(image.text) !== undefined || image.text.startsWith('ko://')) {
    // A value with variables says little; the field has to say more.
    return key === 'image' || image.text.includes('/') ? image : undefined;
  }
  return isImageLike(image.text, key === 'image' ? likelihood : 'possible') ? image : undefined;
}

function isContainer(map: YamlMap, path: readonly string[]): boolean {
  const field = path.findLast((step) => !step.startsWith('['));
  return BESIDE_CONTAINER.some((key) => map.entries.has(key)) || (field !== undefined && HOLDS_CONTAINER.test(field));
}

/** Some write the tag into a field of its own. */
function withTagBeside(key: string, image: YamlScalar, map: YamlMap): YamlScalar {
  if (hasVersion(image.text)) return image;
  const tag = textAt(map, 'tag') || textAt(map, `${key}Tag`) || (key === 'baseImage' ? textAt(map, 'version') : '');
  return /^[\w][\w.-]{0,127}$/.test(tag) ? { ...image, text: `${image.text}:${tag}` } : image;
}

/** `{ registry, repository, tag, digest }`, as charts and operators write it. `isSure`: somebody said that it is one. */
export function composedImage(map: YamlMap, isSure = false): YamlScalar | undefined {
  const names = ['repository', 'reference', 'name', ...(isSure ? ['image'] : [])];
  const key = names.find((name) => textAt(map, name) !== '');
  const name = key === undefined ? undefined : nodeAt(map, key);
  if (name?.kind !== 'scalar') return undefined;
  const isNamed = isSure || key === 'repository';
  const tag = textAt(map, 'tag') || (isNamed ? textAt(map, 'version') : '');
  const [registry, digest] = [textAt(map, 'registry'), textAt(map, 'digest')];
  const text = [
    registry === '' || name.text.startsWith(`${registry}/`) ? '' : `${registry}/`,
    name.text,
    tag === '' || hasVersion(name.text) ? '' : `:${tag}`,
    digest === '' || name.text.includes('@') ? '' : `@${digest}`,
  ].join('');
  if (findVariable(text) !== undefined) return { ...name, text };
  if (!isSure && !isImageLike(text, key === 'repository' ? 'certain' : 'possible')) return undefined;
  // The chart puts in its own version where the tag is left empty.
  const isOpen = map.entries.has('tag') && !hasVersion(text);
  return { ...name, text: isOpen ? `${text}:{{ tag }}` : text };
}
