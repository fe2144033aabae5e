// Whether the programs a test needs are on this machine: a value for node:test's `skip`.

import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * false when all are there, else the reason to skip. With KAIROS_PULL_REQUIRE_PROGRAMS=1, where all programs are
 * known to be installed, a missing one is a failure: a test that is always skipped proves nothing.
 */
export function requirePrograms(...names: string[]): false | string {
  const reason = optionalPrograms(...names);
  if (reason !== false && process.env.KAIROS_PULL_REQUIRE_PROGRAMS === '1') throw new Error(reason);
  return reason;
}

/** The same for programs that no machine has to have, such as docker: a missing one is never a failure. */
export function optionalPrograms(...names: string[]): false | string {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const missing = names.filter((name) => !folders.some((folder) => isExecutable(join(folder, name))));
  return missing.length === 0 ? false : `not installed: ${missing.join(', ')}`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
