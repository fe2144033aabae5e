// What the images of CI pipelines have in common: variables, which the pipeline defines or the CI system at run time.

import type { Found } from './extractor.ts';
import { findVariable } from './image-text.ts';
import type { FoundOptions } from './pod-spec.ts';
import { createWorkBudget } from './work-budget.ts';
import type { YamlScalar } from './yaml-node.ts';

/** The values of a variable, any of which may be used; undefined if the pipeline does not define it. */
export type Values = (name: string) => readonly string[] | undefined;

/** Of one text. */
const MAX_VARIANTS = 100;
const MAX_NAMES = 10;
const MAX_LENGTH = 4096;
/** Characters of all texts of a file and their variants. */
const MAX_EXPANDED = 20_000_000;

export type Expand = (text: string, valuesOf: Values) => readonly string[];

/**
 * Returns the text once for each combination of values, at most 100. A variable without values stays as written, and so
 * does everything beyond the bounds. `variable` is a global pattern with the name in its first group; `depth`: how often
 * values may refer to other variables.
 */
export function createExpander(variable: RegExp, depth = 1): Expand {
  const budget = createWorkBudget(MAX_EXPANDED);
  return (text, valuesOf) => {
    let variants: readonly string[] = [text];
    for (let level = 0; level < depth; level += 1) {
      const expanded = firstDistinct(variants.flatMap((variant) => expandOnce(variant, valuesOf)));
      if (expanded.every((variant, index) => variant === variants[index])) break;
      variants = expanded;
    }
    return variants;
  };

  function expandOnce(text: string, valuesOf: Values): readonly string[] {
    if (text.length > MAX_LENGTH || !budget.spend(text.length)) return [text];
    /** As written, by name. */
    const names = new Map([...text.matchAll(variable)].map(([written, name = '']) => [written, name]));
    if (names.size > MAX_NAMES) return [text];
    let variants: readonly string[] = [text];
    for (const [written, name] of names) {
      const values = valuesOf(name)?.slice(0, MAX_VARIANTS) ?? [];
      if (values.length === 0) continue;
      if (values.some((value) => value.length > MAX_LENGTH)) return [text];
      if (!budget.spend(variants.length * values.length * text.length)) return [text];
      variants = firstDistinct(
        variants.flatMap((variant) => values.map((value) => variant.replaceAll(written, () => value))),
      );
      if (variants.some((variant) => variant.length > MAX_LENGTH)) return [text];
    }
    return variants;
  }
}

const firstDistinct = (variants: readonly string[]): readonly string[] => [...new Set(variants)].slice(0, MAX_VARIANTS);

/** An image that the CI system pulls. */
export function pipelineImage({ text, line }: YamlScalar, { path, platform }: FoundOptions): Found {
  const found: Found = { text, line, path };
  const variable = findVariable(text);
  if (variable === undefined) return { ...found, ...(platform !== undefined && { platform }) };
  const message = `${variable} is only known at run time.`;
  return { ...found, skip: { reason: 'unresolved-variable', message } };
}

/** Each image of a line once, although aliases and variables lead to it several times. */
export function createRepeatFilter(): (found: Found) => boolean {
  const seen = new Set<string>();
  return ({ text, line, platform }) => {
    const { size } = seen;
    return seen.add(JSON.stringify([line, text, platform])).size > size;
  };
}

/** Standard input counts as YAML. */
export const isYamlPath = (path: string): boolean => path === '-' || /\.ya?ml$/i.test(path);
