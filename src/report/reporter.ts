// What a report format is: text for each result as it comes, and text for the end; nothing is kept in between.

import type { ColorSupportLevel } from 'chalk';
import type { Report } from '../core/report.ts';
import type { Result } from '../core/result.ts';
import type { Expectation } from './failure.ts';

/** Each function answers with the text to write to the output now; '' is nothing. */
export interface Reporter {
  readonly onResult?: (result: Result) => string;
  readonly onEnd: (report: Report) => string;
}

/** How the text is to look. Formats for machines ignore all of it. */
export interface ReporterOptions {
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
