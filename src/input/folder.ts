// The files in a folder and below, in the same order on every machine.

import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { fileProblem } from '../file/file-failure.ts';
import { isBelow } from './checked-folder.ts';
import type { Problem } from './extractor.ts';
import { isKernelFile } from './kernel-file.ts';

export interface FolderEntry {
  /** Begins with the folder as it was named. */
  readonly path: string;
  /** Set: it cannot be looked at. */
  readonly problem?: Problem;
}

const NOT_OURS = new Set(['node_modules']);
const MAX_FILES = 100_000;

/**
 * Leaves out node_modules, everything hidden but for files, links that lead out of the folder, and what the kernel makes
 * up; each folder is visited once, links or not.
 */
export async function* walkFolder(root: string): AsyncGenerator<FolderEntry> {
  const visited = new Set<string>();
  /** The folder without links; set with the first listing. */
  let realRoot = '';
  let files = 0;
  /** What is still to be looked at, the next at the end: no folder is too deep. */
  const coming: { readonly path: string; readonly entry?: Dirent }[] = [{ path: root }];
  for (let next = coming.pop(); next !== undefined; next = coming.pop()) {
    const { path, entry } = next;
    const kind = entry === undefined ? 'folder' : entry.isSymbolicLink() ? await kindBehind(path) : kindOf(entry);
    const isWanted = entry === undefined || !(entry.name.startsWith('.') || NOT_OURS.has(entry.name));
    if (kind === 'folder' && isWanted) {
      const entries = await list(path);
      if (!entries.ok) yield { path, problem: entries.error };
      for (const below of entries.ok ? entries.value : []) coming.push({ path: join(path, below.name), entry: below });
    }
    if (kind !== 'file') continue;
    files += 1;
    if (files > MAX_FILES) {
      yield { path, problem: { message: `More than ${MAX_FILES} files; name fewer folders.` } };
      return;
    }
    yield { path };
  }

  /** The last first; nothing for a folder that was visited before, or that the kernel makes up. */
  async function list(folder: string): Promise<Outcome<readonly Dirent[], Problem>> {
    try {
      const real = await realpath(folder);
      if (realRoot === '') realRoot = real;
      if (visited.has(real) || (await isKernelFile(real))) return success([]);
      visited.add(real);
      const entries = await readdir(folder, { withFileTypes: true });
      return success(entries.sort((a, b) => (a.name < b.name ? 1 : -1)));
    } catch (error) {
      const problem = fileProblem(error);
      if (problem === undefined) throw error;
      return failure({ message: `Cannot read it: ${problem}.` });
    }
  }

  /** Of what a link leads to; it is nothing to us when that is nowhere or elsewhere. */
  async function kindBehind(path: string): Promise<Kind> {
    try {
      const real = await realpath(path);
      return isBelow(realRoot, real) ? kindOf(await stat(real)) : undefined;
    } catch (error) {
      if (fileProblem(error) === undefined) throw error;
      return undefined;
    }
  }
}

type Kind = 'file' | 'folder' | undefined;

/** Pipes, sockets and devices are nothing to us. */
function kindOf(found: Pick<Dirent, 'isFile' | 'isDirectory'>): Kind {
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'folder' : undefined;
}
