// Where a program is on the PATH.

import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The first file with one of these names that can be run. Absolute PATH entries only: an empty or relative one could run
 * a program from the directory being checked.
 */
export async function findProgram(names: readonly string[], path = ''): Promise<string | undefined> {
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    for (const name of names) {
      const file = join(directory, name);
      try {
        await access(file, constants.X_OK);
        if ((await stat(file)).isFile()) return file;
      } catch {
        // Not here; try the next one.
      }
    }
  }
  return undefined;
}
