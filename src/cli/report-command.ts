// `kairos-pull report merge`: reads the reports of several runs, and writes one.

import { parseReportFile, type ReportFile } from '../config/report-file.ts';
import { resolveSettings } from '../config/resolve.ts';
import { createSettingParsers } from '../config/setting-parsers.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../core/exit-code.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { readFileBytes } from '../file/read-file.ts';
import { displayWidth } from '../report/display-width.ts';
import { FORMATS } from '../report/format.ts';
import type { Io } from './io.ts';
import { mergeReports, type NamedReport } from './merge-reports.ts';
import { formatProblem, formatRemark } from './notes.ts';
import { openOutputs } from './outputs.ts';
import type { ReportInvocation } from './program.ts';
import { createRunTally } from './run-tally.ts';
import { readStdin } from './stdin.ts';
import { setV8Flags } from './v8-flags.ts';

/** As large as a text of V8 can be, of bytes. */
const MAX_BYTES = 500 * 1024 * 1024;

/** Throws a UsageError. */
export async function mergeReportFiles({ paths, flags }: ReportInvocation, io: Io): Promise<ExitCode> {
  setV8Flags();
  const { env } = io;
  const parsers = createSettingParsers(FORMATS);
  const { values: settings } = resolveSettings(['output', 'color', 'quiet'], parsers, { flags, env });
  const files: NamedReport[] = [];
  for (const path of paths) files.push({ path: hideUserinfo(path), ...(await readReport(path, io)) });
  const merged = mergeReports(files);
  if (!merged.ok) throw new UsageError(merged.error);
  const { results, problems, policy, exitCode, notChecked, leftOut, startedMs, durationMs } = merged.value;

  const tally = createRunTally(policy, io.clock, results.length);
  const outputs = await openOutputs(
    settings.output,
    {
      color: settings.color,
      quiet: settings.quiet,
      ...policy,
      cwd: io.cwd(),
      repository: env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR || undefined,
      fails: (judgement) => exitCodeOf(judgement, policy) !== EXIT.ok,
      count: results.length,
      inputWidths: results.map(({ input }) => displayWidth(input)),
    },
    io,
  );
  io.stderr.writeLines(...problems.map(formatProblem));
  for (const problem of problems) await outputs.writeProblem(problem);
  for (const stored of results) {
    const result = stored.read();
    tally.add(result);
    if (!(await outputs.write(result))) break;
  }
  const report = {
    ...tally.report(exitCode),
    ...{ notChecked, leftOut, durationMs, startedAt: new Date(startedMs).toISOString() },
  };
  await outputs.end(report);
  io.stderr.writeLines(...formatRemark(report, { expect: policy.expect, file: paths, problems }, tally));
  return exitCode;
}

async function readReport(path: string, io: Io): Promise<ReportFile> {
  const name = path === '-' ? 'standard input' : hideUserinfo(path);
  const bytes = path === '-' ? await readInput(io) : await readBytes(path, name, io.interruption);
  const parsed = parseReportFile(decode(bytes));
  if (parsed.ok) return parsed.value;
  const { line, message } = parsed.error;
  throw new UsageError(`${name}${line === undefined ? '' : `:${line}`}: ${message}`);
}

async function readBytes(path: string, name: string, signal: AbortSignal): Promise<Buffer> {
  const bytes = await readFileBytes(path, { maxBytes: MAX_BYTES, signal });
  if (!bytes.ok) throw new UsageError(`cannot read ${name}: ${bytes.error.problem}.`);
  return bytes.value;
}

async function readInput(io: Io): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readStdin(io, io.interruption)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** PowerShell writes UTF-16 into a file, with a byte order mark. */
const decode = (bytes: Buffer): string =>
  new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
