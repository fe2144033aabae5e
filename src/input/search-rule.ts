// What the config file says of the fields of custom resources: where an image stands, and where none does.

import { type FieldPath, withoutPath } from './field-path.ts';
import { textAt, type YamlMap, type YamlNode } from './yaml-node.ts';

export interface SearchRule {
  readonly kind: string;
  /** What stands before the slash of `apiVersion`, `''` in core objects; unset: whichever. */
  readonly group?: string;
  /** Unset: all of the object. */
  readonly path?: FieldPath;
  /** Whether nothing there is an image, instead of all of it. */
  readonly skip: boolean;
  /** Where it stands: `kairos-pull.yaml:3`. */
  readonly place: string;
}

export function rulesFor(object: YamlMap, kind: string, rules: readonly SearchRule[]): readonly SearchRule[] {
  const group = /^(.*)\//.exec(textAt(object, 'apiVersion'))?.[1] ?? '';
  return rules.filter((rule) => rule.kind === kind && (rule.group ?? group) === group);
}

/** What the rules leave for others to look at; undefined when that is nothing. */
export function withoutRuled(object: YamlMap, rules: readonly SearchRule[]): YamlMap | undefined {
  let rest: YamlNode = object;
  for (const { path } of rules) {
    if (path === undefined) return undefined;
    rest = withoutPath(rest, path);
  }
  return rest.kind === 'map' ? rest : undefined;
}
