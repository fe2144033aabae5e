// Images that Argo CD, Flux and k3s objects set for what they deploy: `images` of kustomize, and values and patches that
// are texts inside the object.
// https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/, https://fluxcd.io/flux/components/kustomize/kustomizations/

import type { Found } from './extractor.ts';
import { hasVersion } from './image-text.ts';
import { entryImage, readEntries } from './kustomize-image.ts';
import { pointer } from './kustomize-patch.ts';
import { withPlace } from './node-place.ts';
import { foundImage } from './pod-spec.ts';
import { parseYaml } from './yaml.ts';
import {
  itemsAt,
  nodeAt,
  scalarAt,
  textAt,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './yaml-node.ts';

const GITOPS = /^(?:[\w-]+\.)*(?:argoproj\.io|fluxcd\.io|cattle\.io)\//;
/** Texts that are YAML documents. */
const VALUES = new Set(['values', 'valuesContent']);
const TAG_UNKNOWN =
  'The tag is that of the resource, which is not here; check the output of kubectl kustomize instead.';
/** Of all texts in one object. */
const MAX_TEXTS = 1000;

export const isGitops = (object: YamlNode): boolean => GITOPS.test(textAt(object, 'apiVersion'));

/** The images that `kustomize.images` of Argo CD and `images` of Flux set, at any depth. */
export function* kustomizeImages(object: YamlNode, owner: string): Generator<Found> {
  const seen = new Set<YamlNode>();
  yield* visit(object, owner);

  function* visit(node: YamlNode, path: string): Generator<Found> {
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'map') {
      for (const entry of readEntries(node)) yield entryImage(entry, path);
      if (path.endsWith('.kustomize')) yield* shortImages(node, path);
    }
    const children = node.kind === 'map' ? [...node.entries] : [...node.items.entries()];
    for (const [key, child] of children) {
      if (node.kind === 'map' && node === object && key !== 'spec') continue;
      yield* visit(child, node.kind === 'list' ? `${path}[${key}]` : `${path}${node === object ? '/' : '.'}${key}`);
    }
  }
}

/** `[name=]image[:tag]`, as Argo CD writes them. */
function* shortImages(kustomize: YamlMap, path: string): Generator<Found> {
  for (const [index, item] of itemsAt(kustomize, 'images').entries()) {
    if (item.kind !== 'scalar' || item.text.trim() === '') continue;
    const text = item.text.slice(item.text.indexOf('=') + 1);
    const isUnresolved = !hasVersion(text);
    yield foundImage(
      { ...item, text, ...(isUnresolved && { unresolved: TAG_UNKNOWN }) },
      { path: `${path}.images[${index}]` },
    );
  }
}

/** The object with the documents that its texts are, and with parameters of charts as values. */
export function withEmbedded(object: YamlMap): YamlMap {
  const known = new Map<YamlNode, YamlNode>();
  let texts = 0;
  return expand(object) as YamlMap;

  function expand(node: YamlNode): YamlNode {
    if (node.kind === 'scalar') return node;
    const before = known.get(node);
    if (before !== undefined) return before;
    const expanded: YamlNode =
      node.kind === 'list' ? { ...node, items: node.items.map(expand) } : { ...node, entries: expandEntries(node) };
    known.set(node, expanded);
    return expanded;
  }

  function expandEntries(map: YamlMap): Map<string, YamlNode> {
    const entries = new Map<string, YamlNode>();
    for (const [key, value] of map.entries) {
      const isText = value.kind === 'scalar' && typeof value.value === 'string';
      if (isText && (VALUES.has(key) || key === 'patch')) entries.set(key, parse(value));
      else entries.set(key, expand(value));
    }
    const parameters = [...itemsAt(map, 'parameters').flatMap(asParameter), ...setValues(map)];
    const field =
      ['values', 'valuesObject', 'valuesContent'].find((key) => entries.get(key)?.kind === 'map') ?? 'values';
    if (parameters.length === 0) return entries;
    let values: YamlNode = entries.get(field) ?? { kind: 'map', line: map.line, entries: new Map() };
    for (const [path, value] of parameters) values = setAt(values, path, value);
    return entries.set(field, values);
  }

  function parse(text: YamlScalar): YamlNode {
    texts += 1;
    if (texts > MAX_TEXTS) return text;
    const lineOf = (line: number) => (text.textLine === undefined ? text.line : text.textLine + line - 1);
    for (const { root } of parseYaml(text.text)) {
      if (root?.kind === 'map') return expand(withPlace(root, { lineOf }));
      if (root?.kind === 'list')
        return expand({ ...root, items: root.items.map((item) => asField(withPlace(item, { lineOf }))) });
    }
    return text;
  }
}

/** An operation of a JSON patch as the field that it sets; anything else unchanged. */
export function asField(operation: YamlNode): YamlNode {
  const value = nodeAt(operation, 'value');
  const key = pointer(textAt(operation, 'path')).findLast((step) => !/^(?:-|\d+)$/.test(step));
  if (value === undefined || key === undefined || textAt(operation, 'op') === 'remove') return operation;
  const isItem = /\/(?:-|\d+)$/.test(textAt(operation, 'path'));
  const field: YamlNode = isItem ? ({ kind: 'list', line: value.line, items: [value] } satisfies YamlList) : value;
  return { kind: 'map', line: operation.line, entries: new Map([[key, field]]) };
}

type Parameter = readonly [path: readonly string[], value: YamlScalar];

/** Only those of an image, whose other parts are beside it. */
function asParameter(item: YamlNode): Parameter[] {
  const [name, value] = [textAt(item, 'name'), scalarAt(item, 'value')];
  return value !== undefined && /image/i.test(name) ? [[name.split('.'), value]] : [];
}

/** `set` of a HelmChart of k3s. */
const setValues = (map: YamlMap): Parameter[] => {
  const set = nodeAt(map, 'set');
  if (set?.kind !== 'map') return [];
  return [...set.entries].flatMap(([name, value]): Parameter[] =>
    value.kind === 'scalar' && /image/i.test(name) ? [[name.split('.'), value]] : [],
  );
};

function setAt(node: YamlNode, [step, ...rest]: readonly string[], value: YamlScalar): YamlNode {
  if (step === undefined) return value;
  const entries = new Map(node.kind === 'map' ? node.entries : []);
  const child = entries.get(step) ?? { kind: 'map', line: value.line, entries: new Map() };
  return { kind: 'map', line: node.line, entries: entries.set(step, setAt(child, rest, value)) };
}
