// Why a file cannot be read: a value, and an error where a stream of bytes ends early.

import { isAbsolute } from 'node:path';
import { workingDirectory } from './directories.ts';

/** Node's own messages name system calls. */
const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EAGAIN: 'no data is available right now',
  EBUSY: 'it is in use by another program',
  EFBIG: 'it is too large',
  EIO: 'input/output error',
  EISDIR: 'it is a directory',
  ELOOP: 'symbolic link loop',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files on this machine',
  ENODEV: 'no such device',
  ENOENT: 'no such file or directory',
  ENOMEM: 'not enough memory',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'part of the path is not a directory',
  ENXIO: 'it is a socket or a device, not a file',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ESTALE: 'the file server no longer has it',
};

/** Completes "cannot read x: …"; undefined if the error is not about a file, which means a bug. */
export function fileProblem(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  if (typeof code !== 'string' || typeof syscall !== 'string') return undefined;
  return PROBLEMS[code] ?? code;
}

export interface FileFailure {
  /** Completes "cannot read x: …". */
  readonly problem: string;
  /** The file does not exist. */
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

/** Throws the error again if it is not about a file. `path`: as requested. */
export function asUnreadable(error: unknown, path?: string): UnreadableFile {
  if (error instanceof UnreadableFile) return error;
  const { code } = (error ?? {}) as { code?: unknown };
  // Node rejects a name with a NUL character before it calls the system.
  if (code === 'ERR_INVALID_ARG_VALUE') return new UnreadableFile('invalid file name');
  const problem = fileProblem(error);
  if (problem === undefined) throw error;
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
  const isAdrift = isMissing && path !== undefined && !isAbsolute(path) && workingDirectory() === undefined;
  return new UnreadableFile(isAdrift ? 'the working directory no longer exists' : problem, isMissing);
}
