// `monitor --once`: one check of every resource, recorded in the store; for schedulers such as cron.

import { resolveMonitorOptions } from '../config/monitor-options.ts';
import { EXIT, type ExitCode, exitCodeOf, exitCodeOfRun } from '../core/exit-code.ts';
import { formatCount } from '../core/quantity.ts';
import type { Judgement } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { UsageError } from '../core/usage-error.ts';
import type { OnceCheck } from '../monitor/monitor.ts';
import { formatColumns } from '../report/columns.ts';
import { formatStates } from '../report/states.ts';
import type { Io } from './io.ts';
import { createLog } from './monitor-log.ts';
import { createPoller, listedStart, type Start } from './monitor-serve.ts';
import { openMonitor, openMonitorStore, sentence } from './open-monitor.ts';
import { isTaken } from './sink.ts';
import { colorLevel, supportsUnicode, widthOf } from './terminal.ts';

/** Throws a UsageError if it cannot start, or the reason of the interruption. */
export async function monitorOnce(start: Start, io: Io): Promise<ExitCode> {
  const { choice } = start;
  const { store: setting, url, role } = await resolveMonitorOptions(choice, start.loaded.config, io.env);
  if (role === 'web') throw new UsageError('the role web checks nothing; it cannot be combined with --once.');
  // What is found is the report; the log has only what concerns the monitor itself.
  const log = createLog(io.stderr, { format: choice.log ?? 'text', clock: io.clock });
  const store = await openMonitorStore(setting, log, 'Nothing is recorded');
  const poller = createPoller(start, 'all', log, io);
  const { plan, warnings, clusters } = (await listedStart(start, store, poller, io)).loaded;
  await poller.stop();
  if (clusters.length > 0 && plan.resources.length === 0 && plan.sourceProblems.length > 0) {
    await store.close();
    throw new UsageError(...(plan.sourceProblems as [string]));
  }
  io.stderr.writeLines(...[...warnings, ...plan.sourceProblems].map((problem) => `warning: ${problem}`));
  const running = await openMonitor(plan, store, log, io, { logsEvents: false, url });
  let checks: readonly OnceCheck[];
  try {
    const taken = await running.monitor.takeAll();
    if (!taken.ok) throw new UsageError(sentence(taken.error.message));
    // Where processes share the store, only the one that leads may record it.
    poller.keepIn(running.monitor.outbox.writes);
    checks = await running.monitor.runOnce(io.interruption);
    await running.notifyOnce(io.interruption);
  } finally {
    await running.stop();
  }
  await isTaken(
    choice.log === 'json' ? io.stdout.writeDocument(formatLines(checks)) : io.stdout.writeText(formatTable(checks, io)),
  );
  return exitCodeOfRun(checks.map(codeOf), checks.length);
}

const stateOf = ({ record, result }: OnceCheck): OnceCheck['result']['state'] => record?.state ?? result.state;

/** The hint of a check is about what it found. */
const isJudgedAnew = ({ record, result }: OnceCheck): boolean => record !== null && record.state !== result.state;
const hintOf = (check: OnceCheck): string | null => (isJudgedAnew(check) ? null : check.result.hint);

/** As of a check. A service has one code for every failure. */
function codeOf(check: OnceCheck): ExitCode {
  const { resource, result } = check;
  const state = stateOf(check);
  if (resource.kind !== 'image') {
    return { available: EXIT.ok, unavailable: EXIT.notAsRequested, undetermined: EXIT.undetermined }[state];
  }
  if (state === 'available') return EXIT.ok;
  const expect = resource.expect === 'absent' ? 'absent' : 'present';
  const { verdict, reason, cause } = result;
  // The reason of a monitor for an image that was expected to be absent.
  if (reason === 'present') return EXIT.present;
  const code = exitCodeOf({ verdict, reason, cause } as Judgement, { expect, warnOn: [] });
  // An image that moved is pullable.
  return code === EXIT.ok ? EXIT.notAsRequested : code;
}

const LOOKS = { available: 'pullable', unavailable: 'unpullable', undetermined: 'undetermined' } as const;

/** A pipe gets a line per resource, a terminal the layout of a check's report. */
function formatTable(checks: readonly OnceCheck[], { stdout, env, platform }: Io): string {
  const rows = checks.map((check) => {
    const { resource, result, record } = check;
    const state = stateOf(check);
    const isFine = state === 'available';
    const message = isFine ? '' : cleanText(record?.message ?? result.message);
    return { state, look: LOOKS[state], name: cleanText(resource.name), message, hint: isFine ? null : hintOf(check) };
  });
  const counts = (['available', 'unavailable', 'undetermined'] as const)
    .map((state) => ({ state, count: rows.filter((row) => row.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`);
  const total = `${formatCount(checks.length, 'resource')}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}\n`;
  const width = widthOf(stdout);
  if (width !== undefined) {
    const style = { color: colorLevel('auto', env, stdout), width, unicode: supportsUnicode(env, platform) };
    return `${formatStates(rows, style)}\n${total}`;
  }
  const columns = rows.map(({ state, name, message, hint }) => {
    return [state, name, `${message} ${cleanText(hint ?? '')}`.trim()];
  });
  return formatColumns(columns) + total;
}

const formatLines = (checks: readonly OnceCheck[]): string =>
  checks
    .map((check) => {
      const { resource, result } = check;
      const { id, name, group, kind, target } = resource;
      const { reason, cause, digest, durationMs } = result;
      const message = check.record?.message ?? result.message;
      const [hint, hintCode] = [hintOf(check), isJudgedAnew(check) ? null : result.hintCode];
      const judged = { state: stateOf(check), reason, cause, message, hint, hintCode };
      return `${JSON.stringify({ id, name, group, kind, target, ...judged, digest, durationMs })}\n`;
    })
    .join('');
