// Applies the search rules of the config file: the images in the fields they name, and the object without those fields.

import type { Found, Problem, SearchRule } from './extractor.ts';
import { nodesUnder, withoutPath } from './field-path.ts';
import { composedImage } from './image-parts.ts';
import { foundImage } from './pod-spec.ts';
import { textAt, type YamlMap, type YamlNode } from './yaml-node.ts';

export function rulesFor(object: YamlMap, kind: string, rules: readonly SearchRule[]): readonly SearchRule[] {
  const group = /^(.*)\//.exec(textAt(object, 'apiVersion'))?.[1] ?? '';
  return rules.filter((rule) => rule.kind === kind && (rule.group ?? group) === group);
}

/** The images in the fields of the rules, whether they look like images or not. `owner`: `kind/name`. */
export function* ruledImages(object: YamlMap, owner: string, rules: readonly SearchRule[]): Generator<Found | Problem> {
  for (const { path = [], location } of rules.filter(({ skip }) => !skip)) {
    for (const [node, fields] of nodesUnder(object, path)) {
      if (node.kind === 'scalar' && node.text.trim() === '') continue;
      const image = node.kind === 'map' ? composedImage(node, true) : node;
      if (image?.kind === 'scalar') yield foundImage(image, { path: `${owner}/${fields}` });
      else yield { line: node.line, message: `${owner}/${fields} ${describe(node)} (${location}).` };
    }
  }
}

const describe = (node: YamlNode): string =>
  node.kind === 'list' ? 'is a list: append [] to its path' : 'is not an image and has no repository or name';

/** The object without the fields of the rules; undefined when a rule covers all of it. */
export function withoutRuled(object: YamlMap, rules: readonly SearchRule[]): YamlMap | undefined {
  let rest: YamlNode = object;
  for (const { path } of rules) {
    if (path === undefined) return undefined;
    rest = withoutPath(rest, path);
  }
  return rest.kind === 'map' ? rest : undefined;
}
