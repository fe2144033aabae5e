// The working directory and the user's home. Neither is certain: a working directory may have been removed, and a user
// in a container may have no entry in /etc/passwd.

import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Env } from '../core/env.ts';

export function workingDirectory(): string | undefined {
  return unlessThrown(() => process.cwd());
}

export function homeDirectory(env: Env): string | undefined {
  return env.HOME || unlessThrown(homedir);
}

/** Without a working directory a relative path is returned unchanged: the system then reports that it does not exist. */
export function absolutePath(path: string): string {
  return unlessThrown(() => resolve(path)) ?? path;
}

function unlessThrown(find: () => string): string | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}
