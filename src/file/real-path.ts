// Resolves every symbolic link of a path, also of a path that does not exist yet: where a write would create it.

import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const MAX_LINKS = 40;

/** `path` and the result are absolute. */
export function realPathOf(path: string, links = 0): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    if (parent === path || links === MAX_LINKS) return path;
    const link = linkAt(path);
    const directory = realPathOf(parent, links);
    return link === undefined ? join(directory, basename(path)) : realPathOf(resolve(directory, link), links + 1);
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
