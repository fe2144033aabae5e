// Tells other processes what was written, with the transaction that writes it, and hears it from them.

import type { Changes, Written } from './changes.ts';
import type { PostgresConnection, Query } from './postgres-connection.ts';
import type { PooledClient } from './postgres-driver.ts';
import type { SharedChange, SharedListener } from './shared-store.ts';

const CHANNEL = 'kairos_pull';
/** PostgreSQL takes less than 8,000 bytes. */
const MAX_BYTES = 7_000;

export async function notify(query: Query, writer: string, change: Omit<SharedChange, 'writer'>): Promise<void> {
  await query.run('SELECT pg_notify($1, $2)', CHANNEL, JSON.stringify({ writer, ...change }));
}

export async function notifyOfChanges(query: Query, writer: string, changes: Changes, written: Written): Promise<void> {
  const { statuses = [], pauses = [] } = changes;
  const resources = [...new Set([...statuses, ...pauses].map(({ resource }) => resource))];
  const events = [...written.eventIds];
  while (resources.length > 0 || events.length > 0) {
    const some: string[] = [];
    for (let bytes = 200; resources.length > 0; some.push(resources.shift() as string)) {
      bytes += Buffer.byteLength(resources[0] ?? '') + 8;
      if (bytes > MAX_BYTES) break;
    }
    await notify(query, writer, {
      resources: some,
      events: some.length > 0 && resources.length > 0 ? [] : events.splice(0, 300),
    });
  }
}

const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 2_000;
/** A connection on which nothing happens may be dead. */
const LOOK_MS = 5_000;

/** `onLost`: the connection is away, or could not be opened. */
export function listenTo(
  connection: PostgresConnection,
  { onOpen, onChange, onLost }: Omit<SharedListener, 'onLost'> & { readonly onLost: () => Promise<void> },
): () => Promise<void> {
  let isStopped = false;
  let stopWait = (): void => {};
  const wait = (durationMs: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      stopWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const useOne = async (client: PooledClient): Promise<void> => {
    let isLost = false;
    const end = (): void => {
      isLost = true;
      stopWait();
    };
    client.on('error', end);
    client.on('end', end);
    client.on('notification', ({ payload = '{}' }) => onChange(JSON.parse(payload)));
    await client.query(`LISTEN ${CHANNEL}`);
    onOpen();
    while (!isStopped && !isLost) {
      await wait(LOOK_MS);
      if (!isStopped && !isLost) await client.query('SELECT 1');
    }
    if (isLost && !isStopped) throw new Error('the connection was closed');
  };

  const run = async (): Promise<void> => {
    for (let waitMs = FIRST_WAIT_MS; !isStopped; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      let client: PooledClient | undefined;
      try {
        client = await connection.connect();
        if (!isStopped) await useOne(client);
      } catch {
        if (!isStopped) await onLost();
      } finally {
        client?.release(true);
      }
      if (client !== undefined) waitMs = FIRST_WAIT_MS;
      if (!isStopped) await wait(waitMs);
    }
  };
  const ended = run();
  return async () => {
    isStopped = true;
    stopWait();
    await ended;
  };
}
