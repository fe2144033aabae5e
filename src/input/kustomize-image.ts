// The `images` of a kustomization, applied as kustomize's api/filters/imagetag does it.
// https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/

import type { Found } from './extractor.ts';
import { foundImage } from './pod-spec.ts';
import { itemsAt, scalarAt, textAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

export interface ImageEntry {
  readonly name: YamlScalar;
  readonly newName: YamlScalar | undefined;
  readonly newTag: string;
  readonly digest: string;
  readonly tagSuffix: string;
  readonly index: number;
}

const MAX_ENTRIES = 1000;
const VERSION = /^((?:[^@:]|:(?=[^@]*\/))*)(?::([\w.{}-]*))?(?:@(sha256:[\w.{}-]*))?$/;
const LISTS = new Set(['containers', 'initContainers']);
const TAG_UNKNOWN =
  'The tag is that of the resource, which is not here; check the output of kubectl kustomize instead.';

export const readEntries = (holder: YamlNode | undefined, key = 'images'): ImageEntry[] =>
  itemsAt(holder, key)
    .slice(0, MAX_ENTRIES)
    .flatMap((item, index) => {
      const newName = scalarAt(item, 'newName');
      const name = scalarAt(item, 'name') ?? newName;
      const [newTag, digest, tagSuffix] = [textAt(item, 'newTag'), textAt(item, 'digest'), textAt(item, 'tagSuffix')];
      const isEmpty = newName === undefined && newTag === '' && digest === '' && tagSuffix === '';
      return name === undefined || isEmpty ? [] : [{ name, newName, newTag, digest, tagSuffix, index }];
    });

/** The image without the resource: what is known of it. */
export function entryImage({ name, newName, newTag, digest, index }: ImageEntry, owner = 'Kustomization'): Found {
  const image = newName ?? name;
  const text = image.text + versionText(newTag, digest);
  const isUnresolved = newTag === '' && digest === '';
  return foundImage(
    { ...image, text, ...(isUnresolved && { unresolved: TAG_UNKNOWN }) },
    { path: `${owner}/images[${index}]` },
  );
}

const versionText = (tag: string, digest: string): string =>
  `${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;

/** The object with its images changed. `matched` gets the entries that changed one. */
export function withImages(object: YamlNode, entries: readonly ImageEntry[], matched: Set<ImageEntry>): YamlNode {
  if (entries.length === 0 || textAt(object, 'kind') === 'CustomResourceDefinition') return object;
  const known = new Map<YamlNode, YamlNode>();
  return change(object);

  function change(node: YamlNode): YamlNode {
    if (node.kind === 'scalar') return node;
    const before = known.get(node);
    if (before !== undefined) return before;
    const changed =
      node.kind === 'list' ? { ...node, items: node.items.map(change) } : { ...node, entries: changeEntries(node) };
    known.set(node, changed);
    return changed;
  }

  function changeEntries(map: YamlNode & { kind: 'map' }): Map<string, YamlNode> {
    return new Map(
      [...map.entries].map(([key, value]) => {
        const changed = change(value);
        return [key, LISTS.has(key) && changed.kind === 'list' ? inContainers(changed) : changed];
      }),
    );
  }

  function inContainers(list: YamlNode & { kind: 'list' }): YamlNode {
    const items = list.items.map((item) => {
      const image = item.kind === 'map' ? scalarAt(item, 'image') : undefined;
      if (item.kind !== 'map' || image === undefined) return item;
      return { ...item, entries: new Map(item.entries).set('image', rename(image)) };
    });
    return { ...list, items };
  }

  function rename(image: YamlScalar): YamlScalar {
    let current = image;
    for (const entry of entries) {
      const [, name, tag = '', digest = ''] = VERSION.exec(current.text) ?? [];
      if (name === undefined || name !== entry.name.text) continue;
      matched.add(entry);
      const text = (entry.newName?.text ?? name) + changedVersion(entry, tag, digest);
      const { line, source } = entry.newName ?? entry.name;
      const place = { line, source };
      if (text !== current.text) current = { kind: 'scalar', value: text, text, ...place };
    }
    return current;
  }
}

function changedVersion({ newTag, digest: newDigest, tagSuffix }: ImageEntry, tag: string, digest: string): string {
  if (newTag !== '' || newDigest !== '') return versionText(newTag, newDigest);
  return tagSuffix === '' ? versionText(tag, digest) : versionText(`${tag}${tagSuffix}`, '');
}
