// The connections to a PostgreSQL server: pooled, opened again when they are lost, each prepared once.

import type { PooledClient, PostgresDriver, PostgresValue } from './postgres-driver.ts';
import { ConnectionLost, isConflict, sqlStateOf } from './postgres-failure.ts';
import type { Row } from './row.ts';

export interface Query {
  /** The rows. */
  all(sql: string, ...values: PostgresValue[]): Promise<Row[]>;
  /** How many rows it changed. */
  run(sql: string, ...values: PostgresValue[]): Promise<number>;
}

/** What it rejects with, `postgresFailure` reads. */
export interface PostgresConnection extends Query {
  /** Kept whole or not at all. It runs again if another transaction is in the way. */
  transaction<T>(run: (query: Query) => Promise<T>): Promise<T>;
  /** One connection for as long as it is used, for LISTEN. */
  connect(): Promise<PooledClient>;
  close(): Promise<void>;
}

export const SCHEMA = 'kairos_pull';
/**
 * A process that is frozen within a transaction must not keep its locks. Text has one encoding. The plan of a statement
 * must not be made by a guess of few rows.
 */
const PREPARE = `SET search_path = ${SCHEMA}; SET idle_in_transaction_session_timeout = '5s'; SET lock_timeout = '10s';
  SET statement_timeout = '60s'; SET jit = off; SET client_encoding = 'UTF8'; SET timezone = 'UTC'`;
const MAX_ATTEMPTS = 5;

export function createConnection(driver: PostgresDriver, url: string): PostgresConnection {
  const pool = driver.createPool(url);
  const prepared = new WeakSet<PooledClient>();
  // Of connections that nothing uses: the next query opens another one.
  pool.on('error', () => undefined);

  const connect = async (): Promise<PooledClient> => {
    let client: PooledClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw lost(error);
    }
    if (prepared.has(client)) return client;
    // Without a listener the end of a connection that is in use would end the process.
    client.on('error', () => undefined);
    try {
      await client.query(PREPARE);
    } catch (error) {
      client.release(true);
      throw lost(error);
    }
    prepared.add(client);
    return client;
  };

  const queryOf = (client: PooledClient): Query => {
    const query = async (sql: string, values: readonly PostgresValue[]) => {
      try {
        return await client.query(sql, values);
      } catch (error) {
        throw lost(error);
      }
    };
    return {
      all: async (sql, ...values) => (await query(sql, values)).rows,
      run: async (sql, ...values) => (await query(sql, values)).rowCount,
    };
  };

  const use = async <T>(run: (query: Query) => Promise<T>): Promise<T> => {
    const client = await connect();
    let isBroken = true;
    try {
      const value = await run(queryOf(client));
      isBroken = false;
      return value;
    } catch (error) {
      // After an error of the server the connection still works, unless the error is its end. One that only reads may
      // lead to a server that has become a standby, or have settings that were changed since.
      isBroken = error instanceof ConnectionLost || /^(?:08|57P|25006)/.test(sqlStateOf(error) ?? '');
      throw error;
    } finally {
      client.release(isBroken);
    }
  };

  const attempt = <T>(run: (query: Query) => Promise<T>): Promise<T> =>
    use(async (query) => {
      await query.run('BEGIN');
      try {
        const value = await run(query);
        await query.run('COMMIT');
        return value;
      } catch (error) {
        if (!(error instanceof ConnectionLost)) await query.run('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });

  return {
    all: (sql, ...values) => use((query) => query.all(sql, ...values)),
    run: (sql, ...values) => use((query) => query.run(sql, ...values)),
    async transaction(run) {
      for (let left = MAX_ATTEMPTS; ; left -= 1) {
        try {
          return await attempt(run);
        } catch (error) {
          if (!isConflict(error) || left === 1) throw error;
        }
      }
    },
    connect,
    close: () => pool.end(),
  };
}

/** An error of a connection, unless it is the server's or a bug of ours. */
const lost = (error: unknown): unknown =>
  sqlStateOf(error) !== undefined || error instanceof TypeError
    ? error
    : new ConnectionLost('the connection was lost', { cause: error });
