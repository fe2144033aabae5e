// `monitor notify-test`: one test event for each notifier of the config file, and what became of it.

import type { LoadedMonitor } from '../config/load-monitor.ts';
import { type MonitorChoice, resolveMonitorOptions } from '../config/monitor-options.ts';
import { EXIT, type ExitCode } from '../core/exit-code.ts';
import { formatCount } from '../core/quantity.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import { testNotifiers } from '../monitor/notify/test-notifiers.ts';
import { formatColumns } from '../report/columns.ts';
import type { Io } from './io.ts';
import { isTaken } from './sink.ts';

/** Throws a UsageError if there is no notifier, or the reason of the interruption. */
export async function testNotify(
  { plan, warnings, config }: LoadedMonitor,
  choice: MonitorChoice,
  io: Io,
): Promise<ExitCode> {
  const { url } = await resolveMonitorOptions(choice, config, io.env);
  io.stderr.writeLines(...warnings.map((problem) => `warning: ${problem}`));
  const { notifiers, checker } = plan;
  if (notifiers.length === 0) throw new UsageError(`${config.name} has no notifiers: add them under monitor.notify.`);
  const { env = io.env, ca } = checker;
  const tested = await testNotifiers(notifiers, io.interruption, { clock: io.clock, env, ca, url });
  const rows = tested.map(({ notifier: { name, kind }, problem }) => [
    problem === null ? 'delivered' : 'failed',
    cleanText(name),
    kind,
    problem ?? '',
  ]);
  const failed = tested.filter(({ problem }) => problem !== null).length;
  const count = formatCount(tested.length, 'notifier');
  await isTaken(io.stdout.writeText(`${formatColumns(rows)}${count}${failed === 0 ? '' : `, ${failed} failed`}\n`));
  return failed === 0 ? EXIT.ok : EXIT.unhealthy;
}
