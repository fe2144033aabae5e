// Why a file cannot be read, as a value and, where a stream of bytes ends early, as an error.

import { fileProblem } from '../core/file-problem.ts';

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

/** Throws what is not about a file. */
export function asUnreadable(error: unknown): UnreadableFile {
  if (error instanceof UnreadableFile) return error;
  const { code } = (error ?? {}) as { code?: unknown };
  // Node refuses a name with a NUL character before it asks the system.
  if (code === 'ERR_INVALID_ARG_VALUE') return new UnreadableFile('its name is not one that a file can have');
  const problem = fileProblem(error);
  if (problem === undefined) throw error;
  return new UnreadableFile(problem, code === 'ENOENT' || code === 'ENOTDIR');
}
