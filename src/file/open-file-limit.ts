// Detects that this process has reached the limit on open files and connections, and retries when it has. Node often
// reports another error, and the same call succeeds once a connection has closed.

import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** EMFILE: this process has too many open files. ENFILE: all processes of the machine together. */
export type OpenFileLimit = 'EMFILE' | 'ENFILE';

export const isOpenFileLimit = (code: unknown): code is OpenFileLimit => code === 'EMFILE' || code === 'ENFILE';

export function findOpenFileLimit(): OpenFileLimit | undefined {
  try {
    closeSync(openSync(devNull, 'r'));
    return undefined;
  } catch (error) {
    const { code } = error as { code?: unknown };
    return isOpenFileLimit(code) ? code : undefined;
  }
}

const PAUSE_MS = 50;
const MAX_PAUSES = 200;

/** Repeats the work until there is a descriptor for it; after 10 s without one it rejects with the system's error. */
export async function retryAtOpenFileLimit<T>(work: () => Promise<T>): Promise<T> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isOpenFileLimit((error as { code?: unknown } | undefined)?.code) || pauses === MAX_PAUSES) throw error;
    }
    await pause(PAUSE_MS);
  }
}
