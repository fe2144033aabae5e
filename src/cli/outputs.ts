// The reports of a run: each format to its place, all of them fed with every result.

import { resolve } from 'node:path';
import type { OutputChoice } from '../config/schema.ts';
import type { Report } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import { UsageError } from '../core/usage-error.ts';
import type { ReporterOptions } from '../report/reporter.ts';
import { createReporter } from '../report/reporters.ts';
import { supportsUnicode } from '../report/unicode.ts';
import type { Io } from './io.ts';
import { createStreamSink, openFileSink, type Sink } from './sink.ts';
import { colorLevel, type When, widthOf } from './terminal.ts';

export interface Outputs {
  /** false when nobody is left to read. */
  readonly write: (result: Result) => Promise<boolean>;
  readonly end: (report: Report) => Promise<void>;
}

export interface OutputOptions
  extends Pick<ReporterOptions, 'quiet' | 'verbose' | 'expect' | 'count' | 'longestInput'> {
  readonly color: When;
}

/** Text goes to standard output unless another format was sent there. Throws a UsageError for a path that cannot be written. */
export async function openOutputs(
  chosen: readonly OutputChoice[],
  { color, ...options }: OutputOptions,
  io: Io,
): Promise<Outputs> {
  refuseSharedPlaces(chosen);
  const toStdout = chosen.some(({ path }) => path === undefined);
  const choices: readonly OutputChoice[] = toStdout ? chosen : [{ format: 'text' }, ...chosen];
  const unicode = supportsUnicode(io.env, io.platform);
  const outputs = await Promise.all(
    choices.map(async ({ format, path }) => {
      const look =
        path === undefined
          ? { color: colorLevel(color, io.env, io.stdout), width: widthOf(io.stdout) }
          : { color: color === 'always' ? colorLevel(color, io.env) : (0 as const) };
      const sink = path === undefined ? createStreamSink(io.stdout) : await openFileSink(path);
      return { reporter: createReporter(format, { ...options, ...look, unicode }), sink };
    }),
  );

  const open = new Set<Sink>(outputs.map(({ sink }) => sink));
  const put = async (sink: Sink, text: string) => {
    if (text !== '' && open.has(sink) && !(await sink.write(text))) open.delete(sink);
  };
  return {
    async write(result) {
      for (const { reporter, sink } of outputs) await put(sink, reporter.onResult?.(result) ?? '');
      return open.size > 0;
    },
    async end(report) {
      for (const { reporter, sink } of outputs) {
        await put(sink, reporter.onEnd(report));
        await sink.close();
      }
    },
  };
}

function refuseSharedPlaces(choices: readonly OutputChoice[]): void {
  const taken = new Map<string, string>();
  for (const { format, path } of choices) {
    const place = path === undefined ? '-' : resolve(path);
    const other = taken.get(place);
    if (other !== undefined) {
      const where = path === undefined ? 'standard output' : path;
      throw new UsageError(`${other} and ${format} cannot both go to ${where}; write --output ${format}=another-file.`);
    }
    taken.set(place, format);
  }
}
