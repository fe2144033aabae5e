// The files in a folder and below, in the same order on every machine.

import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileProblem } from '../core/file-problem.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { Problem } from './extractor.ts';

export interface FolderEntry {
  /** Begins with the folder as it was named. */
  readonly path: string;
  /** Set: it cannot be looked at. */
  readonly problem?: Problem;
}

const NOT_OURS = new Set(['node_modules']);
const MAX_FILES = 100_000;

/** Leaves out node_modules and everything hidden, but for files; each folder is visited once, links or not. */
export async function* walkFolder(root: string): AsyncGenerator<FolderEntry> {
  const visited = new Set<string>();
  let files = 0;
  yield* walk(root);

  async function* walk(folder: string): AsyncGenerator<FolderEntry> {
    const entries = await listFolder(folder, visited);
    if (!entries.ok) yield { path: folder, problem: entries.error };
    for (const entry of entries.ok ? entries.value : []) {
      const path = join(folder, entry.name);
      const kind = await kindOf(path, entry);
      if (kind === 'folder' && !entry.name.startsWith('.') && !NOT_OURS.has(entry.name)) yield* walk(path);
      if (kind !== 'file') continue;
      files += 1;
      if (files === MAX_FILES + 1)
        yield { path, problem: { message: `More than ${MAX_FILES} files; name fewer folders.` } };
      if (files > MAX_FILES) return;
      yield { path };
    }
  }
}

/** Sorted; nothing for a folder that was visited before. */
async function listFolder(folder: string, visited: Set<string>): Promise<Outcome<readonly Dirent[], Problem>> {
  try {
    const real = await realpath(folder);
    if (visited.has(real)) return success([]);
    visited.add(real);
    const entries = await readdir(folder, { withFileTypes: true });
    return success(entries.sort((a, b) => (a.name < b.name ? -1 : 1)));
  } catch (error) {
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    return failure({ message: `Cannot read it: ${problem}.` });
  }
}

/** A link is what it leads to; one that leads nowhere, a pipe or a device is nothing to us. */
async function kindOf(path: string, entry: Dirent): Promise<'file' | 'folder' | undefined> {
  const found = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
  if (found?.isFile()) return 'file';
  return found?.isDirectory() ? 'folder' : undefined;
}
