// The limit on open files and connections: a failure at that limit is often reported as another error, and the same call
// succeeds a moment later, when a connection has closed.

import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** EMFILE: this process has too many open files. ENFILE: all processes of the machine together. */
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

const PAUSE_MS = 50;
const MAX_PAUSES = 200;

/** Repeats the work until there is a descriptor for it; after 10 s without one it rejects with the system's error. */
export async function withDescriptor<T>(work: () => Promise<T>): Promise<T> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isDescriptorLack((error as { code?: unknown } | undefined)?.code) || pauses === MAX_PAUSES) throw error;
    }
    await pause(PAUSE_MS);
  }
}
