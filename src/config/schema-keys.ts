// The keys that a schema knows at a path, for suggestions.

import type * as z from 'zod';
import type { Path } from './mistake.ts';

/** `root`: the value that is validated. Of several alternatives, the keys of those that know the most of its keys. */
export function knownKeys(schema: z.ZodType, path: Path, root: unknown): readonly string[] {
  let value = root;
  for (const step of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[step];
  const keys = Object.keys(value ?? {});
  const known = (shape: Shape): number => keys.filter((key) => Object.hasOwn(shape, key)).length;
  const shapes = shapesAt([schema], path);
  const most = Math.max(...shapes.map(known));
  return [...new Set(shapes.filter((shape) => known(shape) === most).flatMap(Object.keys))];
}

export const isKnownKey = (schema: z.ZodType, path: Path, key: string): boolean =>
  shapesAt([schema], path).some((shape) => Object.hasOwn(shape, key));

type Shape = Readonly<Record<string, z.core.$ZodType>>;

function shapesAt(schemas: readonly z.core.$ZodType[], [step, ...rest]: Path): readonly Shape[] {
  const plain = schemas.flatMap(alternativesOf);
  if (step === undefined) return plain.flatMap(({ _zod: { def } }) => ('shape' in def ? [def.shape as Shape] : []));
  const inner = plain.flatMap(({ _zod: { def } }) => {
    if ('element' in def) return [def.element as z.core.$ZodType];
    const field = 'shape' in def ? (def.shape as Shape)[String(step)] : undefined;
    return field === undefined ? [] : [field];
  });
  return shapesAt(inner, rest);
}

/** Without what wraps a schema: optional, union, transform. */
function alternativesOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = schema._zod;
  if ('options' in def) return (def.options as z.core.$ZodType[]).flatMap(alternativesOf);
  if ('innerType' in def) return alternativesOf(def.innerType as z.core.$ZodType);
  if ('in' in def) return alternativesOf(def.in as z.core.$ZodType);
  return [schema];
}
