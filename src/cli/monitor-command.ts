// `kairos-pull monitor` and its subcommands: a separate bundle, loaded by this command alone.

import { readConfigText } from '../config/config-file.ts';
import { type LoadedMonitor, loadMonitor } from '../config/load-monitor.ts';
import { locateMonitorConfig } from '../config/monitor-config.ts';
import { type MonitorChoice, readMonitorChoice, resolveMonitorOptions } from '../config/monitor-options.ts';
import { createKnownSources } from '../config/monitor-resources.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { UsageError } from '../core/usage-error.ts';
import { checkStore } from '../monitor/store/open-store.ts';
import type { Io } from './io.ts';
import { exportStore } from './monitor-client.ts';
import { demonstrateMonitor } from './monitor-demo.ts';
import { askHealth } from './monitor-health.ts';
import { formatMonitor, formatResources } from './monitor-list.ts';
import { testNotify } from './monitor-notify-test.ts';
import { monitorOnce } from './monitor-once.ts';
import { type Start, serveMonitor } from './monitor-serve.ts';
import { NOT_KEPT, sentence } from './open-monitor.ts';
import type { MonitorInvocation } from './program.ts';
import { isTaken } from './sink.ts';
import { widthOf } from './terminal.ts';

/** Throws a UsageError. */
export async function runMonitor({ action, flags, path = '' }: MonitorInvocation, io: Io): Promise<ExitCode> {
  const choice = readMonitorChoice({ flags, env: io.env });
  if (action === 'health') return askHealth(flags, choice, io);
  if (action === 'export') return exportStore(path, flags, choice, io);
  try {
    if (action === 'notify-test') return await testNotify((await prepare(flags, choice, io)).loaded, choice, io);
    if (choice.mode === 'demo') return await demonstrateMonitor(choice, io);
    const start = await prepare(flags, choice, io);
    if (choice.mode === 'check-config') return await listResources(start.loaded, choice, io);
    if (choice.mode === 'once') return await monitorOnce(start, io);
    return await serveMonitor(start, io);
  } catch (error) {
    // To end it is no failure, even before it has started.
    if (io.interruption.aborted && (choice.mode === 'serve' || choice.mode === 'demo')) return EXIT.ok;
    throw error;
  }
}

async function prepare(flags: MonitorInvocation['flags'], choice: MonitorChoice, io: Io): Promise<Start> {
  const { env, clock, interruption } = io;
  const place = locateMonitorConfig({ flags, env }, io.cwd());
  const known = createKnownSources();
  const text = await readConfigText(place, interruption);
  const loaded = await loadMonitor(text, place, { env, nowMs: clock.now(), signal: interruption, known });
  return { place, text, loaded, known, choice };
}

async function listResources(
  { plan, warnings, config, clusters }: LoadedMonitor,
  choice: MonitorChoice,
  io: Io,
): Promise<ExitCode> {
  io.stderr.writeLines(...[...warnings, ...plan.sourceProblems].map((problem) => `warning: ${problem}`));
  const options = await resolveMonitorOptions(choice, config, io.env);
  const checked = await checkStore(options.store);
  if (!checked.ok) throw new UsageError(sentence(checked.error.message));
  const { location, note } = checked.value;
  if (note !== null) io.stderr.writeLines(`warning: ${NOT_KEPT}: ${note}`);
  const shown = { ...options, store: { ...options.store, location } };
  const width = widthOf(io.stdout);
  await isTaken(
    io.stdout.writeText(`${formatResources(plan, width)}\n${formatMonitor(shown, plan, { clusters, width })}`),
  );
  return EXIT.ok;
}
