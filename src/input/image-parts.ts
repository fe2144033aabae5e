// Images that are written in parts: `{ registry, repository, tag, digest }`, or a field with its tag and registry beside it.
//
// A part that is missing is not guessed: the chart or operator that reads the parts has its own value for it.

import { findVariable, hasRegistry, hasVersion, isImageLike } from './image-text.ts';
import { nodeAt, textAt, type YamlMap, type YamlScalar } from './yaml-node.ts';

/** The text of an image, complete or not. */
export interface ImageScalar extends YamlScalar {
  /** Why the text is not the image that is pulled; one sentence or two. */
  readonly unresolved?: string;
}

export const VERSION_UNKNOWN =
  'No tag or digest is set here; the chart or operator adds its own. Check the output of `helm template` instead.';

const TAG = /^[\w][\w.-]{0,127}$/;
const HEX = /^[0-9a-f]{64}$/i;
/** `registry.example.com:5000/prefix` */
const REGISTRY_TEXT = /^[\w.-]+(?::\d+)?(?:\/[\w./-]+)?$/;
const SOURCE_HOST = /^(?:github\.com|gitlab\.com|bitbucket\.org)\//i;

/**
 * Composes the image of a map. `isCertain`: a search rule says that it is an image. `parent`: the map whose field `key` it
 * is, which may have the registry or the tag.
 */
export function composedImage(
  map: YamlMap,
  isCertain = false,
  { parent, key: field = 'image' }: { readonly parent?: YamlMap; readonly key?: string } = {},
): ImageScalar | undefined {
  const names = ['repository', 'reference', 'name', ...(isCertain ? ['image'] : [])];
  const key = names.find((name) => textAt(map, name) !== '');
  const name = key === undefined ? undefined : nodeAt(map, key);
  if (name?.kind !== 'scalar') return undefined;
  // An image beside its repository is a part as well: the walk of the fields finds it.
  if (!isCertain && key !== 'repository' && textAt(map, 'image') !== '') return undefined;
  if (!isCertain && key === 'repository' && isNameIn(map)) return undefined;
  const isNamed = isCertain || key === 'repository';
  const own = readVersion(map, ['tag', ...(isNamed ? ['version'] : [])], ['digest', 'sha', 'sha256']);
  const outer = parent === undefined ? '' : readVersion(parent, [`${field}Tag`, 'tag'], [`${field}Digest`]);
  const registry = textAt(map, 'registry') || (parent === undefined ? '' : outerRegistry(parent, field, name.text));
  const version = isVersionOf(own, name.text) || (isNamed ? isVersionOf(outer, name.text) : '');
  const text = `${registryPrefix(registry, name.text)}${name.text}${version}`;
  const image = { ...name, text };
  if (findVariable(text) !== undefined) return image;
  const isInParts = key === 'repository' || registry !== '';
  if (!isCertain && !isImageLike(text, isInParts ? 'certain' : 'possible')) return undefined;
  const isVersionless = !hasVersion(text) && (isInParts || map.entries.has('tag'));
  return isVersionless ? { ...image, unresolved: VERSION_UNKNOWN } : image;
}

/** Whether `image` completes the repository of the map: `{ repository: registry.example.com/team, image: web }`. */
function isNameIn(map: YamlMap): boolean {
  const image = textAt(map, 'image');
  return image !== '' && joinsRepository(repositoryOf(map), image);
}

/** With the registry of the map. */
function repositoryOf(map: YamlMap): string {
  const repository = textAt(map, 'repository');
  return repository === '' ? '' : `${registryPrefix(textAt(map, 'registry'), repository)}${repository}`;
}

const joinsRepository = (repository: string, image: string): boolean =>
  !image.includes('/') &&
  hasRegistry(repository) &&
  !SOURCE_HOST.test(repository) &&
  REGISTRY_TEXT.test(repository) &&
  !withoutVersion(repository).endsWith(`/${withoutVersion(image)}`);

const withoutVersion = (text: string): string => text.replace(/@.*$|:[^/:]*$/, '');

/** The image of a field, completed by the fields beside it: registry, repository, tag, digest. */
export function withSiblingParts(key: string, image: YamlScalar, map: YamlMap): ImageScalar {
  const prefix = siblingPrefix(key, image.text, map);
  const version = siblingVersion(key, image.text, map, prefix.text !== '');
  const text = `${prefix.text}${image.text}${version}`;
  const whole: ImageScalar = text === image.text ? image : { ...image, text };
  if (prefix.unresolved !== undefined) return { ...whole, unresolved: prefix.unresolved };
  const hasTagField = ['tag', `${key}Tag`, `${key}_tag`].some((name) => nodeAt(map, name)?.kind === 'scalar');
  const isInParts = prefix.text !== '' || hasTagField;
  return isInParts && !hasVersion(text) && findVariable(text) === undefined
    ? { ...whole, unresolved: VERSION_UNKNOWN }
    : whole;
}

function siblingPrefix(key: string, image: string, map: YamlMap): { text: string; unresolved?: string } {
  if (hasRegistry(image) || findVariable(image) !== undefined) return { text: '' };
  const repository = repositoryOf(map);
  if (key === 'image' && joinsRepository(repository, image)) return { text: `${repository.replace(/\/+$/, '')}/` };
  const registry = textAt(map, `${key}Registry`) || textAt(map, `${key}_registry`) || textAt(map, 'registry');
  if (registry === '') return { text: '' };
  if (findVariable(registry) !== undefined || (REGISTRY_TEXT.test(registry) && hasRegistry(`${registry}/`))) {
    return { text: registryPrefix(registry, image) };
  }
  if (!REGISTRY_TEXT.test(registry)) return { text: '' };
  return { text: '', unresolved: `The registry is ${registry}, which is not the name of a host.` };
}

/** A registry in the map around the parts. */
function outerRegistry(parent: YamlMap, field: string, name: string): string {
  const registry = textAt(parent, `${field}Registry`) || textAt(parent, 'registry');
  return !hasRegistry(name) && REGISTRY_TEXT.test(registry) && hasRegistry(`${registry}/`) ? registry : '';
}

function registryPrefix(registry: string, name: string): string {
  const host = registry.replace(/\/+$/, '');
  return host === '' || name.startsWith(`${host}/`) ? '' : `${host}/`;
}

function siblingVersion(key: string, image: string, map: YamlMap, isInParts: boolean): string {
  const tags = ['tag', `${key}Tag`, `${key}_tag`, ...(key === 'baseImage' || isInParts ? ['version'] : [])];
  const version = readVersion(map, tags, [`${key}Digest`, `${key}_digest`, 'digest', 'sha', 'sha256']);
  const isComplete = version === '' || /^[:@]/.test(version);
  return isComplete && (findVariable(version) !== undefined || isPlain(version)) ? isVersionOf(version, image) : '';
}

const isPlain = (version: string): boolean => {
  const [tag = '', digest] = version.startsWith('@') ? ['', version.slice(1)] : version.slice(1).split('@');
  return (tag === '' || TAG.test(tag)) && (digest === undefined || /^\w+:[0-9a-f]{32,}$/i.test(digest));
};

/** `:tag`, `@digest` or both. */
function readVersion(map: YamlMap, tags: readonly string[], digests: readonly string[]): string {
  const written = tags.map((name) => textAt(map, name)).find((text) => text !== '') ?? '';
  const tag = written === '' ? '' : written.replace(/^:/, '') + textAt(map, 'tagSuffix');
  const digest = digests.map((name) => digestIn(textAt(map, name), name)).find((text) => text !== '') ?? '';
  if (tag.startsWith('@')) return tag;
  if (/^sha256:[0-9a-f]/i.test(tag)) return `@${tag}`;
  return `${tag === '' ? '' : `:${tag}`}${digest === '' || tag.includes('@') ? '' : `@${digest}`}`;
}

/** A digest, with or without its algorithm; `sha` may also be that of a commit. */
function digestIn(text: string, field: string): string {
  const digest = text.replace(/^@/, '');
  if (HEX.test(digest)) return `sha256:${digest}`;
  return /^sha(?:256)?$/.test(field) && !digest.startsWith('sha256:') ? '' : digest;
}

/** The parts of a version that the name does not have. */
function isVersionOf(version: string, name: string): string {
  if (name.includes('@')) return '';
  return hasVersion(name) ? version.replace(/^:[^@]*/, '') : version;
}
