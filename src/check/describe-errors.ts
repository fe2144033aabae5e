// The registry's own words, as the end of a sentence of ours.

import type { RegistryError } from '../core/result.ts';

/** `: its words`, from the first error that has any; empty when there is none. */
export function describeErrors(errors: readonly RegistryError[]): string {
  const words = errors.map(({ message, code }) => message ?? code).find((text) => text !== null);
  return words === undefined || words === null ? '' : `: ${words.replace(/[.\s]+$/, '')}`;
}
