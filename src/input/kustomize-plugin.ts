// Transformers and generators of a kustomization: the built-in ones that change images are read as the fields of a
// kustomization of the same effect. https://kubectl.docs.kubernetes.io/references/kustomize/builtins/

import { itemsAt, textAt, type YamlNode } from './yaml-node.ts';

const WITHOUT_IMAGES = new Set(
  (
    'AnnotationsTransformer ConfigMapGenerator HashTransformer LabelTransformer LegacyOrderTransformer ' +
    'NamespaceTransformer PrefixSuffixTransformer PrefixTransformer ReplicaCountTransformer SecretGenerator ' +
    'SortOrderTransformer SuffixTransformer'
  ).split(' '),
);

/** As a kustomization; undefined for a program whose work is not known. */
export function pluginFields(plugin: YamlNode): YamlNode | undefined {
  if (plugin.kind !== 'map' || textAt(plugin, 'apiVersion') !== 'builtin') return undefined;
  const kind = textAt(plugin, 'kind');
  if (WITHOUT_IMAGES.has(kind)) return { ...plugin, entries: new Map() };
  const of = (field: string, item: YamlNode | undefined): YamlNode | undefined =>
    item && { ...plugin, entries: new Map([[field, { kind: 'list', line: item.line, items: [item] }]]) };
  if (kind === 'ImageTagTransformer') return of('images', plugin.entries.get('imageTag'));
  if (kind === 'PatchTransformer' || kind === 'PatchJson6902Transformer') return of('patches', plugin);
  if (kind === 'ReplacementTransformer') return plugin;
  return undefined;
}

/** What `configMapGenerator` makes of its literals, for replacements. */
export const generatedMaps = (root: YamlNode): YamlNode[] =>
  itemsAt(root, 'configMapGenerator').map((generator): YamlNode => {
    const { line, source } = generator;
    const map = (entries: readonly (readonly [string, YamlNode])[]): YamlNode => ({
      kind: 'map',
      line,
      source,
      entries: new Map(entries),
    });
    const scalar = (text: string, at: YamlNode = generator): YamlNode => ({
      kind: 'scalar',
      value: text,
      text,
      line: at.line,
      source: at.source,
    });
    const data = itemsAt(generator, 'literals').flatMap((literal) => {
      const [, key, value = ''] = /^([^=]+)=(.*)$/s.exec(textAt(literal)) ?? [];
      return key === undefined ? [] : [[key, scalar(value.replace(/^(["'])(.*)\1$/s, '$2'), literal)] as const];
    });
    return map([
      ['apiVersion', scalar('v1')],
      ['kind', scalar('ConfigMap')],
      ['metadata', map([['name', scalar(textAt(generator, 'name'))]])],
      ['data', map(data)],
    ]);
  });
