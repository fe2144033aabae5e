import { after } from 'node:test';
import { withoutPostgres } from '../../support/postgres-server.ts';
import { type PostgresStores, startPostgresStores } from './postgres-stores.ts';
import { describeStore } from './suite.ts';

let stores: Promise<PostgresStores> | undefined;
after(async () => (await stores)?.[Symbol.asyncDispose]());

describeStore({
  ...{ name: 'PostgreSQL', persists: true, skip: withoutPostgres },
  open: async () => {
    stores ??= startPostgresStores();
    return (await stores).open();
  },
});
