// Reads files synchronously: five times as fast for hundreds of small files, and for values a function must return.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { failure, type Outcome, success } from '../core/outcome.ts';
import { asUnreadable, type FileFailure, UnreadableFile } from './file-failure.ts';
import { kindOfFile, READ_FLAGS } from './file-kind.ts';
import { tooLarge } from './read-file.ts';

/** A pipe is a failure: it would have to be waited for. */
export function readFileTextSync(path: string, maxBytes: number): Outcome<string, FileFailure> {
  try {
    const fd = openSync(path, READ_FLAGS);
    try {
      return readAll(fd, maxBytes);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return failure(asUnreadable(error, path));
  }
}

function readAll(fd: number, maxBytes: number): Outcome<string, FileFailure> {
  const stats = fstatSync(fd);
  if (kindOfFile(fd, stats) !== 'file') throw new UnreadableFile('it is a pipe');
  // One byte more than its size, to see the end; some files in /proc have size 0.
  let buffer = Buffer.allocUnsafe(Math.min(stats.size, maxBytes) + 1);
  let bytes = 0;
  for (;;) {
    const read = readSync(fd, buffer, { offset: bytes });
    if (read === 0) return success(buffer.toString('utf8', 0, bytes));
    bytes += read;
    if (bytes > maxBytes) return failure(tooLarge(maxBytes));
    if (bytes === buffer.length) buffer = Buffer.concat([buffer], Math.min(bytes * 2 + 4096, maxBytes + 1));
  }
}
