// What was opened, determined before a byte is read: a file, a pipe, or something that may have no end.

import { constants, readlinkSync, type Stats, statSync } from 'node:fs';
import { UnreadableFile } from './file-failure.ts';

/**
 * O_NONBLOCK: a pipe without a writer can be opened, and reading an empty one fails with EAGAIN. O_NOCTTY: a terminal does
 * not become the controlling one. Windows has neither.
 */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

export type FileKind =
  | 'file'
  /** May be opened before it has a writer: no bytes is not yet its end. */
  | 'named-pipe'
  | 'pipe';

/** Throws an UnreadableFile for a directory or a device; `/dev/null` counts as an empty file. */
export function kindOfFile(fd: number, stats: Stats): FileKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) throw new UnreadableFile('it is a directory');
  if (stats.isFIFO()) return hasName(fd) ? 'named-pipe' : 'pipe';
  if (stats.isSocket()) return 'pipe';
  if (stats.isCharacterDevice() && stats.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev) return 'file';
  throw new UnreadableFile('it is a device');
}

/** A shell's `<(command)` is a pipe without a name: its writer was there from the start, or has already exited. */
function hasName(fd: number): boolean {
  try {
    return !readlinkSync(`/proc/self/fd/${fd}`).startsWith('pipe:');
  } catch {
    // Without /proc, /dev/fd/3 is descriptor 3 itself: no bytes is its end.
    return false;
  }
}
