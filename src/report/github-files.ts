// The files that a GitHub step writes besides its log: the job summary and the outputs for other steps.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions "Environment files"

import type { Report } from '../core/report.ts';
import { createMarkdownReporter } from './markdown.ts';
import type { Reporter, RunOptions } from './reporter.ts';

/** Below the 1 MiB per step, beyond which GitHub shows nothing: the step may write something else as well. */
const MAX_SUMMARY_BYTES = 1_000_000;

/** To be appended to the file in GITHUB_STEP_SUMMARY. */
export const createGithubSummaryReporter = (options: RunOptions): Reporter =>
  createMarkdownReporter(options, MAX_SUMMARY_BYTES);

/**
 * To be appended to the file in GITHUB_OUTPUT: `result` (passed, failed, or undetermined), `exit-code`, the number of
 * images per verdict, their `total`, and all of it as `json`.
 */
export function githubOutputs({ exitCode, summary }: Report): string {
  const result = exitCode === 0 ? 'passed' : exitCode === 5 ? 'undetermined' : 'failed';
  const values = { result, 'exit-code': exitCode, ...summary };
  const lines = Object.entries({ ...values, json: JSON.stringify({ result, exitCode, ...summary }) });
  // Our own words and numbers: no value can contain a line break, which would begin another output.
  return lines.map(([name, value]) => `${name}=${value}\n`).join('');
}
