// PostgreSQL stores, each in a database of its own on one server: a copy of one with the tables.

import { loadPostgres } from '../../../src/monitor/store/postgres-driver.ts';
import { openPostgresStore } from '../../../src/monitor/store/postgres-store.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { type AdapterStore, mustSucceed } from './store-scene.ts';

export interface PostgresStores extends AsyncDisposable {
  readonly server: PostgresServer;
  open(): Promise<AdapterStore & { readonly url: string }>;
}

export async function openStore(url: string) {
  const driver = await loadPostgres();
  if (driver === null) throw new Error('pg is not installed');
  return mustSucceed(await openPostgresStore(url, { driver }));
}

export async function startPostgresStores(): Promise<PostgresStores> {
  const server = await startPostgres();
  const template = await server.createDatabase();
  await (await openStore(template)).close();
  return {
    server,
    async open() {
      const url = await server.createDatabase(new URL(template).pathname.slice(1));
      let store = await openStore(url);
      return {
        url,
        store: () => store,
        async reopen() {
          await store.close();
          store = await openStore(url);
        },
        [Symbol.asyncDispose]: () => store.close(),
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
