// The package `pg` as far as the store needs it: an optional peer, loaded where the store is PostgreSQL.

import type { Row } from './row.ts';

export type PostgresValue = string | number | null | readonly (string | number | null)[];

export interface PostgresClient {
  query(sql: string, values?: readonly PostgresValue[]): Promise<{ readonly rows: Row[]; readonly rowCount: number }>;
  on(event: 'notification', listener: (message: { readonly payload?: string }) => void): unknown;
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown;
}

export interface PooledClient extends PostgresClient {
  /** true: it is closed, not used again. */
  release(isBroken?: boolean): void;
}

export interface PostgresPool {
  connect(): Promise<PooledClient>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

export interface PostgresDriver {
  createPool(url: string): PostgresPool;
}

/** Of a process. Several processes share the hundred that a server has by default. */
const MAX_CONNECTIONS = 6;
const CONNECT_TIMEOUT_MS = 5_000;
/** A server that does not respond is away. */
const QUERY_TIMEOUT_MS = 15_000;
/** The type of `bigint`: times and sums are integers that a number holds. */
const INT8 = 20;

/**
 * `pg` reads these modes as `verify-full` too, but prints a warning about it.
 * https://node-postgres.com/features/ssl
 */
const ALSO_VERIFY_FULL = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/;
const verifyFull = (url: string): string =>
  url.includes('uselibpqcompat=true') ? url : url.replace(ALSO_VERIFY_FULL, '$1verify-full');

interface PgModule {
  readonly Pool: new (options: object) => PostgresPool;
  readonly types: { getTypeParser(type: number, format?: string): unknown };
}

/** null if it is not installed. */
export async function loadPostgres(): Promise<PostgresDriver | null> {
  let pg: PgModule;
  try {
    pg = ((await import('pg')) as unknown as { readonly default: PgModule }).default;
  } catch {
    return null;
  }
  const { Pool, types } = pg;
  return {
    createPool: (url) =>
      new Pool({
        ...{
          connectionString: verifyFull(url),
          max: MAX_CONNECTIONS,
          application_name: 'kairos-pull',
          keepAlive: true,
        },
        ...{ connectionTimeoutMillis: CONNECT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS },
        types: {
          getTypeParser: (type: number, format?: string) =>
            type === INT8 ? Number : types.getTypeParser(type, format),
        },
      }),
  };
}
