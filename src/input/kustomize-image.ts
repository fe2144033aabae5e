// The `images` of a kustomization, applied as kustomize's api/filters/imagetag does it.
// https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/

import type { Found } from './extractor.ts';
import { matchesPattern } from './kustomize-pattern.ts';
import { foundImage } from './pod-spec.ts';
import type { WorkBudget } from './work-budget.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

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

export interface ImageChanges {
  readonly entries: readonly ImageEntry[];
  /** Gets the entries that changed an image. */
  readonly matched: Set<ImageEntry>;
  /** Fields of `configurations`: `{ kind, path }`. */
  readonly fields: readonly YamlNode[];
  readonly budget: WorkBudget;
}

/** The object with its images changed. */
export function withImages(object: YamlNode, { entries, matched, fields, budget }: ImageChanges): YamlNode {
  if (entries.length === 0 || textAt(object, 'kind') === 'CustomResourceDefinition') return object;
  const known = new Map<YamlNode, YamlNode>();
  return fields.reduce(changeField, change(object));

  function changeField(node: YamlNode, field: YamlNode): YamlNode {
    const [kind, path] = [textAt(field, 'kind'), textAt(field, 'path')];
    const isWanted = (kind === '' || kind === textAt(object, 'kind')) && budget.spend(10);
    return isWanted
      ? renameAt(
          node,
          path.split('/').filter((step) => step !== ''),
        )
      : node;
  }

  function renameAt(node: YamlNode, [step, ...rest]: readonly string[]): YamlNode {
    if (node.kind === 'list' && step !== undefined)
      return { ...node, items: node.items.map((item) => renameAt(item, [step, ...rest])) };
    if (step === undefined) return node.kind === 'scalar' ? rename(node) : node;
    const key = step.replace(/\[\]$/, '');
    const child = nodeAt(node, key);
    if (node.kind !== 'map' || child === undefined) return node;
    return { ...node, entries: new Map(node.entries).set(key, renameAt(child, rest)) };
  }

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

  /** A name may be a pattern. */
  function isNamed(text: string, name: string, { name: { text: pattern } }: ImageEntry): boolean {
    return name === pattern || matchesPattern(pattern, text, budget, ANY_VERSION);
  }

  function rename(image: YamlScalar): YamlScalar {
    let current = image;
    for (const entry of entries) {
      const [, name, tag = '', digest = ''] = VERSION.exec(current.text) ?? [];
      if (name === undefined || !isNamed(current.text, name, entry)) continue;
      matched.add(entry);
      const text = (entry.newName?.text ?? name) + changedVersion(entry, tag, digest);
      const { line, source } = entry.newName ?? entry.name;
      const place = { line, source };
      if (text !== current.text) current = { kind: 'scalar', value: text, text, ...place };
    }
    return current;
  }
}

/** Behind a name that is a pattern. */
const ANY_VERSION = '(?::[\\w.{}-]*)?(?:@sha256:[\\w.{}-]*)?';

function changedVersion({ newTag, digest: newDigest, tagSuffix }: ImageEntry, tag: string, digest: string): string {
  if (newTag !== '' || newDigest !== '') return versionText(newTag, newDigest);
  return tagSuffix === '' ? versionText(tag, digest) : versionText(`${tag}${tagSuffix}`, '');
}
