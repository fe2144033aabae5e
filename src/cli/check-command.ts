// `kairos-pull check`: settings, images, checker, results, reports, exit code, one after the other.

import type { FoundSecret } from '../auth/pull-secret.ts';
import { type Checker, createChecker as createRealChecker, type Surroundings } from '../check/checker.ts';
import type { CheckerOptions } from '../check/checker-options.ts';
import { challengeFileIn } from '../config/challenge-file.ts';
import { readCheckerOptions } from '../config/checker-options.ts';
import { readConfigFile } from '../config/config-file.ts';
import { settleSettings } from '../config/contradiction.ts';
import { inputOptions } from '../config/input-options.ts';
import { resolveSettings } from '../config/resolve.ts';
import { createSchema, type Settings } from '../config/schema.ts';
import { SETTING_NAMES } from '../config/setting.ts';
import type { Result } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { UsageError } from '../core/usage-error.ts';
import { type Collection, collect } from '../input/collect.ts';
import type { OnPullSecret } from '../input/pull-secret-match.ts';
import type { RunOptions } from '../report/reporter.ts';
import { FORMATS } from '../report/reporters.ts';
import { formatSteps } from '../report/steps.ts';
import { supportsUnicode } from '../report/unicode.ts';
import { collectOften } from './collect-often.ts';
import { formatCrash } from './crash.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { NO_PULL_SECRETS, NOTHING_NAMED } from './help-text.ts';
import { listImages } from './images-command.ts';
import { type Io, readStdin } from './io.ts';
import { readLogin } from './login.ts';
import { type Outputs, openOutputs } from './outputs.ts';
import { delayParserOptimisation } from './parser-optimisation.ts';
import { formatExpired, formatProblem } from './problem.ts';
import type { Flags } from './program.ts';
import { createProgressLine, type ProgressLine } from './progress-line.ts';
import { createQuotaWarning } from './quota-warning.ts';
import { remarkOn } from './remark.ts';
import { createRun, type Run } from './run.ts';
import { colorLevel } from './terminal.ts';
import { checkUntilSettled, formatPause, formatRoughly, isSettled, type Pause } from './wait.ts';

export interface Collaborators {
  readonly createChecker: (options: CheckerOptions, surroundings: Surroundings) => Checker;
}

/** Answers with the exit code. */
export async function runCheck(
  { images, flags }: { images: readonly string[]; flags: Flags },
  io: Io,
  { createChecker = createRealChecker }: Partial<Collaborators> = {},
): Promise<number> {
  collectOften();
  const file = await readConfigFile({ flags, env: io.env }, io.folder(), io.interruption);
  const given = { flags, env: io.env, written: file?.written };
  const resolved = resolveSettings(SETTING_NAMES, createSchema(FORMATS), given);
  const settings = settleSettings(resolved);
  if (images.length === 0 && settings.file.length === 0) throw new UsageError(...NOTHING_NAMED);
  if (settings.dryRun) return listImages({ images, flags }, io, { isDryRun: true });

  const end = new AbortController();
  const signal = AbortSignal.any([io.interruption, end.signal]);
  const stdin = () => readStdin(io, signal);
  const options = await readCheckerOptions(settings, resolved.sources, file?.registries, signal);
  const pullSecrets: FoundSecret[] | undefined = settings.usePullSecrets ? [] : undefined;
  const onPullSecret: OnPullSecret | undefined =
    pullSecrets && ((secret, source) => pullSecrets.push({ secret, file: source === '-' ? 'standard input' : source }));
  const inputs = { images, files: settings.file, ...inputOptions(resolved, io.env), onPullSecret };
  const nowMs = io.clock.now();
  const collection = await collect({ ...inputs, ignore: file?.ignore, search: file?.search, nowMs, stdin, signal });
  io.stderr.writeLines(...formatExpired(file?.ignore, nowMs));
  const login = await readLogin(settings, images, stdin);
  const { color, quiet, verbose, expect, warnOn } = settings;
  if (verbose && file !== undefined) io.stderr.writeLines(`settings from ${file.name}`);
  const outputs = await openOutputs(
    settings.output,
    {
      color,
      quiet,
      verbose,
      expect,
      warnOn,
      ...placesIn(io),
      ...columnsFor(collection),
      fails: (judgement) => exitCodeOf(judgement, settings) !== EXIT.ok,
    },
    io,
  );

  let told = 0;
  const tellProblems = async () => {
    for (const problem of collection.problems.slice(told)) {
      io.stderr.writeLines(formatProblem(problem));
      await outputs.tell(problem);
    }
    told = collection.problems.length;
  };
  await tellProblems();
  const quota = createQuotaWarning({ proof: options.proof, platforms: options.platforms ?? [] });
  const run = createRun(settings, io.clock, collection.known.length);
  const progressLine = createProgressLine(io, run.progress);
  const tell = (line: string) => progressLine.around(async () => io.stderr.writeLines(line));
  let hasWaited = false;
  const onPause = async (pause: Pause) => {
    hasWaited = true;
    if (verbose || io.stderr.isTTY) await tell(formatPause(pause));
  };
  delayParserOptimisation();
  const challengeFile = challengeFileIn(io.env);
  const checker = createChecker(
    { ...options, login, pullSecrets, challengeFile, env: io.env },
    {
      onPause: run.pause,
      onCrash: (error) => {
        if (verbose || io.env.KAIROS_PULL_DEBUG) void tell(formatCrash(error, true).trimEnd());
      },
      onRateLimit: (told) => {
        const warning = quota.onRateLimit(told);
        if (warning !== undefined) void tell(warning);
      },
    },
  );
  for (const target of collection.known) quota.expect(target);
  try {
    const targets = run.watch(allOf(collection, quota.expect));
    await writeResults(
      resultsOf(checker, targets, settings, { signal, io, onPause }),
      run,
      outputs,
      progressLine,
      settings,
      io,
    );
  } catch (error) {
    if (!io.interruption.aborted) {
      const exitCode = error instanceof UsageError ? EXIT.usage : EXIT.bug;
      // The first error is the one to tell; a second one, from the report, would hide it.
      await outputs.end(run.report(exitCode)).catch(() => undefined);
      throw error;
    }
  } finally {
    end.abort();
    await checker.close();
  }
  await tellProblems();
  const readAll = collection.problems.length === 0;
  const exitCode = io.interruption.aborted ? EXIT.interrupted : readAll ? run.exitCode() : EXIT.usage;
  const report = run.report(exitCode);
  if (report.summary.total === 0 && readAll && exitCode === EXIT.usage) {
    for (const source of settings.file) await outputs.tell({ source, message: 'No image was found in it.' });
  }
  await outputs.end(report);
  if (pullSecrets?.length === 0) io.stderr.writeLines(NO_PULL_SECRETS);
  if (hasWaited) io.stderr.writeLines(`Waited ${formatRoughly(report.durationMs)}.`);
  const remark = remarkOn(report, settings, run.forgiven());
  if (remark !== undefined) io.stderr.writeLines(remark);
  return exitCode;
}

/** Results as they come; ends early when nobody reads any more. */
async function writeResults(
  results: AsyncIterable<Result>,
  run: Run,
  outputs: Outputs,
  progressLine: ProgressLine,
  { color, verbose }: Settings,
  io: Io,
): Promise<void> {
  const look = { color: colorLevel(color, io.env, io.stderr), unicode: supportsUnicode(io.env, io.platform) };
  try {
    for await (const result of results) {
      run.add(result);
      const isRead = await progressLine.around(async () => {
        if (verbose) await io.stderr.writeText(formatSteps(result, look));
        return outputs.write(result);
      });
      if (!isRead) return;
    }
  } finally {
    progressLine.close();
  }
}

async function* resultsOf(
  checker: Checker,
  targets: AsyncIterable<Target>,
  settings: Settings,
  { signal, io, onPause }: { signal: AbortSignal; io: Io; onPause: (pause: Pause) => Promise<void> },
): AsyncGenerator<Result> {
  if (settings.wait === undefined) {
    yield* checker.checkAll(targets, { signal });
    return;
  }
  const all: Target[] = [];
  for await (const target of targets) all.push(target);
  yield* checkUntilSettled(all, (some) => checker.checkAll(some, { signal }), {
    waitMs: settings.wait,
    isSettled: (result) => isSettled(result, settings),
    signal,
    clock: io.clock,
    onPause,
  });
}

async function* allOf({ known, coming }: Collection, onComing: (target: Target) => void): AsyncGenerator<Target> {
  yield* known;
  if (coming === undefined) return;
  for await (const target of coming) {
    onComing(target);
    yield target;
  }
}

/** Where pipelines count file names from. */
const placesIn = ({ env, folder }: Io): Pick<RunOptions, 'cwd' | 'repository'> => ({
  cwd: folder(),
  repository: env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR || undefined,
});

/** What decides the columns of the text report, when it is known before the first result. */
function columnsFor({ known, coming }: Collection): { count?: number; longestInput?: number } {
  if (coming !== undefined) return {};
  return { count: known.length, longestInput: known.reduce((longest, { text }) => Math.max(longest, text.length), 0) };
}
