// Images in Tekton resources: as in other custom resources, with the values that parameters have in the same object.
// https://tekton.dev/docs/pipelines/variables/

import { parseReference } from '../core/reference.ts';
import type { Found } from './extractor.ts';
import { fieldImages } from './image-field.ts';
import { findVariable } from './image-text.ts';
import { createExpander } from './pipeline-image.ts';
import { scalarAt, textAt, type YamlMap, type YamlNode } from './yaml-node.ts';

export const isTekton = (object: YamlMap): boolean => textAt(object, 'apiVersion').startsWith('tekton.dev/');

/** $(params.name), $(params["name"]), $(inputs.params.name) */
const PARAMETER = /\$\((?:inputs\.)?params(?:\.|\[["'])([\w.-]+?)(?:["']\])?\)/g;
const MAX_DEPTH = 3;

export function* tektonImages(object: YamlMap, whole: YamlNode, owner: string): Generator<Found> {
  const expand = createExpander(PARAMETER, MAX_DEPTH);
  const values = parameterValues(whole);
  for (const found of fieldImages(object, { owner, likelihood: 'likely' })) {
    const [text = found.text] = found.skip === undefined ? [] : expand(found.text, (name) => values.get(name));
    if (text === found.text || findVariable(text) !== undefined || !parseReference(text).ok) yield found;
    else {
      const { skip: _, ...resolved } = found;
      yield { ...resolved, text };
    }
  }
}

/** Of the parameters with one value in the object: the one that a run passes, or else the default. */
function parameterValues(object: YamlNode): ReadonlyMap<string, readonly string[]> {
  const given = new Map<string, Set<string>>();
  const defaults = new Map<string, Set<string>>();
  const seen = new Set<YamlNode>();
  const pending = [object];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === 'scalar' || seen.has(node)) continue;
    seen.add(node);
    for (const child of node.kind === 'list' ? node.items : node.entries.values()) pending.push(child);
    const name = textAt(node, 'name');
    if (name === '') continue;
    add(given, name, scalarAt(node, 'value')?.text);
    add(defaults, name, scalarAt(node, 'default')?.text);
  }
  const names = new Set([...given.keys(), ...defaults.keys()]);
  return new Map(
    [...names].flatMap((name) => {
      const values = [...(given.get(name) ?? defaults.get(name) ?? [])];
      return values.length === 1 ? [[name, values] as const] : [];
    }),
  );
}

function add(values: Map<string, Set<string>>, name: string, value: string | undefined): void {
  // A parameter that is only passed on has the value of the outer one.
  if (value === undefined || value.includes(`params.${name})`)) return;
  const known = values.get(name);
  if (known === undefined) values.set(name, new Set([value]));
  else known.add(value);
}
