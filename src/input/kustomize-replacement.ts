// The `replacements` of a kustomization, which copy a field of one object to fields of others.
// https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/

import { isTarget } from './kustomize-patch.ts';
import type { WorkBudget } from './work-budget.ts';
import { itemsAt, nodeAt, scalarAt, textAt, type YamlNode, type YamlScalar } from './yaml-node.ts';

const MAX_PATHS = 100;
/** Longer than any reference; replacements that repeat each other grow exponentially. */
const MAX_TEXT = 4096;

/** A value that is not here, as a placeholder. */
const unknown = (source: YamlNode | undefined, line: number): YamlScalar => {
  const name = [textAt(source, 'kind'), textAt(source, 'name')].filter((text) => text !== '').join('/');
  const text = `<${(textAt(source, 'fieldPath') || 'metadata.name').replace(/[<>]/g, '')} of ${name.replace(/[<>]/g, '')}>`;
  return { kind: 'scalar', value: text, text, line };
};

export function withReplacement(objects: readonly YamlNode[], replacement: YamlNode, budget: WorkBudget): YamlNode[] {
  const source = nodeAt(replacement, 'source');
  const sourceValue = nodeAt(replacement, 'sourceValue');
  const value = sourceValue?.kind === 'scalar' ? sourceValue : sourceValueOf(objects, source, budget);
  const inserted = value ?? unknown(source, replacement.line);
  let changed = [...objects];
  for (const target of itemsAt(replacement, 'targets')) {
    const paths = itemsAt(target, 'fieldPaths').slice(0, MAX_PATHS);
    changed = changed.map((object) => {
      if (!isSelected(object, target, budget)) return object;
      return paths.reduce<YamlNode>((node, path) => {
        const steps = stepsOf(textAt(path));
        return setAt(node, steps, inserted, { budget, options: nodeAt(target, 'options') });
      }, object);
    });
  }
  return changed;
}

function sourceValueOf(objects: readonly YamlNode[], source: YamlNode | undefined, budget: WorkBudget) {
  if (source === undefined) return undefined;
  const object = objects.find((each) => matches(source, each, budget));
  const steps = stepsOf(textAt(source, 'fieldPath') || 'metadata.name');
  let node: YamlNode | undefined = object;
  for (const step of steps) node = node && childrenAt(node, step)[0]?.[1];
  if (node?.kind !== 'scalar') return undefined;
  const [delimiter, index] = [textAt(source, 'options', 'delimiter'), Number(textAt(source, 'options', 'index') || 0)];
  if (delimiter === '') return node;
  const text = node.text.split(delimiter)[index];
  return text === undefined ? undefined : { ...node, value: text, text };
}

/** No selector: every object. */
const matches = (selector: YamlNode, object: YamlNode, budget: WorkBudget): boolean =>
  budget.spend(10) && isTarget({ content: selector, target: selector }, object, budget);

function isSelected(object: YamlNode, target: YamlNode, budget: WorkBudget): boolean {
  const select = nodeAt(target, 'select');
  if (select === undefined || !matches(select, object, budget)) return false;
  return !itemsAt(target, 'reject').some((rejected) => matches(rejected, object, budget));
}

/** `a.b.[name=c].0.*`; a dot in a name is escaped, or the name is in brackets. */
const stepsOf = (path: string): string[] =>
  [...path.matchAll(/\[[^\]]*\]|(?:\\.|[^.[\\])+/g)].map(([step]) => step.replace(/\\(.)/g, '$1'));

function childrenAt(node: YamlNode, step: string): (readonly [key: string | number, child: YamlNode])[] {
  if (node.kind === 'map') {
    const key = step.replace(/^\[(.*)\]$/, '$1');
    const child = node.entries.get(key);
    if (step === '*') return [...node.entries];
    return child === undefined ? [] : [[key, child]];
  }
  if (node.kind === 'scalar') return [];
  const [, field = '', value] = /^\[([^=\]]+)=([^\]]*)\]$/.exec(step) ?? [];
  return [...node.items.entries()].filter(
    ([index, item]) => step === '*' || step === String(index) || (field !== '' && textAt(item, field) === value),
  );
}

interface Setting {
  readonly budget: WorkBudget;
  readonly options: YamlNode | undefined;
}

function setAt(node: YamlNode, [step, ...rest]: readonly string[], value: YamlScalar, setting: Setting): YamlNode {
  const { budget, options } = setting;
  const size = node.kind === 'map' ? node.entries.size : node.kind === 'list' ? node.items.length : 1;
  const length = node.kind === 'scalar' ? node.text.length : 0;
  if (!budget.spend(20 + 5 * size + length)) return node;
  if (step === undefined) return node.kind === 'scalar' ? insertedText(node, value, options) : node;
  const children = childrenAt(node, step).map(([key, child]) => [key, setAt(child, rest, value, setting)] as const);
  const isNew =
    children.length === 0 && node.kind === 'map' && textAt(options, 'create') === 'true' && rest.length === 0;
  if (isNew) return { ...node, entries: new Map(node.entries).set(step, value) };
  if (children.length === 0 || node.kind === 'scalar') return node;
  if (node.kind === 'map')
    return { ...node, entries: new Map([...node.entries, ...(children as [string, YamlNode][])]) };
  const changed = new Map(children as [number, YamlNode][]);
  return { ...node, items: node.items.map((item, index) => changed.get(index) ?? item) };
}

/** The whole text, or one part of it. */
function insertedText(old: YamlScalar, value: YamlScalar, options: YamlNode | undefined): YamlScalar {
  const delimiter = textAt(options, 'delimiter');
  if (delimiter === '') return value;
  const parts = old.text.split(delimiter);
  const index = Number(scalarAt(options, 'index')?.text ?? 0);
  if (index < 0) parts.unshift(value.text);
  else if (index >= parts.length) parts.push(value.text);
  else parts[index] = value.text;
  const text = parts.join(delimiter);
  if (text.length > MAX_TEXT) return old;
  return { ...value, value: text, text };
}
