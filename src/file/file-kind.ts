// What was opened, told before a byte is read: a file, a pipe, or something that may have no end.

import { constants, readlinkSync, type Stats, statSync } from 'node:fs';
import { UnreadableFile } from './file-failure.ts';

/**
 * O_NONBLOCK: a pipe without a writer is opened all the same, and one without bytes answers EAGAIN. O_NOCTTY: a terminal
 * does not become ours. Windows knows neither.
 */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

export type FileKind =
  | 'file'
  /** Opened before it has a writer: no bytes is not yet its end. */
  | 'named-pipe'
  | 'pipe';

/** Throws an UnreadableFile for a folder or a device; `/dev/null` is a file without bytes. */
export function kindOfFile(fd: number, stats: Stats): FileKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) throw new UnreadableFile('it is a folder');
  if (stats.isFIFO()) return hasName(fd) ? 'named-pipe' : 'pipe';
  if (stats.isSocket()) return 'pipe';
  if (stats.isCharacterDevice() && stats.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev) return 'file';
  throw new UnreadableFile('it is a device');
}

/** What a shell makes of `<(command)` is a pipe whose writer is there from the beginning, or has already gone. */
function hasName(fd: number): boolean {
  try {
    return !readlinkSync(`/proc/self/fd/${fd}`).startsWith('pipe:');
  } catch {
    // Without /proc, /dev/fd/3 is descriptor 3 itself, and its end is its end.
    return false;
  }
}
