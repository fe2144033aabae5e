// Opens the store, the engine and the web server of a monitor, with a log of what happens in them.

import { UsageError } from '../core/usage-error.ts';
import { createMonitor, type Monitor } from '../monitor/monitor.ts';
import type { MonitorOptions } from '../monitor/monitor-options.ts';
import { openStore } from '../monitor/store/open-store.ts';
import { createPages } from '../monitor/web/html-pages.ts';
import { createWebServer, type WebServer } from '../monitor/web/server.ts';
import { describeInternalError } from './internal-error.ts';
import type { Io } from './io.ts';
import { logEvents } from './monitor-events.ts';
import type { Log } from './monitor-log.ts';

export interface RunningMonitor {
  readonly monitor: Monitor;
  /** Begins to listen; the origin of the dashboard. Throws a UsageError. */
  serve(options: Pick<MonitorOptions, 'listen' | 'auth' | 'url'>, page?: { readonly isDemo: boolean }): Promise<string>;
  /** Lets running checks end, and closes everything. */
  stop(): Promise<void>;
}

/** Throws a UsageError for a store that cannot be opened. */
export async function openMonitor(
  { plan, store: setting }: Pick<MonitorOptions, 'plan' | 'store'>,
  log: Log,
  { clock }: Io,
  { logsEvents = true } = {},
): Promise<RunningMonitor> {
  const opened = await openStore(setting);
  if (!opened.ok) throw new UsageError(sentence(opened.error.message));
  const { store, note } = opened.value;
  if (note !== null) log({ level: 'warning', event: 'store', message: note });
  const created = await createMonitor({
    plan,
    store,
    clock,
    onError: (error) => logBug(error, log),
    onStoreFailure: ({ kind, message }) => log({ level: 'error', event: 'store', message, kind }),
    onStoreRecovery: (givenUp) =>
      log({
        ...{ level: 'info', event: 'store', givenUp },
        message: `The store works again${givenUp === 0 ? '' : `; ${givenUp} changes were lost`}`,
      }),
  });
  if (!created.ok) {
    await store.close();
    throw new UsageError(sentence(created.error.message));
  }
  const monitor = created.value;
  const stopLog = logsEvents ? logEvents(monitor.view, log) : () => undefined;
  let server: WebServer | undefined;
  return {
    monitor,
    async serve({ listen, auth, url }, page = { isDemo: false }) {
      const started = await createWebServer(monitor.view, {
        ...{ listen, auth, url, clock, pages: createPages(monitor.view, page) },
        log: (message) => log({ level: 'warning', event: 'web', message }),
      });
      if (!started.ok) throw new UsageError(sentence(started.error.message));
      server = started.value;
      return url ?? server.origin;
    },
    async stop() {
      await server?.close();
      await monitor.stop();
      stopLog();
    },
  };
}

/** In one line, with the stack: the monitor goes on, and the situation may not come back. */
export const logBug = (error: unknown, log: Log): void =>
  log({ level: 'error', event: 'internal-error', message: describeInternalError(error, true).join(' ') });

const sentence = (message: string): string => message.replace(/\.?$/, '.');
