// The names, namespaces and labels that a kustomization gives to its objects. Patches of the layers around it may use an
// object's name of any layer. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/nameprefix/

import { entriesAt, itemsAt, nodeAt, textAt, type YamlMap, type YamlNode } from './yaml-node.ts';

export interface ObjectName {
  readonly name: string;
  readonly namespace: string;
}

/** Kinds whose name stays. */
const FIXED_NAME = new Set(['APIService', 'CustomResourceDefinition', 'Namespace']);
/** An entry of the metadata: the names of the layers below, the last one first. No YAML key contains it. */
const PREVIOUS = '\0previous';
const MAX_PREVIOUS = 50;

/** The current name first. */
export const namesOf = (object: YamlNode): ObjectName[] => {
  const metadata = nodeAt(object, 'metadata');
  return [metadata, ...itemsAt(metadata, PREVIOUS)].map((names) => ({
    name: textAt(names, 'name'),
    namespace: textAt(names, 'namespace'),
  }));
};

/** `kind/namespace/name of apiVersion`; '' without a name. */
export function idOf(object: YamlNode): string {
  const [{ name, namespace } = { name: '', namespace: '' }] = namesOf(object);
  const steps = [textAt(object, 'kind'), namespace, name].filter((step) => step !== '');
  return name === '' ? '' : `${steps.join('/')} of ${textAt(object, 'apiVersion')}`;
}

/** The object as the layer `root` names it. */
export function withNames(object: YamlNode, root: YamlNode): YamlNode {
  const metadata = nodeAt(object, 'metadata');
  if (object.kind !== 'map' || metadata?.kind !== 'map') return object;
  const entries = new Map(metadata.entries);
  const isFixed = FIXED_NAME.has(textAt(object, 'kind'));
  const before = textAt(metadata, 'name');
  const name = isFixed ? before : `${textAt(root, 'namePrefix')}${before}${textAt(root, 'nameSuffix')}`;
  const namespace = isFixed ? '' : textAt(root, 'namespace');
  if (before !== '' && name !== before) entries.set('name', scalar(name, metadata));
  if (namespace !== '') entries.set('namespace', scalar(namespace, metadata));
  if (entries.get('name') !== metadata.entries.get('name') || namespace !== '') {
    const items = [{ ...metadata, entries: named(metadata) }, ...itemsAt(metadata, PREVIOUS)].slice(0, MAX_PREVIOUS);
    entries.set(PREVIOUS, { kind: 'list', line: metadata.line, items });
  }
  const labels = itemsAt(root, 'labels').flatMap((item) => entriesAt(item, 'pairs'));
  add(entries, 'labels', [...entriesAt(root, 'commonLabels'), ...labels]);
  add(entries, 'annotations', entriesAt(root, 'commonAnnotations'));
  return { ...object, entries: new Map(object.entries).set('metadata', { ...metadata, entries }) };
}

const scalar = (text: string, { line, source }: YamlNode): YamlNode => ({
  kind: 'scalar',
  value: text,
  text,
  line,
  source,
});

const named = (metadata: YamlMap): Map<string, YamlNode> =>
  new Map([...metadata.entries].filter(([key]) => key === 'name' || key === 'namespace'));

function add(metadata: Map<string, YamlNode>, key: string, pairs: readonly (readonly [string, YamlNode])[]): void {
  const [, first] = pairs[0] ?? [];
  if (first === undefined) return;
  const own = metadata.get(key);
  metadata.set(key, { kind: 'map', line: first.line, entries: new Map([...entriesAt(own), ...pairs]) });
}
