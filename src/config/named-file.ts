// A file that somebody named: its text, or a message that says who named it.

import { readFile } from 'node:fs/promises';
import { fileProblem } from '../core/file-problem.ts';
import { UsageError } from '../core/usage-error.ts';

/** `label`: who named it, as `--auth-file`. Throws a UsageError when it cannot be read. */
export async function readNamedFile(path: string, label: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    throw new UsageError(`${label}: cannot read ${path}: ${problem}.`);
  }
}
