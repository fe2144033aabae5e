// What an error of SQLite means for the user: one sentence for each.

import { failure, type Outcome, success } from '../../core/outcome.ts';
import type { StoreFailure } from './failure.ts';
import { resultCodeOf } from './sqlite-driver.ts';

/** The failures by primary result code; an error that is not here is a bug of ours. */
const FAILURES: Readonly<Record<number, (path: string) => StoreFailure>> = {
  5: inUse,
  6: inUse,
  8: (path) => ({ kind: 'read-only', message: `${path} cannot be written: the file or its directory is read-only` }),
  10: (path) => ({ kind: 'unavailable', message: `${path} cannot be read or written: the disk reports an error` }),
  11: (path) => ({
    kind: 'not-a-store',
    message: `${path} is damaged; restore a backup, or move the file away to start a new history`,
  }),
  13: (path) => ({ kind: 'full', message: `${path} cannot grow: no space is left; checks continue, but are not kept` }),
  14: (path) => ({
    kind: 'unavailable',
    message: `${path} cannot be opened or created; check the path and its directory`,
  }),
  26: (path) => ({
    kind: 'not-a-store',
    message: `${path} is not a database; name another file, or move this one away`,
  }),
};

export function inUse(path: string): StoreFailure {
  return {
    kind: 'in-use',
    message: `${path} is in use by another process, probably another monitor; stop it, or name another file`,
  };
}

export function misplaced(path: string): StoreFailure {
  return { kind: 'unavailable', message: `${path} was removed or replaced while in use; restart the monitor` };
}

/** Of the file system: the codes of Node as the result codes of SQLite. */
const SYSTEM_CODES: Readonly<Record<string, number>> = {
  EACCES: 8,
  EPERM: 8,
  EROFS: 8,
  EIO: 10,
  ENOSPC: 13,
  EDQUOT: 13,
  ENOENT: 14,
  ENOTDIR: 14,
  ELOOP: 14,
  ENAMETOOLONG: 14,
  EMFILE: 14,
  ENFILE: 14,
};

/** Throws the error again if neither SQLite nor the file system has failed. */
export function failureOf(error: unknown, path: string): { ok: false; error: StoreFailure } {
  const code = resultCodeOf(error) ?? SYSTEM_CODES[String((error as NodeJS.ErrnoException).code)];
  const describe = code === undefined ? undefined : FAILURES[code];
  if (describe === undefined) throw error;
  return failure(describe(path));
}

export function attempt<T>(path: string, run: () => T): Outcome<T, StoreFailure> {
  try {
    return success(run());
  } catch (error) {
    return failureOf(error, path);
  }
}
