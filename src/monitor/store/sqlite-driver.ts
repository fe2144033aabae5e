// The modules that open an SQLite file, as one interface: node:sqlite, and libsql where Node has none.

import type { Row, SqlValue } from './row.ts';

export interface Statement {
  all(...values: SqlValue[]): Row[];
  run(...values: SqlValue[]): { readonly changes: number };
}

export interface SqliteConnection {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

export interface SqliteDriver {
  readonly name: 'node:sqlite' | 'libsql';
  /** Throws what `resultCodeOf` reads. */
  open(path: string): SqliteConnection;
}

/** Node 22.13 and later, 23.4 and later; before, a flag is needed, and this is null. */
export function loadNodeSqlite(): SqliteDriver | null {
  const module = withoutSqliteWarning(() => process.getBuiltinModule('node:sqlite')) as
    | { readonly DatabaseSync: new (path: string) => SqliteConnection }
    | undefined;
  if (module === undefined) return null;
  const { DatabaseSync } = module;
  return { name: 'node:sqlite', open: (path) => new DatabaseSync(path) };
}

/** An optional peer: null if it is not installed, or has no binary for this machine. */
export async function loadLibsql(): Promise<SqliteDriver | null> {
  try {
    const { default: Database } = (await import('libsql')) as unknown as {
      readonly default: new (path: string) => SqliteConnection;
    };
    return { name: 'libsql', open: (path) => new Database(path) };
  } catch {
    return null;
  }
}

export async function loadDriver(): Promise<SqliteDriver | null> {
  return loadNodeSqlite() ?? (await loadLibsql());
}

/** The primary result code of SQLite (https://sqlite.org/rescode.html); undefined if the error is not SQLite's. */
export function resultCodeOf(error: unknown): number | undefined {
  const { errcode, rawCode, message } = error as { errcode?: unknown; rawCode?: unknown; message?: unknown };
  // libsql: the constructor has the code in its text only.
  const inText = typeof message === 'string' ? /^ConnectionFailed\(.*: (\d+)"?\)$/s.exec(message)?.[1] : undefined;
  const code = errcode ?? rawCode ?? (inText && Number(inText));
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** Before 24.15 Node calls the module experimental on standard error. Other warnings pass. */
function withoutSqliteWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: []) => {
    if (!/^SQLite is an experimental feature/.test(String(warning))) emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
