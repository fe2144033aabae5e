// A report format: text for each result as it arrives, and text for the end.

import type { ColorSupportLevel } from 'chalk';
import type { Report } from '../core/report.ts';
import type { Judgement, Reason, Result } from '../core/result.ts';
import type { SourceProblem } from '../core/target.ts';

/**
 * Each function returns the text to write now; '' is nothing. A format whose layout is known only at the end keeps its
 * lines of text, never the results.
 */
export interface Reporter {
  readonly onResult?: (result: Result) => string;
  /** Called between results or after them: images may be missing from the report. */
  readonly onProblem?: (problem: SourceProblem) => string;
  readonly onEnd: (report: Report) => string;
}

/** The options of the run that formats for pipelines need. */
export interface RunOptions {
  /** Whether a result fails the run; unset: if it is unpullable or undetermined. */
  readonly fails?: ((judgement: Judgement) => boolean) | undefined;
  /** Unset: `present`. */
  readonly expect?: Expectation | undefined;
  /** Reasons that are reported as warnings. */
  readonly warnOn?: readonly Reason[] | undefined;
  /** Absolute path of the directory that source files are relative to; unset: their paths are shown unchanged. */
  readonly cwd?: string | undefined;
  /** Absolute path of the repository's root, which pipelines' paths are relative to; unset: `cwd`. */
  readonly repository?: string | undefined;
}

export type Expectation = 'present' | 'absent';

/** The look of the text report. Formats for machines use only `RunOptions`. */
export interface ReporterOptions extends RunOptions {
  /** 0 none, 1 sixteen colors, 2 256 colors, 3 true color. */
  readonly color: ColorSupportLevel;
  /** Columns of the terminal; unset (or 0) for a pipe or a file, where lines are never wrapped. */
  readonly width?: number | undefined;
  /** false if only ASCII is safe. */
  readonly unicode: boolean;
  /** Failures only. */
  readonly quiet?: boolean | undefined;
  /** false: standard error names the files that could not be read, and the text report only counts them. */
  readonly namesProblems?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** Number of images and the columns of each, if known beforehand: they decide the layout. */
  readonly count?: number | undefined;
  readonly inputWidths?: readonly number[] | undefined;
}
