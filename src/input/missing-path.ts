// A path that does not exist: in which directory it was looked for, and what is there with a similar name.

import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { suggest } from '../core/suggestion.ts';
import { cleanText } from '../core/text.ts';
import { absolutePath, workingDirectory } from '../file/directories.ts';
import { asUnreadable } from '../file/file-failure.ts';

export const NO_SUCH_FILE = 'no such file or directory';

export interface ExplainedPath {
  /** Completes "cannot read x: …". */
  readonly problem: string;
  /** A sentence about what to do; '' if there is none. */
  readonly advice: string;
}

export async function explainMissing(path: string): Promise<ExplainedPath> {
  // A URL or a reference with credentials may be meant: no part of it is repeated.
  if (workingDirectory() === undefined || path.includes('@')) return { problem: NO_SUCH_FILE, advice: '' };
  const directory = dirname(path);
  const siblings = await namesIn(directory);
  const where = siblings === undefined || isAbsolute(path) ? '' : ` in ${cleanText(absolutePath(directory), 300)}`;
  const isLost = siblings === undefined && !isAbsolute(path) && directory !== '.';
  const above = isLost ? await namesIn(dirname(directory)) : undefined;
  if (above === undefined) return { problem: `${NO_SUCH_FILE}${where}`, advice: suggestPath(path, siblings ?? []) };

  const meant = /(?<=mean ).+(?=\?$)/.exec(suggestPath(directory, above))?.[0];
  const isThere = meant !== undefined && (await namesIn(meant))?.includes(basename(path)) === true;
  const advice = meant === undefined ? '' : `Did you mean ${isThere ? join(meant, basename(path)) : meant}?`;
  const place = cleanText(absolutePath(dirname(directory)), 300);
  return { problem: `there is no directory ${cleanText(basename(directory), 100)} in ${place}`, advice };
}

/** `Did you mean deploy/web.yaml?`; '' if nothing there has a similar name. */
export function suggestPath(path: string, siblings: readonly string[]): string {
  const near = suggest(
    basename(path),
    siblings.filter((name) => cleanText(name) === name),
  );
  const end = path.endsWith('/') ? '/' : '';
  return near.trim().replace(/(?<=mean ).+(?=\?$)/, (name) => join(dirname(path), name) + end);
}

/** undefined if there is no such directory, or it cannot be read. */
async function namesIn(directory: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(directory);
  } catch (error) {
    asUnreadable(error, directory);
    return undefined;
  }
}
