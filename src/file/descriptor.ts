// Whether the process may open another file or connection: what fails for want of a descriptor often says otherwise.

import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** EMFILE: this process has too many. ENFILE: all processes of the machine together. */
export type DescriptorLack = 'EMFILE' | 'ENFILE';

export const isDescriptorLack = (code: unknown): code is DescriptorLack => code === 'EMFILE' || code === 'ENFILE';

export function findDescriptorLack(): DescriptorLack | undefined {
  try {
    closeSync(openSync(devNull, 'r'));
    return undefined;
  } catch (error) {
    const { code } = error as { code?: unknown };
    return isDescriptorLack(code) ? code : undefined;
  }
}
