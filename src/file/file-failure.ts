// Why a file cannot be read, as a value and, where a stream of bytes ends early, as an error.

import { isAbsolute } from 'node:path';
import { fileProblem } from '../core/file-problem.ts';
import { workingFolder } from './own-folders.ts';

export interface FileFailure {
  /** Completes "cannot read x: …". */
  readonly problem: string;
  /** There is no such file. */
  readonly isMissing: boolean;
}

export class UnreadableFile extends Error implements FileFailure {
  override readonly name = 'UnreadableFile';
  readonly problem: string;
  readonly isMissing: boolean;

  constructor(problem: string, isMissing = false) {
    super(problem);
    this.problem = problem;
    this.isMissing = isMissing;
  }
}

/** Throws what is not about a file. `path`: as it was asked for. */
export function asUnreadable(error: unknown, path?: string): UnreadableFile {
  if (error instanceof UnreadableFile) return error;
  const { code } = (error ?? {}) as { code?: unknown };
  // Node refuses a name with a NUL character before it asks the system.
  if (code === 'ERR_INVALID_ARG_VALUE') return new UnreadableFile('its name is not one that a file can have');
  const problem = fileProblem(error);
  if (problem === undefined) throw error;
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
  const isAdrift = isMissing && path !== undefined && !isAbsolute(path) && workingFolder() === undefined;
  return new UnreadableFile(isAdrift ? 'the working folder was removed' : problem, isMissing);
}
