// `kairos-pull check`: settings, images, checker, results, reports, exit code, one after the other.

import { createChecker as createRealChecker } from '../check/checker.ts';
import type { CheckerOptions } from '../check/checker-options.ts';
import { readCheckerOptions } from '../config/checker-options.ts';
import { readConfigFile } from '../config/config-file.ts';
import { resolveConflicts } from '../config/conflicts.ts';
import { inputOptions } from '../config/input-options.ts';
import { resolveSettings } from '../config/resolve.ts';
import { SETTING_NAMES } from '../config/setting.ts';
import { createSettingParsers } from '../config/setting-parsers.ts';
import { formatWait } from '../core/quantity.ts';
import { isUsageError, UsageError } from '../core/usage-error.ts';
import type { FoundSecret } from '../credentials/pull-secret.ts';
import type { OnPullSecret } from '../input/collect.ts';
import { type Collection, collect } from '../input/collect.ts';
import { FORMATS } from '../report/format.ts';
import type { RunOptions } from '../report/reporter.ts';
import { type CreateChecker, checkImages, type Work } from './check-images.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { NO_PULL_SECRETS, NOTHING_NAMED } from './help-text.ts';
import { listImages } from './images-command.ts';
import { unlessInterrupted } from './interruption.ts';
import { type Io, readStdin } from './io.ts';
import { readLogin } from './login.ts';
import { openOutputs } from './outputs.ts';
import { formatExpired, formatProblem } from './problem.ts';
import type { Flags } from './program.ts';
import { remarkOn } from './remark.ts';
import { createRun } from './run.ts';
import { setV8Flags } from './v8-flags.ts';

export interface Collaborators {
  readonly createChecker: CreateChecker;
}

/** Answers with the exit code. An interruption at any time still leaves the reports of what was found. */
export async function runCheck(
  { images, flags }: { images: readonly string[]; flags: Flags },
  io: Io,
  { createChecker = createRealChecker }: Partial<Collaborators> = {},
): Promise<number> {
  setV8Flags();
  const { interruption } = io;
  const reading = readConfigFile({ flags, env: io.env }, io.folder(), interruption);
  const file = await unlessInterrupted(reading, interruption);
  const resolved = resolveSettings(SETTING_NAMES, createSettingParsers(FORMATS), {
    flags,
    env: io.env,
    fileValues: file?.values,
  });
  const settings = resolveConflicts(resolved);
  if (images.length === 0 && settings.file.length === 0 && !interruption.aborted) {
    throw new UsageError(...NOTHING_NAMED);
  }
  if (settings.dryRun) return listImages({ images, flags }, io, { isDryRun: true });

  const end = new AbortController();
  const signal = AbortSignal.any([interruption, end.signal]);
  const stdin = () => readStdin(io, signal);
  const pullSecrets: FoundSecret[] | undefined = settings.usePullSecrets ? [] : undefined;
  const readOptions = async (): Promise<CheckerOptions> => {
    const read = await readCheckerOptions({ settings, sources: resolved.sources, file, env: io.env, signal });
    return { ...read, pullSecrets };
  };
  const options = await unlessInterrupted(readOptions(), interruption);
  const onPullSecret: OnPullSecret | undefined =
    pullSecrets && ((secret, source) => pullSecrets.push({ secret, file: source === '-' ? 'standard input' : source }));
  const inputs = { images, files: settings.file, ...inputOptions(resolved, io.env), onPullSecret };
  const nowMs = io.clock.now();
  const collection = await collect({ ...inputs, ignore: file?.ignore, search: file?.search, nowMs, stdin, signal });
  io.stderr.writeLines(...formatExpired(file?.ignore, nowMs));
  const login = await unlessInterrupted(readLogin(settings, images, stdin), interruption);
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
  const run = createRun(settings, io.clock, collection.known.length);
  let hasWaited = false;
  try {
    if (options !== undefined && !interruption.aborted) {
      const work: Work = { collection, settings, options: { ...options, login }, run, outputs, signal };
      hasWaited = await checkImages(work, io, createChecker);
    }
  } catch (error) {
    const exitCode = isUsageError(error) ? EXIT.usage : EXIT.bug;
    // The first error is the one to tell; a second one, from the report, would hide it.
    await outputs.end(run.report(exitCode)).catch(() => undefined);
    throw error;
  } finally {
    end.abort();
  }
  await tellProblems();
  const readAll = collection.problems.length === 0;
  const exitCode = interruption.aborted ? EXIT.interrupted : readAll ? run.exitCode() : EXIT.usage;
  const report = run.report(exitCode);
  if (report.summary.total === 0 && readAll && exitCode === EXIT.usage) {
    for (const source of settings.file) await outputs.tell({ source, message: 'No image was found in it.' });
  }
  await outputs.end(report);
  if (pullSecrets?.length === 0 && !interruption.aborted) io.stderr.writeLines(NO_PULL_SECRETS);
  if (hasWaited) io.stderr.writeLines(`Waited ${formatWait(report.durationMs)}.`);
  const remark = remarkOn(report, settings, run.forgiven());
  if (remark !== undefined) io.stderr.writeLines(remark);
  return exitCode;
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
