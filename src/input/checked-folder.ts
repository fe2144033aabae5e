// The folder whose files are a checked file's own: whoever wrote the one could have written the others. What lies
// outside belongs to the person who checks it. Links are followed first.

import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import { absolutePath } from '../file/directories.ts';
import { asUnreadable } from '../file/file-failure.ts';

/** Whether `path` is below `folder`, both without links. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Whether the file is the checked one's own, as a walk of its folder would come across it: not in a hidden folder, such
 * as ~/.aws. `folder`: the one that was named; unset: `source` itself was. What cannot be looked at is not.
 */
export async function isOwn(file: string, source: string, folder = projectOf(source)): Promise<boolean> {
  try {
    const folders = [folder, source === '-' ? '.' : dirname(source)];
    const [real = '', ...roots] = await Promise.all([file, ...folders].map((path) => realpath(path)));
    return roots.some((root) => {
      const steps = dirname(relative(root, real)).split(sep);
      return isBelow(root, real) && !steps.some((step) => step !== '.' && step.startsWith('.'));
    });
  } catch (error) {
    asUnreadable(error);
    return false;
  }
}

/** The folder of a file; of a development container that of the project, where its Dockerfile and Compose files are. */
function projectOf(source: string): string {
  if (source === '-') return '.';
  const folder = dirname(absolutePath(source));
  const isContainer = /^\.?devcontainer\.json$/i.test(basename(source));
  const above = [folder, dirname(folder)].find((path) => isContainer && basename(path) === '.devcontainer');
  return above === undefined ? folder : dirname(above);
}
