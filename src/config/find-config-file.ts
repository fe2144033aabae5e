// Where the config file is: in the folder of the person or the nearest above it, never above their home.

import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** In one folder the first of these counts. */
export const CONFIG_NAMES = ['kairos-pull.yaml', 'kairos-pull.yml', 'kairos-pull.json'] as const;

/** An absolute path. */
export function findConfigFile(from: string, home: string | undefined): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const paths = isClosedOrEverybodys(folder) ? [] : CONFIG_NAMES.map((name) => join(folder, name));
    const found = paths.find((path) => existsSync(path));
    if (found !== undefined || (home !== undefined && folder === resolve(home)) || folder === dirname(folder))
      return found;
  }
}

/**
 * In a folder like /tmp anybody may lie in wait with a config file of theirs, and `--config` can still name it. One may
 * also stand in a folder that may not be looked at from above.
 */
function isClosedOrEverybodys(folder: string): boolean {
  try {
    const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0;
    return process.platform !== 'win32' && (mode & 0o002) !== 0;
  } catch {
    return true;
  }
}
