// One exclusive connection to the file of an SQLite store, at the current version of its tables.

import { accessSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { failure, type Outcome, success } from '../../core/outcome.ts';
import type { StoreFailure } from './failure.ts';
import type { SqlValue } from './row.ts';
import type { SqliteConnection, SqliteDriver } from './sqlite-driver.ts';
import { failureOf, inUse } from './sqlite-failure.ts';
import { MIGRATIONS } from './sqlite-migrations.ts';

/** Marks the file as ours (PRAGMA application_id): `kpul`. */
const APPLICATION_ID = 0x6b70756c;

export interface SqliteOptions {
  readonly driver: SqliteDriver;
  /** The file does not grow beyond so many pages of 4 KiB. */
  readonly maxPages?: number;
  readonly migrations?: readonly string[];
}

export interface OpenFile {
  readonly connection: SqliteConnection;
  /** For reading the file beside SQLite. It stays open as long: closing it would give up the lock of SQLite. */
  readonly descriptor: number;
  /** false if the file was removed or replaced: what is written to it is lost when it is closed. */
  isInPlace(): boolean;
  close(): void;
}

/** Of this process. POSIX keeps one lock for a file and a process: a second open would succeed, its close would unlock. */
const openFiles = new Set<string>();

/** The file is created if there is none; its directory must exist. */
export function openFile(path: string, options: SqliteOptions): Outcome<OpenFile, StoreFailure> {
  const opened: (() => void)[] = [];
  const close = (): void => {
    for (const undo of opened.splice(0).reverse()) undo();
  };
  try {
    const place = checkPlace(path);
    if (!place.ok) return place;
    // Only the owner may read it: it lists private images.
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
    const identity = identityOf(path);
    if (openFiles.has(identity)) return failure(inUse(path));
    openFiles.add(identity);
    opened.push(() => openFiles.delete(identity));
    const descriptor = openSync(path, 'r');
    opened.push(() => closeSync(descriptor));
    const connection = options.driver.open(path);
    let isAccepted = false;
    opened.push(() => closeConnection(connection, isAccepted));
    const refused = lock(connection, path, options);
    if (refused !== null) {
      close();
      return failure(refused);
    }
    isAccepted = true;
    setUp(connection, options);
    return success({ connection, descriptor, isInPlace: () => identityOf(path) === identity, close });
  } catch (error) {
    close();
    return failureOf(error, path);
  }
}

/** Of the file that is at this path now. */
function identityOf(path: string): string {
  const file = statSync(path, { throwIfNoEntry: false });
  return `${file?.dev} ${file?.ino}`;
}

/** Whether a store can be at this path. Creates nothing. */
export function checkPlace(path: string): Outcome<null, StoreFailure> {
  const directory = dirname(path);
  try {
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
      const message = `${path} cannot be created: ${directory} is not a directory`;
      return failure({ kind: 'no-such-place', message });
    }
    if (existsSync(path)) {
      if (!statSync(path).isFile()) {
        return failure({ kind: 'no-such-place', message: `${path} is not a file; name a file` });
      }
      accessSync(path, constants.R_OK | constants.W_OK);
    }
    // SQLite writes its log beside the file.
    accessSync(directory, constants.W_OK);
    return success(null);
  } catch (error) {
    return failureOf(error, path);
  }
}

/** Changes nothing in the file: it may not be ours. */
function lock(
  connection: SqliteConnection,
  path: string,
  { migrations = MIGRATIONS }: SqliteOptions,
): StoreFailure | null {
  // A lock for the whole life of the connection: it keeps a second monitor out, and a bug of SQLite before 3.51.3, which
  // needs two connections, has no second one.
  connection.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT');
  const version = readNumber(connection, 'PRAGMA user_version');
  const isOurs = readNumber(connection, 'PRAGMA application_id') === APPLICATION_ID;
  if (!isOurs && readNumber(connection, 'SELECT count(*) FROM sqlite_schema') > 0) {
    return { kind: 'not-a-store', message: `${path} is a database of another program; name another file` };
  }
  if (version > migrations.length) {
    return {
      kind: 'newer',
      message: `${path} was written by a newer version of kairos-pull (schema ${version}, this one knows ${migrations.length}); update kairos-pull, or name another file`,
    };
  }
  return null;
}

function setUp(connection: SqliteConnection, { migrations = MIGRATIONS, maxPages }: SqliteOptions): void {
  const version = readNumber(connection, 'PRAGMA user_version');
  connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  connection.exec('PRAGMA journal_mode = WAL');
  connection.exec('PRAGMA journal_size_limit = 16777216; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY');
  if (maxPages !== undefined) connection.exec(`PRAGMA max_page_count = ${maxPages}`);
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue;
    runInTransaction(connection, () => {
      connection.exec(step);
      connection.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

export function runInTransaction<T>(connection: SqliteConnection, run: () => T): T {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const value = run();
    connection.exec('COMMIT');
    return value;
  } catch (error) {
    try {
      connection.exec('ROLLBACK');
    } catch {
      // A full disk has already rolled it back.
    }
    throw error;
  }
}

/**
 * Of an accepted file: leaves one file without a log beside it. The lock is given up first: libsql keeps a closed
 * connection until its statements are garbage.
 */
function closeConnection(connection: SqliteConnection, isAccepted: boolean): void {
  try {
    if (isAccepted) connection.prepare('PRAGMA journal_mode = DELETE').all();
    connection.prepare('PRAGMA locking_mode = NORMAL').all();
    connection.prepare('SELECT count(*) FROM sqlite_schema').all();
  } catch {
    // The log stays, and the next open reads it.
  }
  connection.close();
}

function readNumber(connection: SqliteConnection, sql: string): number {
  const [row] = connection.prepare(sql).all();
  const value: SqlValue | undefined = row && Object.values(row)[0];
  if (typeof value !== 'number') throw new Error(`no number: ${sql}`);
  return value;
}
