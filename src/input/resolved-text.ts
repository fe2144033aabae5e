// A text after its variables were put in, with the names of those that had no value.

export interface ResolvedText {
  readonly text: string;
  /** Variables that a person could give and did not: empty in `text`, or UNKNOWN there. */
  readonly missing: readonly string[];
}

/** undefined: the variable is not set. */
export type Lookup = (name: string) => ResolvedText | undefined;

/** Stands in a text for a value that only the one who builds knows; no reference, stage or path holds it. */
export const UNKNOWN = '\0';

export const plainText = (text: string): ResolvedText => ({ text, missing: [] });

export const joinTexts = (parts: readonly ResolvedText[]): ResolvedText => ({
  text: parts.map(({ text }) => text).join(''),
  missing: [...new Set(parts.flatMap(({ missing }) => missing))],
});

/** `A has no value`, `A and B have no value`, `A, B and C have no value`. */
export function describeMissing(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  if (names.length < 2) return `${last} has no value`;
  return `${names.slice(0, -1).join(', ')} and ${last} have no value`;
}
