// Images where search rules say that they stand: taken as they are, likely or not.

import type { Found, Problem } from './extractor.ts';
import { nodesUnder } from './field-path.ts';
import { composedImage } from './image-field.ts';
import { foundImage } from './pod-spec.ts';
import type { SearchRule } from './search-rule.ts';
import type { YamlMap, YamlNode } from './yaml-node.ts';

/** The images that the rules name; `owner`: `kind/name`. */
export function* ruledImages(object: YamlMap, owner: string, rules: readonly SearchRule[]): Generator<Found | Problem> {
  for (const { path = [], place } of rules.filter(({ skip }) => !skip)) {
    for (const [node, fields] of nodesUnder(object, path)) {
      if (node.kind === 'scalar' && node.text.trim() === '') continue;
      const image = node.kind === 'map' ? composedImage(node, true) : node;
      if (image?.kind === 'scalar') yield foundImage(image, { path: `${owner}/${fields}` });
      else yield { line: node.line, message: `${owner}/${fields} is ${describe(node)} (${place}).` };
    }
  }
}

const describe = (node: YamlNode): string =>
  node.kind === 'list' ? 'a list: write [] behind its path' : 'no image, nor has it a repository or name';
