// Patches of a kustomization: strategic merge patches and JSON patches (RFC 6902), as far as they can change images.

import { namesOf } from './kustomize-name.ts';
import { matchesPattern, matchesSelector } from './kustomize-pattern.ts';
import type { WorkBudget } from './work-budget.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlList, type YamlMap, type YamlNode } from './yaml-node.ts';

export interface Patch {
  /** A map is merged, a list has operations. */
  readonly content: YamlNode;
  /** Which objects it changes; undefined: the one it names. */
  readonly target: YamlNode | undefined;
}

/** Of one patch: a copy may contain the copies before it. */
const MAX_COPIES = 20;
/** Lists of a pod that are merged by name; others are replaced. */
const BY_NAME = new Set(['containers', 'initContainers', 'ephemeralContainers', 'volumes', 'env']);
const CORE_GROUP = /^(?:v1|(?:apps|batch|extensions)\/.*)$/;

/** Whether the patch is for the object. */
export function isTarget({ content, target }: Patch, object: YamlNode, budget: WorkBudget): boolean {
  const [group, version] = groupVersion(object);
  const names = namesOf(object);
  if (target === undefined) {
    if (groupVersion(content)[0] !== group || textAt(content, 'kind') !== textAt(object, 'kind')) return false;
    const [name, namespace] = [textAt(content, 'metadata', 'name'), textAt(content, 'metadata', 'namespace')];
    const isSame = names.some((each) => each.name === name);
    return isSame && names.some((each) => namespace === '' || each.namespace === '' || namespace === each.namespace);
  }
  const matches = (key: string, value = ''): boolean => {
    const pattern = textAt(target, key);
    return pattern === '' || matchesPattern(pattern, value, budget);
  };
  return (
    matches('kind', textAt(object, 'kind')) &&
    names.some(({ name }) => matches('name', name)) &&
    names.some(({ namespace }) => matches('namespace', namespace)) &&
    matches('group', group) &&
    matches('version', version) &&
    hasLabels(object, textAt(target, 'labelSelector'), 'labels') &&
    hasLabels(object, textAt(target, 'annotationSelector'), 'annotations')
  );
}

function groupVersion(object: YamlNode): [group: string, version: string] {
  const [, group = '', version = ''] = /^(?:(.*)\/)?(.*)$/.exec(textAt(object, 'apiVersion')) ?? [];
  return [group, version];
}

const hasLabels = (object: YamlNode, selector: string, field: string): boolean =>
  selector === '' || matchesSelector(selector, (name) => scalarAt(object, 'metadata', field, name)?.text);

/** Undefined: the patch deletes the object. */
export function withPatch(object: YamlNode, { content }: Patch): YamlNode | undefined {
  if (content.kind === 'map') return merge(object, content, CORE_GROUP.test(textAt(object, 'apiVersion')));
  let patched: YamlNode | undefined = object;
  let copies = 0;
  for (const operation of itemsAt(content)) {
    const steps = pointer(textAt(operation, 'path'));
    const op = textAt(operation, 'op');
    const value = nodeAt(operation, 'value');
    if (patched === undefined) return undefined;
    const from = pointer(textAt(operation, 'from'));
    if (op === 'copy') copies += 1;
    const isMoved = op === 'move' || (op === 'copy' && copies <= MAX_COPIES);
    const moved = isMoved ? atPointer(patched, from) : undefined;
    if (moved !== undefined) {
      if (op === 'move') patched = setAt(patched, from, undefined, 'remove');
      patched = setAt(patched, steps, moved, 'add');
    } else if (op === 'remove') patched = setAt(patched, steps, undefined, op);
    else if ((op === 'add' || op === 'replace') && value !== undefined) patched = setAt(patched, steps, value, op);
  }
  return patched;
}

export const pointer = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

function atPointer(node: YamlNode | undefined, steps: readonly string[]): YamlNode | undefined {
  let current = node;
  for (const step of steps) current = current?.kind === 'list' ? current.items[Number(step)] : nodeAt(current, step);
  return current;
}

function setAt(node: YamlNode, [step, ...rest]: readonly string[], value: YamlNode | undefined, op: string): YamlNode {
  if (step === undefined) return value ?? node;
  const isLast = rest.length === 0;
  if (node.kind === 'map') {
    const entries = new Map(node.entries);
    const child = node.entries.get(step);
    if (!isLast && child !== undefined) entries.set(step, setAt(child, rest, value, op));
    else if (isLast && value === undefined) entries.delete(step);
    else if (isLast && value !== undefined) entries.set(step, value);
    return { ...node, entries };
  }
  if (node.kind === 'scalar') return node;
  const at = step === '-' ? node.items.length : Number(step);
  if (!Number.isInteger(at) || at < 0 || at > node.items.length) return node;
  const child = node.items[at];
  if (!isLast) return child === undefined ? node : replaceItems(node, at, 1, [setAt(child, rest, value, op)]);
  return replaceItems(node, at, op === 'add' ? 0 : 1, value === undefined ? [] : [value]);
}

const replaceItems = (list: YamlList, at: number, count: number, items: readonly YamlNode[]): YamlList => ({
  ...list,
  items: list.items.toSpliced(at, count, ...items),
});

/** `isPod`: lists of containers are merged by name; those of custom resources are replaced. */
function merge(base: YamlNode | undefined, patch: YamlNode, isPod: boolean): YamlNode | undefined {
  const directive = textAt(patch, '$patch');
  if (directive === 'delete') return undefined;
  if (patch.kind !== 'map') return patch;
  const isReplaced = directive === 'replace' || base?.kind !== 'map';
  const entries = new Map(isReplaced ? [] : base.entries);
  for (const [key, value] of patch.entries) {
    if (key === '$patch') continue;
    const old = entries.get(key);
    if (value.kind === 'scalar' && value.value === null) entries.delete(key);
    else if (value.kind === 'list' && old?.kind === 'list' && isPod && BY_NAME.has(key)) {
      entries.set(key, mergeByName(old, value, isPod));
    } else {
      const merged = merge(old, value, isPod);
      if (merged === undefined) entries.delete(key);
      else entries.set(key, merged);
    }
  }
  return { ...(isReplaced ? patch : (base as YamlMap)), entries };
}

function mergeByName(base: YamlList, patch: YamlList, isPod: boolean): YamlList {
  const items = new Map<string, YamlNode>(base.items.map((item, index) => [textAt(item, 'name') || `#${index}`, item]));
  const isReplaced = patch.items.some((item) => textAt(item, '$patch') === 'replace');
  if (isReplaced) return { ...patch, items: patch.items.filter((item) => textAt(item, '$patch') === '') };
  for (const item of patch.items) {
    const name = textAt(item, 'name');
    const merged = merge(items.get(name), item, isPod);
    if (merged === undefined) items.delete(name);
    else items.set(name, merged);
  }
  return { ...base, items: [...items.values()] };
}

/** Kinds that are not parsed as a rule. */
const WITHOUT_IMAGES = new Set(['ConfigMap', 'CustomResourceDefinition', 'Secret']);

const wrap = (key: string, value: YamlNode): YamlNode => ({
  kind: 'map',
  line: value.line,
  entries: new Map([[key, value]]),
});

/** The objects and fields of a patch whose target is not here. */
export function patchAlone({ content, target }: Patch): YamlNode[] {
  if (WITHOUT_IMAGES.has(textAt(target, 'kind'))) return [];
  if (content.kind !== 'list') return [content];
  return content.items.flatMap((operation) => {
    const [key, value] = [pointer(textAt(operation, 'path')).at(-1), nodeAt(operation, 'value')];
    if (key === undefined || value === undefined || textAt(operation, 'op') === 'remove') return [];
    const isItem = /^(?:-|\d+)$/.test(key);
    const inner: YamlNode = isItem ? { kind: 'list', line: value.line, items: [value] } : value;
    const field = isItem ? (pointer(textAt(operation, 'path')).at(-2) ?? 'items') : key;
    const names = ['kind', 'name'].map((name) => textAt(target, name)).filter((name) => name !== '');
    const entries = new Map<string, YamlNode>([[names.length === 0 ? 'patch' : names.join('/'), wrap(field, inner)]]);
    return [{ kind: 'map', line: operation.line, entries }];
  });
}
