// Where challenges are remembered from one run to the next: XDG Base Directory Specification, "cache".

import { isAbsolute, join } from 'node:path';
import type { Env } from '../core/env.ts';
import { homeDirectory } from '../file/directories.ts';

/** An absolute path; undefined where there is no place for a cache. */
export function challengeFileIn(env: Env): string | undefined {
  const { XDG_CACHE_HOME = '', LOCALAPPDATA = '' } = env;
  const home = homeDirectory(env) ?? '';
  const folders = [XDG_CACHE_HOME, process.platform === 'win32' ? LOCALAPPDATA : join(home, '.cache')];
  // "All paths set in these environment variables must be absolute."
  const folder = folders.find(isAbsolute);
  return folder && join(folder, 'kairos-pull', 'challenges.json');
}
