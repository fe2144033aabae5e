// Reads the report of a check from a file: `-o json`, or `-o ndjson`. A mistake has its line.

import * as z from 'zod/mini';
import type { Policy } from '../core/exit-code.ts';
import { findSyntaxError, lineInJson } from '../core/json-place.ts';
import { failure, type Outcome, success } from '../core/outcome.ts';
import type { LeftOut } from '../core/report.ts';
import type { Judgement, Result } from '../core/result.ts';
import type { ReportedShard } from '../core/shard.ts';
import type { SourceProblem } from '../core/target.ts';
import { cleanText } from '../core/text.ts';
import { problemShape, resultShape, runShape } from './report-shape.ts';

/** A result, most of it as JSON: a hundred thousand take a quarter of the memory. */
export interface StoredResult {
  readonly input: string;
  readonly judgement: Judgement;
  readonly startedMs: number;
  readonly durationMs: number;
  readonly read: () => Result;
}

/** What the end of a report says. */
export interface RunEnd {
  readonly exitCode: number;
  readonly interrupted: boolean;
  readonly notChecked: number;
  readonly leftOut: LeftOut;
  readonly policy: Policy;
  readonly shard: ReportedShard | undefined;
}

export interface ReportFile {
  readonly results: readonly StoredResult[];
  readonly problems: readonly SourceProblem[];
  /** One of `-o json`; of `-o ndjson` one for each shard in it. */
  readonly runs: readonly RunEnd[];
}

export interface ReportMistake {
  /** From 1; undefined if it concerns the whole file. */
  readonly line?: number;
  /** A sentence. */
  readonly message: string;
}

const NOT_A_REPORT = 'Not a report of kairos-pull check; use the files of -o json or -o ndjson.';

export function parseReportFile(text: string): Outcome<ReportFile, ReportMistake> {
  if (text.trim() === '') return failure({ message: 'The file is empty. Did the run end?' });
  const first = /\S.*/.exec(text)?.[0] ?? '';
  const isLines = isObject(parse(first)) && !isDocument(parse(first));
  return isLines ? parseLines(text) : parseDocument(text);
}

function parseDocument(text: string): Outcome<ReportFile, ReportMistake> {
  const value = parse(text);
  if (value === undefined) {
    const line = findSyntaxError(text)?.line ?? 1;
    return failure(/^\s*\{/.test(text) ? cutOff(text) : { line, message: NOT_A_REPORT });
  }
  if (!isDocument(value)) return failure({ message: NOT_A_REPORT });
  if ('schemaVersion' in value && value.schemaVersion !== 1) {
    const line = lineInJson(text, ['schemaVersion']);
    return failure({ line, message: 'A newer version of kairos-pull wrote this report: update kairos-pull.' });
  }
  const builder = createBuilder((path) => lineInJson(text, path));
  for (const [index, result] of value.results.entries()) builder.addResult(result, ['results', index]);
  for (const [index, problem] of (Array.isArray(value.problems) ? value.problems : []).entries()) {
    builder.addProblem(problem, ['problems', index]);
  }
  builder.addRun(value, []);
  return builder.finish();
}

/** Of a text that is not JSON. */
function cutOff(text: string): ReportMistake {
  const { line = 1, column = 1, words } = findSyntaxError(text) ?? {};
  return {
    line,
    message: `Not valid JSON: ${words} (column ${column}). The report may be cut off: did the run end?`,
  };
}

function parseLines(text: string): Outcome<ReportFile, ReportMistake> {
  let line = 0;
  const builder = createBuilder(() => line);
  for (const row of text.split('\n')) {
    line += 1;
    if (row.trim() === '') continue;
    const value = parse(row);
    if (value === undefined) return failure({ ...cutOff(row), line });
    if (isObject(value) && 'verdict' in value) builder.addResult(value, []);
    else if (isObject(value) && 'source' in value) builder.addProblem(value, []);
    else if (isObject(value) && 'shard' in value) builder.addRun(value, []);
    else return failure({ line, message: NOT_A_REPORT });
  }
  return builder.finish();
}

/** Collects what is valid, and keeps the first mistake. */
function createBuilder(lineOf: (path: readonly PropertyKey[]) => number) {
  const results: StoredResult[] = [];
  const problems: SourceProblem[] = [];
  const runs: RunEnd[] = [];
  let total = 0;
  let mistake: ReportMistake | undefined;
  const read = <T>(shape: z.ZodMiniType<T>, value: unknown, path: readonly PropertyKey[]): T | undefined => {
    if (mistake !== undefined) return undefined;
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const whole = [...path, ...(issue?.path ?? [])];
    const name = cleanText(z.core.toDotPath(whole), 100);
    mistake = {
      line: lineOf(whole),
      message: `${name === '' ? 'This line' : name} does not have the form that it has in a report.`,
    };
    return undefined;
  };
  return {
    addResult(value: unknown, path: readonly PropertyKey[]): void {
      const result = read(resultShape, value, path);
      if (result !== undefined) results.push(store(result));
    },
    addProblem(value: unknown, path: readonly PropertyKey[]): void {
      const problem = read(problemShape, value, path);
      if (problem !== undefined) problems.push(problem);
    },
    addRun(value: unknown, path: readonly PropertyKey[]): void {
      const run = read(runShape, value, path);
      if (run === undefined) return;
      runs.push(run);
      total += run.summary.total;
    },
    finish(): Outcome<ReportFile, ReportMistake> {
      if (mistake !== undefined) return failure(mistake);
      if (runs.length > 0 && total !== results.length) {
        return failure({ message: `Only ${results.length} of ${total} results: the report is not complete.` });
      }
      return success({ results, problems, runs });
    },
  };
}

function store(result: Result): StoredResult {
  const text = JSON.stringify(result);
  const { input, verdict, reason, cause, startedAt, durationMs } = result;
  const judgement = { verdict, reason, cause } as Judgement;
  return { input, judgement, startedMs: Date.parse(startedAt), durationMs, read: () => JSON.parse(text) as Result };
}

/** undefined if it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isDocument = (value: unknown): value is { results: unknown[]; problems?: unknown } =>
  isObject(value) && Array.isArray(value.results);
