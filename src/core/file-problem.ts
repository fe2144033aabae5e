// Why a file cannot be used, in words: Node's own text names system calls.

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EAGAIN: 'nothing can be read from it now',
  EBUSY: 'another program holds it',
  EFBIG: 'it is too large',
  EIO: 'the device reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go in a circle',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files on this machine',
  ENODEV: 'there is no such device',
  ENOENT: 'no such file or folder',
  ENOMEM: 'there is not enough memory',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a part of its path is not a folder',
  ENXIO: 'it is a socket or a device, not a file',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ESTALE: 'the file server has forgotten it',
};

/** Words that complete "cannot read x: …"; undefined when the error is not about a file, so a bug. */
export function fileProblem(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  if (typeof code !== 'string' || typeof syscall !== 'string') return undefined;
  return PROBLEMS[code] ?? code;
}
