// Runs the monitor until a signal ends it: the schedule, the web server, and reloads.

import { readConfigText } from '../config/config-file.ts';
import { type LoadedMonitor, loadMonitor } from '../config/load-monitor.ts';
import type { ConfigPlace } from '../config/monitor-config.ts';
import { type MonitorChoice, resolveMonitorOptions } from '../config/monitor-options.ts';
import type { KnownSources } from '../config/monitor-resources.ts';
import { fingerprintOf } from '../config/source-fingerprint.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { formatCount } from '../core/quantity.ts';
import { UsageError } from '../core/usage-error.ts';
import { describeChanges } from '../monitor/engine/plan-changes.ts';
import type { MonitorOptions } from '../monitor/monitor-options.ts';
import type { MonitorRole } from '../monitor/role.ts';
import type { MonitorStore } from '../monitor/store/store.ts';
import { formatStore, isMemory } from '../monitor/store/store-setting.ts';
import { unknownVariables } from './doubtful-settings.ts';
import { unlessInterrupted } from './interruption.ts';
import type { Io } from './io.ts';
import { type ClusterPart, type ClusterPoller, createClusterPoller } from './monitor-clusters.ts';
import { createLog, type Log } from './monitor-log.ts';
import { createReloader, describeRefusal, type Reloader } from './monitor-reload.ts';
import { logBug, openMonitor, openMonitorStore, type RunningMonitor, sentence } from './open-monitor.ts';
import { sourceLines } from './source-problems.ts';

export interface Start {
  readonly place: ConfigPlace;
  /** Of the config file. */
  readonly text: string;
  readonly loaded: LoadedMonitor;
  readonly known: KnownSources;
  readonly choice: MonitorChoice;
}

/** Throws a UsageError if it cannot start. */
export async function serveMonitor(given: Start, io: Io): Promise<ExitCode> {
  const { choice } = given;
  const fixed = await resolveMonitorOptions(choice, given.loaded.config, io.env);
  const log = createLog(io.stdout, { format: choice.log, clock: io.clock });
  for (const warning of unknownVariables(io.env)) {
    log({ level: 'warning', event: 'variable', message: warning.replace(/^warning: /, '') });
  }
  // Before the store is read: what changes meanwhile is found.
  const files = await fingerprintOf(given.loaded.sources, io.interruption);
  const store = await openMonitorStore(fixed.store, log);
  const part = store.shared === null ? 'all' : fixed.role === 'web' ? 'shows' : 'checks';
  const poller = createPoller(given, part, log, io);
  const start = await listedStart(given, store, poller, io);
  const { loaded, known } = start;
  const print = `${files} ${known.clusters.version}`;
  const options = { ...fixed, plan: loaded.plan };
  const running = await openMonitor(options.plan, store, log, io, {
    url: options.url,
    role: options.role,
    onLead: poller.lead,
    onListed: () => void poller.readRecord(store).catch((error) => logBug(error, log)),
  });
  poller.keepIn(running.monitor.outbox.writes);
  try {
    const listening = await running.serve(options);
    if (!listening.ok) throw new UsageError(sentence(listening.error.message));
    const place = isMemory(store.location) ? 'memory' : formatStore(options.store.location);
    logStart(loaded, place, { origin: listening.value, role: options.role }, log);
    running.start();
    const reloader = startReloader(start, options, { print, poller, store }, running, log, io);
    io.onHangup(() => {
      poller.refresh();
      reloader.request();
    });
    await unlessInterrupted(new Promise<never>(() => undefined), io.interruption);
    io.onHangup(() => undefined);
    log({ level: 'info', event: 'stopping', message: 'Stopping.' });
    await reloader.stop();
  } finally {
    await poller.stop();
    await running.stop();
  }
  log({ level: 'info', event: 'stopped', message: 'Stopped.' });
  return EXIT.ok;
}

export const createPoller = (
  { known }: Start,
  part: ClusterPart,
  log: Log,
  { env, clock, interruption: signal }: Io,
): ClusterPoller =>
  createClusterPoller({ clock, env, known: known.clusters, part, signal, onError: (error) => logBug(error, log) });

/** With the images of its clusters: as they are now, or as an earlier run knew them. */
export async function listedStart(
  start: Start,
  store: MonitorStore,
  poller: ClusterPoller,
  { env, clock, interruption: signal }: Io,
): Promise<Start> {
  const { text, place, known, loaded } = start;
  if (loaded.clusters.length === 0) return start;
  try {
    await poller.readRecord(store, loaded.clusters);
    await poller.watch(loaded.clusters);
    return { ...start, loaded: await loadMonitor(text, place, { env, nowMs: clock.now(), signal, known }) };
  } catch (error) {
    await poller.stop();
    await store.close();
    throw error;
  }
}

function logStart(
  { plan, warnings, config }: LoadedMonitor,
  store: string,
  { origin, role }: { readonly origin: string; readonly role: MonitorRole },
  log: Log,
): void {
  for (const message of [...warnings, ...plan.sourceProblems])
    log({ level: 'warning', event: 'configuration', message });
  const resources = formatCount(plan.resources.length, 'resource');
  // A worker serves health and metrics only.
  const shown = role === 'worker' ? `metrics at ${origin}/metrics` : `dashboard at ${origin}/`;
  log({
    ...{ level: 'info', event: 'started', url: `${origin}/`, store, config: config.name },
    message: `${resources} of ${config.name}; ${shown}, history in ${store}`,
  });
}

function startReloader(
  { place, text, loaded, known, choice }: Start,
  options: MonitorOptions,
  { print, poller, store }: { readonly print: string; readonly poller: ClusterPoller; readonly store: MonitorStore },
  { monitor }: RunningMonitor,
  log: Log,
  { env, clock, interruption: signal }: Io,
): Reloader {
  let shown = loaded;
  return createReloader(
    { text, loaded, print },
    {
      clock,
      read: () => readConfigText(place, signal),
      async load(changed) {
        const next = await loadMonitor(changed, place, { env, nowMs: clock.now(), signal, known });
        await resolveMonitorOptions(choice, next.config, env);
        return next;
      },
      fingerprint: async (sources) => `${await fingerprintOf(sources, signal)} ${known.clusters.version}`,
      async apply(next, isReload) {
        const applied = await monitor.applyPlan(next.plan, { isReload });
        if (!applied.ok) return applied;
        if (isReload) {
          const watching = poller.watch(next.clusters).then(() => poller.readRecord(store));
          watching.catch((error) => logBug(error, log));
        }
        logReload(shown, next, isReload, log);
        if (isReload) warnOfRestart(options, await resolveMonitorOptions(choice, next.config, env), log);
        shown = next;
        return applied;
      },
      async refuse({ message, examples }) {
        log({ level: 'error', event: 'reload', message: `Not reloaded, the previous configuration stays: ${message}` });
        for (const other of examples) log({ level: 'error', event: 'reload', message: other });
        await monitor.refuseReload(describeRefusal({ message, examples }));
      },
      onError: (error) => logBug(error, log),
    },
  );
}

function logReload(before: LoadedMonitor, { plan, warnings }: LoadedMonitor, isReload: boolean, log: Log): void {
  const { text, ...counts } = describeChanges(before.plan, plan);
  const what = isReload ? 'The configuration was reloaded' : 'The images of files and clusters have changed';
  // A source that cannot be read, or can be read again, has its own lines.
  if (isReload || counts.added + counts.removed + counts.changed > 0) {
    log({ level: 'info', event: isReload ? 'reload' : 'sources', message: `${what}: ${text}`, ...counts });
  }
  const old = isReload ? [] : before.warnings;
  for (const message of warnings.filter((one) => !old.includes(one))) {
    log({ level: 'warning', event: 'configuration', message });
  }
  for (const line of sourceLines(before.plan.sourceProblems, plan.sourceProblems)) log(line);
}

/** Not everything changes with a reload. */
function warnOfRestart(running: Omit<MonitorOptions, 'plan'>, next: Omit<MonitorOptions, 'plan'>, log: Log): void {
  const changed = (['listen', 'store', 'role', 'auth', 'url'] as const).filter(
    (name) => JSON.stringify(running[name]) !== JSON.stringify(next[name]),
  );
  for (const name of changed) {
    log({
      level: 'warning',
      event: 'configuration',
      message: `monitor.${name} has changed; restart the monitor to use it`,
    });
  }
}
