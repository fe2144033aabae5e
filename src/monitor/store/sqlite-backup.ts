// Copies the file of an SQLite store while it is in use. Checks go on meanwhile.

import { existsSync, read } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { failure, success } from '../../core/outcome.ts';
import type { Stored } from './failure.ts';
import type { OpenFile } from './sqlite-connection.ts';
import { failureOf } from './sqlite-failure.ts';

export interface Backup {
  copyTo(target: string): Stored<null>;
  /** Resolves when no copy is running. */
  ended(): Promise<void>;
}

const CHUNK_BYTES = 1 << 20;
/** SQLite's own number of pages in the log after which they are moved to the file. */
const CHECKPOINT_PAGES = 1_000;

const readAt = promisify(read);

export function createBackup({ connection, descriptor }: OpenFile): Backup {
  let running: Promise<unknown> = Promise.resolve();

  /**
   * Everything is moved from the log to the file, and stays so until the copy is complete: new changes wait in the log.
   * Only then is the file the store as of one moment.
   */
  const copy = async (target: string): Stored<null> => {
    if (existsSync(target)) {
      return failure({ kind: 'exists', message: `${target} exists; name a new file for the backup` });
    }
    const partial = `${target}.partial`;
    try {
      connection.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA wal_checkpoint(TRUNCATE)');
      // Only the owner may read it. It gets its name when all of it is on the disk.
      const file = await open(partial, 'w', 0o600);
      try {
        await copyAll(descriptor, file);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, target);
      return success(null);
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      return failureOf(error, target);
    } finally {
      connection.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    }
  };

  return {
    copyTo(target) {
      const copied = running.then(() => copy(target));
      running = copied.catch(() => undefined);
      return copied;
    },
    ended: async () => void (await running),
  };
}

async function copyAll(descriptor: number, file: FileHandle): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = 0; ; ) {
    const { bytesRead } = await readAt(descriptor, buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    await file.writeFile(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
