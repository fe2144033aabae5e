// The folders of the process and of the person, where there are any: a working folder may have been removed, and an
// account of a container may have no entry in /etc/passwd.

import { homedir } from 'node:os';
import { resolve } from 'node:path';

export function workingFolder(): string | undefined {
  return unlessThrown(() => process.cwd());
}

export function homeFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return env.HOME || unlessThrown(homedir);
}

/** A relative path stays so without a working folder: the system then says that there is no such file. */
export function absolutePath(path: string): string {
  return unlessThrown(() => resolve(path)) ?? path;
}

/** Both throw the system's error. */
function unlessThrown(find: () => string): string | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}
