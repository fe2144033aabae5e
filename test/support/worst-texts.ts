// Texts that are the worst for something that reads them: runs that are gone through again and again, nesting, what
// repeats itself, errors without end. Each is made in the length asked for, about.

import { WORST_CHARACTERS } from './worst-characters.ts';
import { type FileKind, WORST_FILES } from './worst-files.ts';

/** Who reads such a text: `characters` is anything that reads text. */
export type TextKind = 'characters' | FileKind;

export interface WorstText {
  readonly name: string;
  readonly kind: TextKind;
  readonly make: (length: number) => string;
}

export const WORST_TEXTS: readonly WorstText[] = [
  ...WORST_CHARACTERS.map(([name, make]): WorstText => ({ name, kind: 'characters', make })),
  ...WORST_FILES.map(([kind, name, make]): WorstText => ({ name, kind, make })),
];
