// One report out of several: that of a run that had checked all of their images.

import type { ReportFile, RunEnd, StoredResult } from '../config/report-file.ts';
import { EXIT, type ExitCode, exitCodeOf, exitCodeOfRun, type Policy } from '../core/exit-code.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { LeftOut, RunProblem } from '../core/report.ts';
import { formatShard } from '../core/shard.ts';
import { cleanText } from '../core/text.ts';

export interface NamedReport extends ReportFile {
  readonly path: string;
}

export interface MergedReport {
  /** By input. */
  readonly results: readonly StoredResult[];
  /** Each once: every shard reads the same files. Missing shards are problems too. */
  readonly problems: readonly RunProblem[];
  readonly exitCode: ExitCode;
  readonly notChecked: number;
  readonly leftOut: LeftOut;
  readonly policy: Policy;
  readonly startedMs: number;
  readonly durationMs: number;
}

const DEFAULT_POLICY: Policy = { expect: 'present', warnOn: [], strict: false };

/** The error is a sentence: these reports do not belong together. */
export function mergeReports(files: readonly NamedReport[]): Outcome<MergedReport, string> {
  const runs = files.flatMap(({ path, runs }) => runs.map((run) => ({ path, ...run })));
  const [first] = runs;
  const shards = findShards(files, runs);
  if (!shards.ok) return shards;
  const other = runs.find(({ policy }) => policyText(policy) !== policyText(first?.policy));
  if (first !== undefined && other !== undefined) {
    return failure(
      `${first.path} and ${other.path} are reports of runs with different --expect, --warn-on or --strict.`,
    );
  }
  const twice = findTwice(files);
  if (twice !== undefined) return failure(twice);
  const policy = first?.policy ?? DEFAULT_POLICY;
  const results = files.flatMap((file) => file.results).sort(byInput);
  const problems = distinct([...files.flatMap((file) => file.problems), ...shards.value]);
  const codes = [...results.map(({ judgement }) => exitCodeOf(judgement, policy)), ...runs.map(codeOf)];
  const checked = results.filter(({ judgement }) => judgement.verdict !== 'skipped').length;
  const isInterrupted = runs.some(({ exitCode, interrupted }) => interrupted || exitCode === EXIT.interrupted);
  const unlessInterrupted = problems.length > 0 ? EXIT.usage : exitCodeOfRun(codes, checked);
  const startedMs = results.reduce(
    (earliest, result) => Math.min(earliest, result.startedMs),
    Number.POSITIVE_INFINITY,
  );
  const endedMs = results.reduce((latest, result) => Math.max(latest, result.startedMs + result.durationMs), startedMs);
  return success({
    results,
    problems,
    exitCode: isInterrupted ? EXIT.interrupted : unlessInterrupted,
    notChecked: runs.reduce((sum, run) => sum + run.notChecked, 0),
    leftOut: {
      gitignore: Math.max(0, ...runs.map(({ leftOut }) => leftOut.gitignore)),
      exclude: Math.max(0, ...runs.map(({ leftOut }) => leftOut.exclude)),
    },
    policy,
    startedMs: results.length === 0 ? 0 : startedMs,
    durationMs: results.length === 0 ? 0 : endedMs - startedMs,
  });
}

/** A sentence if two files contain the same check. */
function findTwice(files: readonly NamedReport[]): string | undefined {
  const pathOf = new Map<string, NamedReport>();
  for (const file of files) {
    for (const { input, startedMs, durationMs } of file.results) {
      const key = JSON.stringify([input, startedMs, durationMs]);
      const other = pathOf.get(key) ?? file;
      if (other.path === file.path && other !== file) return `${file.path} is given twice.`;
      if (other !== file) return `${other.path} and ${file.path} contain the same check of ${cleanText(input, 200)}.`;
      pathOf.set(key, file);
    }
  }
  return undefined;
}

interface NamedRun extends RunEnd {
  readonly path: string;
}

/** The problem of the missing shards; the error is a sentence. */
function findShards(files: readonly NamedReport[], runs: readonly NamedRun[]): Outcome<readonly RunProblem[], string> {
  const [first] = runs.filter(({ shard }) => shard !== undefined);
  if (first?.shard === undefined) return success([]);
  const { total } = first.shard;
  const without = files.find(({ runs }) => runs.length === 0) ?? runs.find(({ shard }) => shard === undefined);
  if (without !== undefined) {
    const cutOff =
      'runs' in without ? ', or it was cut off: a report of a shard as ndjson ends with a line about it' : '';
    return failure(`${without.path} is not the report of a shard, unlike ${first.path}${cutOff}.`);
  }
  const named = runs.find((run) => batchOf(run) !== null);
  const batch = named && batchOf(named);
  const pathOf = new Map<number, string>();
  for (const run of runs) {
    const { path, shard = first.shard } = run;
    if (shard.total !== total) {
      return failure(
        `${path} is shard ${formatShard(shard)}, but ${first.path} is shard ${formatShard(first.shard)}: their runs shared the images in different ways.`,
      );
    }
    if (batchOf(run) !== null && batchOf(run) !== batch) {
      return failure(
        `${named?.path} and ${path} are shards of different batches: their lists of images, --platform or --proof differ.`,
      );
    }
    const other = pathOf.get(shard.current);
    if (other === path) return failure(`${path} contains shard ${formatShard(shard)} twice.`);
    if (other !== undefined) return failure(`${other} and ${path} are both shard ${formatShard(shard)}.`);
    pathOf.set(shard.current, path);
  }
  const missing = Array.from({ length: total }, (_, index) => index + 1).filter((current) => !pathOf.has(current));
  if (missing.length === 0) return success([]);
  return success([
    {
      source: `${missing.length === 1 ? 'shard' : 'shards'} ${ranges(missing)} of ${total}`,
      message: missing.length === 1 ? ONE_MISSING : SEVERAL_MISSING,
      isShard: true,
    },
  ]);
}

/** null: it is not known. An interrupted run may not have read the whole list. */
const batchOf = ({ interrupted, shard }: NamedRun): string | null => (interrupted ? null : (shard?.batch ?? null));

const ONE_MISSING = 'No report for this shard; its images are missing from the merged report.';
const SEVERAL_MISSING = 'No reports for these shards; their images are missing from the merged report.';

/** `1, 3-5` */
function ranges(numbers: readonly number[]): string {
  const found: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.to === number - 1) last.to = number;
    else found.push({ from: number, to: number });
  }
  return found.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

/** Problems and results say whether the whole has exit code 2: not a run without images, unless it ended early. */
const codeOf = ({ exitCode, notChecked }: RunEnd): ExitCode =>
  exitCode === EXIT.usage && notChecked === 0 ? EXIT.ok : (exitCode as ExitCode);

const policyText = ({ expect, warnOn, strict = false }: Policy = DEFAULT_POLICY): string =>
  JSON.stringify([expect, [...new Set(warnOn)].sort(), strict]);

/** By code unit, not by language: the same on every machine. */
const byInput = (a: StoredResult, b: StoredResult): number => (a.input < b.input ? -1 : a.input > b.input ? 1 : 0);

function distinct(problems: readonly RunProblem[]): RunProblem[] {
  const known = new Map(
    problems.map((problem) => [JSON.stringify([problem.source, problem.line, problem.message]), problem]),
  );
  return [...known.values()];
}
