// The report on a whole run.

import type { Policy } from './exit-code.ts';
import type { Result, Verdict } from './result.ts';
import type { ReportedShard } from './shard.ts';
import type { SourceProblem } from './target.ts';

export interface Summary {
  readonly total: number;
  readonly pullable: number;
  readonly unpullable: number;
  readonly undetermined: number;
  readonly skipped: number;
}

/** Files and directories that were not read, by what left them out; a directory counts as one. */
export interface LeftOut {
  readonly gitignore: number;
  readonly exclude: number;
}

/** One run, after its end. The results themselves are reported one by one while it runs. */
export interface Report {
  readonly tool: { readonly name: string; readonly version: string };
  readonly exitCode: number;
  /** A signal ended the run before every image was checked. */
  readonly interrupted: boolean;
  /** Images that were found but have no result. */
  readonly notChecked: number;
  readonly summary: Summary;
  /** With `--expect absent`: images that do not exist, and those that do; the others could not be determined. */
  readonly presence?: { readonly absent: number; readonly present: number } | undefined;
  /** Unset: nothing. */
  readonly leftOut?: LeftOut;
  /** Unset: every image was checked by this run. */
  readonly shard?: ReportedShard | undefined;
  /** What fails; unset: the default. */
  readonly policy?: Policy | undefined;
  /** RFC 3339, UTC. */
  readonly startedAt?: string;
  readonly durationMs: number;
}

export interface RunProblem extends SourceProblem {
  /** The source is not a file but `shard 3 of 3`, whose report is missing. */
  readonly isShard?: true;
}

export type Tally = Record<Verdict, number>;

export const emptyTally = (): Tally => ({ pullable: 0, unpullable: 0, undetermined: 0, skipped: 0 });

export function summarise(tally: Tally): Summary {
  const { pullable, unpullable, undetermined, skipped } = tally;
  return { total: pullable + unpullable + undetermined + skipped, pullable, unpullable, undetermined, skipped };
}

export function tallyOf(results: Iterable<Result>): Tally {
  const tally = emptyTally();
  for (const { verdict } of results) tally[verdict] += 1;
  return tally;
}
