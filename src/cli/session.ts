// The output of a check: reports, progress line and notes, on standard output, standard error and in files.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CheckerObservers } from '../check/checker.ts';
import { EXIT, type ExitCode, exitCodeOf, type Policy } from '../core/exit-code.ts';
import type { Report } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { isUsageError } from '../core/usage-error.ts';
import type { Collection } from '../input/collect.ts';
import { displayWidth } from '../report/display-width.ts';
import { createQuotaWatch } from './cost.ts';
import { describeInternalError } from './internal-error.ts';
import type { Io } from './io.ts';
import { explainMisread } from './misread-operand.ts';
import { formatExpired, formatProblem, formatQuotaWarning, formatRemark, NO_IMAGES, NO_PULL_SECRETS } from './notes.ts';
import { type OutputOptions, openOutputs } from './outputs.ts';
import type { CheckPlan } from './prepare.ts';
import { canDraw, createProgressLine, progressText } from './progress-line.ts';
import { createRunTally } from './run-tally.ts';
import { isSettled, type Pause } from './wait.ts';
import { createWaitNotes } from './wait-notes.ts';

export interface Session {
  readonly observers: CheckerObservers;
  /** The images to check; they are counted for the progress line and the quota warning. */
  readonly targets: () => AsyncGenerator<Target>;
  /** Called before each pause of `--wait`. */
  readonly onWait: (pause: Pause) => Promise<void>;
  /** Resolves to false if no reader is left. Rejects if an output cannot be written. */
  readonly write: (result: Result) => Promise<boolean>;
  /** Ends the reports of a run that failed with this error. */
  readonly abandon: (error: unknown) => Promise<void>;
  readonly finish: () => Promise<ExitCode>;
}

const RESULTS_PER_TURN = 50;

/** Throws a UsageError for an output that cannot be written. */
export async function openSession(plan: CheckPlan, io: Io): Promise<Session> {
  const { settings, configFile, collection, checkerOptions, pullSecrets } = plan;
  const { verbose } = settings;
  const { stderr, interruption } = io;
  stderr.writeLines(...formatExpired(configFile?.ignore, io.clock.now()));
  const outputs = await openOutputs(settings.output, reportOptions(plan, io), io);

  let reported = 0;
  const reportProblems = async () => {
    for (const problem of collection.problems.slice(reported)) {
      stderr.writeLines(formatProblem(problem));
      await outputs.writeProblem(problem);
    }
    reported = collection.problems.length;
  };
  await reportProblems();

  const tally = createRunTally(settings, io.clock, collection.known.length, collection.elsewhere);
  const quota = createQuotaWatch({ proof: checkerOptions?.proof, platforms: checkerOptions?.platforms ?? [] });
  for (const target of collection.known) quota.expect(target);
  const isVerbose = Boolean(verbose);
  const waitNotes = createWaitNotes(settings.wait, io.clock, { isDrawn: canDraw(io, isVerbose), isVerbose });
  const textOf = (width: number, unicode: boolean) =>
    waitNotes.line(width, unicode) ?? progressText(tally.progress(), width, unicode);
  const progressLine = createProgressLine(io, textOf, isVerbose);
  const note = (...lines: readonly string[]) => progressLine.around(async () => stderr.writeLines(...lines));
  // Loaded on demand: without --verbose it costs nothing.
  const eventLog = isVerbose ? (await import('./event-log.ts')).createEventLog(plan, io) : undefined;
  const reportOf = (exitCode: ExitCode): Report => ({
    ...tally.report(exitCode),
    leftOut: collection.leftOut,
    // Each shard of a cluster lists it at its own time.
    shard: settings.shard && { ...settings.shard, batch: settings.from === undefined ? collection.batch() : null },
  });
  let written = 0;
  /** Of the first operand that may be meant otherwise. */
  let misread: string | undefined;
  return {
    observers: {
      onPause: tally.pause,
      onEvent: eventLog?.onEvent,
      onCrash: (error) => {
        if (verbose || io.env.KAIROS_PULL_DEBUG) void note(...describeInternalError(error, true));
      },
      onRateLimit: (reading) => {
        const shortage = quota.onRateLimit(reading);
        if (shortage !== undefined) void note(formatQuotaWarning(shortage));
      },
    },
    targets: () => tally.watch(targetsOf(collection, quota.expect)),
    async onWait(pause) {
      const line = waitNotes.onPause(pause);
      await note(...(line === undefined ? [] : [line]));
    },
    async write(checked) {
      const result = withoutAdvice(checked, settings);
      written += 1;
      if (settings.wait !== undefined && !isSettled(checked, settings)) waitNotes.onUnsettled(checked);
      // Images without a request settle without a pause: let signals and timers run in between.
      if (written % RESULTS_PER_TURN === 0) await nextTurn();
      tally.add(result);
      misread ??= await explainMisread(result, plan.images);
      return progressLine.around(() => outputs.write(result));
    },
    async abandon(error) {
      progressLine.close();
      eventLog?.close();
      // Only the first error is reported: one of the reports must not hide it.
      await outputs.end(reportOf(isUsageError(error) ? EXIT.usage : EXIT.bug)).catch(() => undefined);
    },
    async finish() {
      progressLine.close();
      eventLog?.close();
      await reportProblems();
      const readAll = collection.problems.length === 0;
      const exitCode = interruption.aborted ? EXIT.interrupted : readAll ? tally.exitCode() : EXIT.usage;
      const report = reportOf(exitCode);
      if (report.summary.total === 0 && readAll && exitCode === EXIT.usage) {
        for (const source of settings.file) await outputs.writeProblem({ source, message: NO_IMAGES });
      }
      await outputs.end(report);
      if (pullSecrets?.length === 0 && !interruption.aborted) stderr.writeLines(NO_PULL_SECRETS);
      const waited = waitNotes.ending(exitCode, report.durationMs);
      const hasSaidAll = exitCode === EXIT.interrupted && waited.length > 0;
      stderr.writeLines(
        ...waited,
        ...(hasSaidAll
          ? []
          : formatRemark(report, { ...settings, problems: collection.problems, readAs: collection.readAs }, tally)),
        ...(misread === undefined || exitCode === EXIT.ok || exitCode === EXIT.interrupted ? [] : [misread]),
      );
      return exitCode;
    },
  };
}

/** An expected absence is no mistake that a hint could correct. */
function withoutAdvice(result: Result, policy: Policy): Result {
  const isExpected =
    policy.expect === 'absent' && result.verdict === 'unpullable' && exitCodeOf(result, policy) === EXIT.ok;
  return isExpected ? { ...result, hint: null, hintCode: null } : result;
}

async function* targetsOf({ known, coming }: Collection, onComing: (target: Target) => void) {
  yield* known;
  if (coming === undefined) return;
  for await (const target of coming) {
    onComing(target);
    yield target;
  }
}

function reportOptions({ settings, collection: { known, coming } }: CheckPlan, { env, cwd }: Io): OutputOptions {
  const { color, quiet, verbose, expect, warnOn } = settings;
  const options: OutputOptions = {
    color,
    quiet,
    verbose: Boolean(verbose),
    expect,
    warnOn,
    cwd: cwd(),
    repository: env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR || undefined,
    fails: (judgement) => exitCodeOf(judgement, settings) !== EXIT.ok,
  };
  // The columns of the text report can be computed unless images come from standard input.
  if (coming !== undefined) return options;
  return { ...options, count: known.length, inputWidths: known.map(({ text }) => displayWidth(text)) };
}
