// Images in Kubernetes objects, YAML or JSON: manifests, lists, the output of helm and kustomize, custom resources.

import { extractImages } from './document-images.ts';
import type { Extraction, ExtractOptions, Extractor, Found, Problem, SearchRule } from './extractor.ts';
import { asField, isGitops, kustomizeImages, withEmbedded } from './gitops.ts';
import { fieldImages, listedImages } from './image-field.ts';
import { extractKustomization } from './kustomization.ts';
import { isKustomizationFile } from './kustomize-entry.ts';
import { entryImage, readEntries } from './kustomize-image.ts';
import { podImages } from './pod-spec.ts';
import { ruledImages, rulesFor, withoutRuled } from './search-rule.ts';
import { isSkaffold, skaffoldImages } from './skaffold.ts';
import { extractManifests } from './skaffold-manifest.ts';
import { isTekton, tektonImages } from './tekton.ts';
import { itemsAt, nodeAt, textAt, type YamlMap, type YamlNode } from './yaml-node.ts';

const KUSTOMIZATION = /(?:^|[\\/])(?:kustomization\.ya?ml|Kustomization)$/;
const FILE = /\.(?:ya?ml|json)$/i;
const keyAfter = (before: string, key: string): RegExp => new RegExp(`${before}["']?${key}["']?[ \\t]*:`, 'm');
/** At any depth. */
const [API_VERSION, KIND] = [keyAfter('(?:^|[{,])[ \\t]*', 'apiVersion'), keyAfter('(?:^|[{,])[ \\t]*', 'kind')];
const [OBJECT_API_VERSION, OBJECT_KIND] = [keyAfter('^', 'apiVersion'), keyAfter('^', 'kind')];
/** Of an item of a list. */
const [ITEM_API_VERSION, ITEM_KIND] = [keyAfter('^(?:-|  ) *', 'apiVersion'), keyAfter('^(?:-|  ) *', 'kind')];
const ITEM = keyAfter('^- +', '(?:apiVersion|kind)');
/** Where keys at any depth are evidence. */
const BEGINNING = 8192;

/** Whether the text has an object. kubectl sorts keys, so that long data may come before the kind. */
export function hasObject(text: string): boolean {
  if (OBJECT_API_VERSION.test(text) && OBJECT_KIND.test(text)) return true;
  if (/^[{[]/m.test(text) && hasKeys(text)) return true;
  return ITEM.test(text) && ITEM_API_VERSION.test(text) && ITEM_KIND.test(text);
}

const hasKeys = (text: string): boolean => API_VERSION.test(text) && KIND.test(text);

/** A Kustomization of Flux, in a file of the same name. */
const FLUX = /^apiVersion:.*\bfluxcd\b/m;

export const kubernetesExtractor: Extractor = {
  name: 'kubernetes',
  matches: (path, head) =>
    KUSTOMIZATION.test(path) ||
    ((path === '-' || FILE.test(path)) && (hasKeys(head.slice(0, BEGINNING)) || hasObject(head))),
  extract: (text, source, options) =>
    isKustomizationFile(source) && !FLUX.test(text)
      ? extractKustomization(text, source, options, {
          imagesOf: rendered(options),
          isWanted: (part) => options.search !== undefined || !NEVER_PULLED.test(part),
        })
      : SKAFFOLD.test(text)
        ? extractSkaffold(text, source, options)
        : extractObjects(text, options),
};

const SKAFFOLD = /^apiVersion:[ \t]*["']?skaffold\//m;

async function extractSkaffold(text: string, source: string, options: ExtractOptions): Promise<Extraction> {
  const own = await extractObjects(text, options);
  const { found, problems, covers } = await extractManifests(text, source, options, kubernetesExtractor.extract);
  return { found: [...own.found, ...found], problems: [...own.problems, ...problems], covers };
}

/** Any other YAML with images: selected by name, or the fallback for a file that the user named. */
export const yamlExtractor: Extractor = {
  name: 'yaml',
  matches: () => false,
  extract: (text, _, options) => extractObjects(text, options),
};

/** The images of an object that a kustomization renders. */
const rendered =
  ({ search = [] }: ExtractOptions) =>
  (object: YamlNode) =>
    objectImages(object, '', { search, seen: new Set() });

/** What patches and replacements of a kustomization need no part of. */
const NEVER_PULLED = /^kind:[ \t]*["']?CustomResourceDefinition\b/m;

/** Large and without images, so not even parsed. */
const WITHOUT_IMAGES = /^kind:[ \t]*["']?(CustomResourceDefinition|ConfigMap|Secret)\b/m;

async function extractObjects(text: string, { search = [], signal }: ExtractOptions): Promise<Extraction> {
  const ruled = new Set(search.map(({ kind }) => kind));
  const isWanted = (part: string): boolean => {
    const [, kind] = WITHOUT_IMAGES.exec(part) ?? [];
    return kind === undefined || ruled.has(kind);
  };
  const imagesOf = (document: YamlNode) => documentImages(document, { search, seen: new Set() });
  return extractImages(text, imagesOf, { isWanted, signal });
}

const POD = ['spec'];
const POD_TEMPLATE = ['spec', 'template', 'spec'];
const POD_SPECS = new Map<string, readonly string[]>([
  ['Pod', POD],
  ['Deployment', POD_TEMPLATE],
  ['ReplicaSet', POD_TEMPLATE],
  ['StatefulSet', POD_TEMPLATE],
  ['DaemonSet', POD_TEMPLATE],
  ['Job', POD_TEMPLATE],
  ['ReplicationController', POD_TEMPLATE],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template', 'spec']],
  ['PodTemplate', ['template', 'spec']],
]);
/** Other groups have a Job as well, of another shape. */
const CORE_GROUP = /^(?:v1|(?:apps|batch|extensions)\/.*)$/;

/** Kinds with fields that look like images but are not pulled. */
const NOT_PULLED = new Set([
  'ConfigMap',
  'CustomResourceDefinition',
  'Secret',
  // Flux: a repository to watch, a policy of tags.
  'ImageRepository',
  'ImagePolicy',
]);

interface Walk {
  readonly search: readonly SearchRule[];
  readonly seen: Set<YamlNode>;
}

/** Of a list each item is a document, or an image. */
function* documentImages(document: YamlNode, walk: Walk): Generator<Found | Problem> {
  if (document.kind !== 'list') return yield* objectImages(document, '', walk);
  yield* listedImages(document);
  for (const [index, item] of document.items.entries()) {
    const field = asField(item);
    if (field !== item) yield* fieldImages(field, { owner: '', likelihood: 'certain', path: [`[${index}]`] });
    else if (item.kind === 'list') yield* fieldImages(item, { owner: '', likelihood: 'certain', path: [`[${index}]`] });
    else yield* objectImages(item, '', walk, [`[${index}]`]);
  }
}

/** `itemKind`: that of an item of a typed list, which has no kind of its own. */
function* objectImages(
  document: YamlNode,
  itemKind: string,
  { search, seen }: Walk,
  path: readonly string[] = [],
): Generator<Found | Problem> {
  if (document.kind !== 'map' || seen.has(document)) return;
  seen.add(document);
  const kind = textAt(document, 'kind') || itemKind;
  const name = textAt(document, 'metadata', 'name') || textAt(document, 'metadata', 'generateName');
  const owner = name === '' ? kind : `${kind}/${name}`;
  const rules = rulesFor(document, kind, search);
  yield* ruledImages(document, owner, rules);
  const object = withoutRuled(document, rules);
  if (object === undefined) return;
  const podSpec = CORE_GROUP.test(textAt(object, 'apiVersion') || 'v1') ? POD_SPECS.get(kind) : undefined;

  if (kind.endsWith('List') && nodeAt(object, 'items')?.kind === 'list') {
    for (const item of itemsAt(object, 'items')) {
      yield* objectImages(item, kind.slice(0, -'List'.length), { search, seen });
    }
  } else if (podSpec !== undefined) {
    yield* podImages(nodeAt(object, ...podSpec), owner);
  } else if (kind === 'DeploymentConfig') {
    yield* configImages(object, owner);
  } else if (isKustomization(object)) {
    for (const entry of readEntries(object)) yield entryImage(entry);
  } else if (isSkaffold(object)) {
    yield* skaffoldImages(object, owner);
  } else if (isTekton(object)) {
    yield* tektonImages(withoutStatus(object), document, owner);
  } else if (!NOT_PULLED.has(kind)) {
    const whole = isGitops(object) ? withEmbedded(object) : object;
    if (isGitops(object)) yield* kustomizeImages(whole, owner);
    yield* fieldImages(withoutStatus(whole), { owner, likelihood: kind === '' ? 'certain' : 'likely', path });
  }
}

/** OpenShift: the image of a container with an ImageChange trigger is a placeholder. */
function* configImages(config: YamlMap, owner: string): Generator<Found> {
  const triggers = itemsAt(config, 'spec', 'triggers').filter((trigger) => textAt(trigger, 'type') === 'ImageChange');
  const replaced = new Set(
    triggers.flatMap((trigger) =>
      itemsAt(trigger, 'imageChangeParams', 'containerNames').map((name) => `${owner}/${textAt(name)}`),
    ),
  );
  for (const found of podImages(nodeAt(config, ...POD_TEMPLATE), owner)) {
    yield replaced.has(found.path ?? '') ? { ...found, skip: REPLACED } : found;
  }
}

const REPLACED = {
  reason: 'unresolved-variable',
  cause: 'incomplete-name',
  message: 'An ImageChange trigger replaces it with the image of an image stream.',
} as const;

/** Without the fields that controllers write, and labels. */
function withoutStatus(object: YamlMap): YamlMap {
  if (textAt(object, 'kind') === '') return object;
  const entries = [...object.entries].filter(([key]) => key !== 'status' && key !== 'metadata');
  return { ...object, entries: new Map(entries) };
}

/** The file often has no kind. Flux has another kind of this name. */
function isKustomization(object: YamlMap): boolean {
  const [kind, version] = [textAt(object, 'kind'), textAt(object, 'apiVersion')];
  if (kind === 'Component') return version.startsWith('kustomize.config');
  if (kind !== '') return kind === 'Kustomization' && !version.includes('fluxcd');
  return readEntries(object).some(({ newName, newTag, digest }) => newName !== undefined || newTag + digest !== '');
}
