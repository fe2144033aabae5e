// What a report format is: text for each result as it comes, and text for the end; nothing is kept in between.

import type { ColorSupportLevel } from 'chalk';
import type { Report } from '../core/report.ts';
import type { Judgement, Reason, Result } from '../core/result.ts';
import type { SourceProblem } from '../core/target.ts';
import type { Expectation } from './failure.ts';

/**
 * Each function answers with the text to write to the output now; '' is nothing.
 * A format whose layout is known only at the end keeps its own lines of text, never the results.
 */
export interface Reporter {
  readonly onResult?: (result: Result) => string;
  /** Images may be missing from the report; comes in between results or behind them. */
  readonly onProblem?: (problem: SourceProblem) => string;
  readonly onEnd: (report: Report) => string;
}

/** What the run wanted, for the formats that pipelines read. */
export interface RunOptions {
  /** Whether a result fails the run; unset: whatever is unpullable or undetermined does. */
  readonly fails?: ((judgement: Judgement) => boolean) | undefined;
  /** Reasons that do not fail: shown as warnings. */
  readonly warnOn?: readonly Reason[] | undefined;
  /** Absolute path of the folder that source files are relative to; unset: their paths are shown as written. */
  readonly cwd?: string | undefined;
  /** Absolute path of the repository's root, from where pipelines name files; unset: `cwd`. */
  readonly repository?: string | undefined;
}

/** How the text is to look. Formats for machines ignore all of it but `RunOptions`. */
export interface ReporterOptions extends RunOptions {
  /** 0 none, 1 sixteen colours, 2 256 colours, 3 all of them. */
  readonly color: ColorSupportLevel;
  /** Columns of the terminal; unset (or 0) for a pipe or a file, where no line is ever wrapped. */
  readonly width?: number | undefined;
  /** false where only ASCII is safe, see `supportsUnicode`. */
  readonly unicode: boolean;
  /** What the person hopes for; unset: `present`. */
  readonly expect?: Expectation | undefined;
  /** Only what failed. */
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** Images to be checked and the length of the longest, when known beforehand: they decide the columns. */
  readonly count?: number | undefined;
  readonly longestInput?: number | undefined;
}
