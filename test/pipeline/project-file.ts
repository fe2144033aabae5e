// The files of the project that people copy or refer to, as the tests read them.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json: the compiled test lies deeper than its source. */
function rootOf(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) ? folder : rootOf(folder);
}

export const ROOT = rootOf(fileURLToPath(import.meta.url));

export const readText = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
