// `kairos-pull monitor` and its subcommands: a separate bundle, loaded by this command alone.

import { readConfigText } from '../config/config-file.ts';
import { type LoadedMonitor, loadMonitor } from '../config/load-monitor.ts';
import { type ConfigPlace, locateMonitorConfig } from '../config/monitor-config.ts';
import { type MonitorChoice, readMonitorChoice, resolveMonitorOptions } from '../config/monitor-options.ts';
import { createKnownSources, type KnownSources } from '../config/monitor-resources.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { formatResources } from './monitor-list.ts';
import type { MonitorInvocation } from './program.ts';
import { isTaken } from './sink.ts';

/** Throws a UsageError. */
export async function runMonitor({ flags }: MonitorInvocation, io: Io): Promise<ExitCode> {
  const inputs = { flags, env: io.env };
  const choice = readMonitorChoice(inputs);
  const place = locateMonitorConfig(inputs, io.cwd());
  const known = createKnownSources();
  const loaded = await load(place, known, io);
  if (choice.mode === 'check-config') return checkConfig(loaded, choice, io);
  return EXIT.ok;
}

async function load(place: ConfigPlace, known: KnownSources, { env, clock, interruption }: Io): Promise<LoadedMonitor> {
  const text = await readConfigText(place, interruption);
  return loadMonitor(text, place, { env, nowMs: clock.now(), signal: interruption, known });
}

async function checkConfig(
  { plan, warnings, config }: LoadedMonitor,
  choice: MonitorChoice,
  io: Io,
): Promise<ExitCode> {
  const problems = [...warnings, ...plan.sourceProblems];
  io.stderr.writeLines(...problems.map((problem) => `warning: ${problem}`));
  await resolveMonitorOptions(choice, config, io.env);
  await isTaken(io.stdout.writeText(formatResources(plan)));
  return EXIT.ok;
}
