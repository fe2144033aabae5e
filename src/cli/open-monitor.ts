// Opens the store, the engine and the web server of a monitor, with a log of what happens in them.

import { type Outcome, success } from '../core/outcome.ts';
import { UsageError } from '../core/usage-error.ts';
import { createMetrics } from '../monitor/metrics/create-metrics.ts';
import { formatProbe } from '../monitor/metrics/probe-metrics.ts';
import { createMonitor, type Monitor } from '../monitor/monitor.ts';
import type { MonitorOptions, MonitorPlan } from '../monitor/monitor-options.ts';
import { createNotify, type NotifierChange, type Notify } from '../monitor/notify/create-notify.ts';
import { type SendResult, sendRequest } from '../monitor/notify/send-request.ts';
import { createOnDemandProbe } from '../monitor/probe/on-demand.ts';
import type { MonitorRole } from '../monitor/role.ts';
import { openStore } from '../monitor/store/open-store.ts';
import type { MonitorStore } from '../monitor/store/store.ts';
import type { StoreSetting } from '../monitor/store/store-setting.ts';
import type { MonitorView } from '../monitor/view/monitor-view.ts';
import { createPages } from '../monitor/web/html-pages.ts';
import type { ListenFailure } from '../monitor/web/listen-address.ts';
import type { ProbeTarget } from '../monitor/web/probe-route.ts';
import { createWebServer, type WebServer } from '../monitor/web/server.ts';
import { describeInternalError } from './internal-error.ts';
import type { Io } from './io.ts';
import { logEvents } from './monitor-events.ts';
import type { Log, LogLine } from './monitor-log.ts';

export interface RunningMonitor {
  readonly monitor: Monitor;
  /** Begins to check, and to send events. */
  start(): void;
  /** One attempt for every event that is not delivered. */
  notifyOnce(signal: AbortSignal): Promise<void>;
  /** Begins to listen; the origin of the dashboard, or of a worker. */
  serve(options: ServeOptions): Promise<Outcome<string, ListenFailure>>;
  /** Lets running checks end, and closes everything. */
  stop(): Promise<void>;
}

export interface ServeOptions extends Pick<MonitorOptions, 'listen' | 'auth' | 'url'> {
  readonly isDemo?: boolean;
}

/** Throws a UsageError for a store that cannot be opened. */
export async function openMonitorStore(setting: StoreSetting, log: Log, lead = NOT_KEPT): Promise<MonitorStore> {
  const opened = await openStore(setting);
  if (!opened.ok) throw new UsageError(sentence(opened.error.message));
  const { store, note } = opened.value;
  if (note !== null) log({ level: 'warning', event: 'store', message: `${lead}: ${note}` });
  return store;
}

export const NOT_KEPT = 'The history is kept in memory only and is lost when the monitor stops';

interface OpenOptions {
  /** Default: it does. */
  readonly logsEvents?: boolean;
  /** Where users reach the monitor, as configured: for links to its pages. */
  readonly url?: string | null;
  /** Of this process, where several share the store; default: all. */
  readonly role?: MonitorRole;
  /** This process begins to do what one does for all, or ends; never called where it has the store alone. */
  readonly onLead?: (isLeader: boolean) => void;
  /** Another process has recorded the images of clusters, or may have. */
  readonly onListed?: () => void;
}

/** Takes the store: it is closed with the monitor. Throws a UsageError if it cannot be read. */
export async function openMonitor(
  plan: MonitorPlan,
  store: MonitorStore,
  log: Log,
  { clock }: Io,
  { logsEvents = true, url = null, role = 'all', onLead, onListed }: OpenOptions = {},
): Promise<RunningMonitor> {
  const created = await createMonitor({
    plan,
    store,
    clock,
    role,
    ...(onListed && { onListed }),
    onLead(isLeader) {
      if (isLeader) startNotify();
      else void stopNotify(0);
      onLead?.(isLeader);
    },
    onError: (error) => logBug(error, log),
    onStoreFailure: ({ kind, message }) => log({ level: 'error', event: 'store', message, kind }),
    onWorkers: (problem) =>
      log(
        problem === null
          ? { level: 'info', event: 'workers', message: 'A worker is running.' }
          : { level: 'warning', event: 'workers', message: problem },
      ),
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
  const metrics = createMetrics(role === 'worker' ? withoutResources(monitor.view) : monitor.view, {
    kairosMetrics: () => monitor.outbox.plan().kairosMetrics,
  });
  const { outbox } = monitor;
  let server: WebServer | undefined;
  /** Of links in notifications. That of every interface leads nowhere. */
  const pageUrl = (): string | null => url ?? (server === undefined || isEveryAddress(server) ? null : server.origin);
  const probe = createOnDemandProbe(() => {
    const { checker, probeAllow = null } = outbox.plan();
    return { checker, allow: probeAllow };
  }, clock);
  const probeTarget: ProbeTarget = async (target, { accept, ...limit }) => {
    const probed = await probe.check(target, limit);
    return probed.ok ? success(await formatProbe(probed.value, accept)) : probed;
  };
  const createNotifier = (): Notify =>
    createNotify({
      ...{ view: monitor.view, store: outbox.store, writes: outbox.writes, clock, url: pageUrl },
      notifiers: () => outbox.plan().notifiers,
      env: () => outbox.plan().checker.env ?? process.env,
      ca: () => outbox.plan().checker.ca,
      // A process that was frozen may lead no longer, and not know it yet.
      send: async (...call) => (monitor.isLeader() ? sendRequest(...call) : NOT_LEADING),
      onChange: (change) => log(notifierLine(change)),
      onError: (error) => logBug(error, log),
    });
  /** Of the process that sends notifications for all. */
  let notify: Notify | null = null;
  const startNotify = (): void => {
    notify = createNotifier();
    notify.start();
  };
  const stopNotify = async (graceMs?: number): Promise<void> => {
    const ending = notify;
    notify = null;
    await ending?.stop(graceMs);
  };
  monitor.reportNotifications(() => notify?.counts() ?? []);
  return {
    monitor,
    start() {
      monitor.start();
      if (store.shared === null) startNotify();
    },
    notifyOnce: (signal) => (notify ?? createNotifier()).deliverOnce(signal),
    async serve({ listen, auth, url, isDemo = false }) {
      const started = await createWebServer(monitor.view, {
        ...{ listen, auth, url, clock },
        ...(role === 'worker' ? { isWorker: true } : { pages: createPages(monitor.view, { isDemo }) }),
        backUp: (path) => store.backupTo(path),
        metrics: (accept) => metrics.format(accept),
        probe: probeTarget,
        log: (message) => log({ level: 'warning', event: 'web', message }),
      });
      if (!started.ok) return started;
      server = started.value;
      // The URL is that of the processes that show the dashboard.
      return success(role === 'worker' ? server.origin : (url ?? server.origin));
    },
    async stop() {
      await server?.close();
      metrics.close();
      await probe.close();
      await stopNotify();
      await monitor.stop();
      stopLog();
    },
  };
}

/** Another process exposes what all have found: a series must not come twice. */
const withoutResources = (view: MonitorView): MonitorView =>
  Object.create(view, { resources: { value: () => [] } }) as MonitorView;

const NOT_LEADING: SendResult = {
  ...{ isDelivered: false, problem: 'another process sends it', isRefusal: false, isFinal: false, waitMs: 0 },
};

const isEveryAddress = ({ origin }: WebServer): boolean => /^http:\/\/(0\.0\.0\.0|\[::\]):/.test(origin);

function notifierLine({ notifier, problem, isGivenUp }: NotifierChange): LogLine {
  const common = { event: 'notifier', notifier } as const;
  if (problem === null) return { ...common, level: 'info', message: `The notifier ${notifier} works again` };
  const message = isGivenUp
    ? `The notifier ${notifier} did not deliver an event, and it is given up: ${problem}`
    : `The notifier ${notifier} fails: ${problem}; the monitor will retry`;
  return { ...common, level: isGivenUp ? 'error' : 'warning', message };
}

/** In one line, with the stack: the monitor goes on, and the situation may not come back. */
export const logBug = (error: unknown, log: Log): void =>
  log({ level: 'error', event: 'internal-error', message: describeInternalError(error, true).join(' ') });

export const sentence = (message: string): string => message.replace(/\.?$/, '.');
