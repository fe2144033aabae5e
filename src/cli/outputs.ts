// The reports of a run: each format with its destination; every result goes to all of them.

import type { OutputChoice } from '../config/setting-parsers.ts';
import type { Report } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import type { SourceProblem } from '../core/target.ts';
import { UsageError } from '../core/usage-error.ts';
import { hideUserinfo } from '../core/userinfo.ts';
import { absolutePath } from '../file/directories.ts';
import { createGithubSummaryReporter, githubOutputs } from '../report/github-files.ts';
import type { Reporter, ReporterOptions, RunOptions } from '../report/reporter.ts';
import { createReporter } from '../report/reporters.ts';
import type { Io } from './io.ts';
import { createStreamSink, openFileSink, type Sink } from './sink.ts';
import { colorLevel, supportsUnicode, type When, widthOf } from './terminal.ts';

export interface Outputs {
  /** Resolves to false if no reader is left. */
  readonly write: (result: Result) => Promise<boolean>;
  readonly writeProblem: (problem: SourceProblem) => Promise<void>;
  readonly end: (report: Report) => Promise<void>;
}

export interface OutputOptions
  extends RunOptions,
    Pick<ReporterOptions, 'quiet' | 'verbose' | 'count' | 'inputWidths'> {
  readonly color: When;
}

/** Text goes to standard output unless another format does. Throws a UsageError for a path that cannot be written. */
export async function openOutputs(
  chosen: readonly OutputChoice[],
  { color, ...options }: OutputOptions,
  io: Io,
): Promise<Outputs> {
  refuseSharedDestinations(chosen);
  const toStdout = chosen.some(({ path }) => path === undefined);
  const choices: readonly OutputChoice[] = toStdout ? chosen : [{ format: 'text' }, ...chosen];
  const unicode = supportsUnicode(io.env, io.platform);
  const outputs: Output[] = await openAll(
    choices.map(async ({ format, path }): Promise<Output> => {
      const look =
        path === undefined
          ? { color: colorLevel(color, io.env, io.stdout), width: widthOf(io.stdout) }
          : { color: color === 'always' ? colorLevel(color, io.env) : (0 as const) };
      const sink = path === undefined ? createStreamSink(io.stdout, format) : await openFileSink(path, io, { format });
      return {
        reporter: createReporter(format, { ...options, ...look, unicode, namesProblems: path !== undefined }),
        sink,
      };
    }),
    choices.some(({ format }) => format === 'github') ? openGithubFiles(options, io) : [],
  );

  const open = new Set<Sink>(outputs.map(({ sink }) => sink));
  const put = async (sink: Sink, text: string) => {
    if (text !== '' && open.has(sink) && !(await sink.write(text))) open.delete(sink);
  };
  return {
    async write(result) {
      await forEach(outputs, async ({ reporter, sink }) => put(sink, reporter.onResult?.(result) ?? ''));
      return open.size > 0;
    },
    writeProblem: (problem) =>
      forEach(outputs, async ({ reporter, sink }) => put(sink, reporter.onProblem?.(problem) ?? '')),
    end: (report) =>
      forEach(outputs, async ({ reporter, sink }) => {
        try {
          await put(sink, reporter.onEnd(report));
        } catch (error) {
          await sink.discard();
          throw error;
        }
        await sink.close();
      }),
  };
}

/** One that cannot be written takes nothing from the others. Rejects with the first error, after all of them. */
async function forEach(outputs: readonly Output[], act: (output: Output) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  for (const output of outputs) await act(output).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

interface Output {
  readonly reporter: Reporter;
  readonly sink: Sink;
}

/** All of them or none: if one fails, those already opened leave no file behind. */
async function openAll(...opening: readonly (readonly Promise<Output>[])[]): Promise<Output[]> {
  const settled = await Promise.allSettled(opening.flat());
  const opened = settled.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  const failed = settled.find((it) => it.status === 'rejected');
  if (failed === undefined) return opened;
  for (const { sink } of opened) await sink.discard();
  throw failed.reason;
}

/** The files of a step of a GitHub workflow; elsewhere the variables are not set. */
function openGithubFiles(options: RunOptions, io: Io): Promise<Output>[] {
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: values } = io.env;
  const files = [
    ...(summary ? [{ path: summary, reporter: createGithubSummaryReporter(options) }] : []),
    ...(values ? [{ path: values, reporter: { onEnd: githubOutputs } }] : []),
  ];
  return files.map(async ({ path, reporter }) => ({
    reporter,
    sink: await openFileSink(path, io, { append: true }),
  }));
}

function refuseSharedDestinations(choices: readonly OutputChoice[]): void {
  const taken = new Map<string, string>();
  for (const { format, path } of choices) {
    const destination = path === undefined ? '-' : absolutePath(path);
    const other = taken.get(destination);
    // The log of a workflow takes both: commands for the runner between the lines for users.
    const isLog = path === undefined && [other, format].sort().join() === 'github,text';
    if (other !== undefined && !isLog) {
      const name = path === undefined ? 'standard output' : hideUserinfo(path);
      throw new UsageError(`${other} and ${format} cannot both go to ${name}; use --output ${format}=another-file.`);
    }
    taken.set(destination, format);
  }
}
