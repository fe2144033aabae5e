// Files that documents of a test refer to, by path.

import type { ReadFile } from '../../src/input/extractor.ts';

/** `foreign`: the paths of files outside the directory of the checked file. */
export const readFrom =
  (files: Readonly<Record<string, string>>, foreign: readonly string[] = []): ReadFile =>
  async (path) => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    return text === undefined ? undefined : { text, isForeign: foreign.includes(path) };
  };
