// The statements of one connection, each compiled once.

import type { Row, SqlValue } from './row.ts';
import type { SqliteConnection, Statement } from './sqlite-driver.ts';

export interface Statements {
  all(sql: string, ...values: SqlValue[]): Row[];
  /** Returns the number of rows that it changed. */
  run(sql: string, ...values: SqlValue[]): number;
}

export function createStatements(connection: SqliteConnection): Statements {
  const compiled = new Map<string, Statement>();
  const compile = (sql: string): Statement => {
    const statement = compiled.get(sql) ?? connection.prepare(sql);
    compiled.set(sql, statement);
    return statement;
  };
  return {
    all: (sql, ...values) => compile(sql).all(...values),
    run: (sql, ...values) => Number(compile(sql).run(...values).changes),
  };
}
