// Where a path leads, with every link followed, also where its end does not exist yet: a write would create it there.

import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const MAX_LINKS = 40;

/** An absolute path to an absolute path. */
export function realPathOf(path: string, links = 0): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    if (parent === path || links === MAX_LINKS) return path;
    const link = linkAt(path);
    const folder = realPathOf(parent, links);
    return link === undefined ? join(folder, basename(path)) : realPathOf(resolve(folder, link), links + 1);
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
