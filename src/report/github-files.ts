// What a GitHub step writes to files beside its log: the job summary and the outputs other steps can read.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions "Environment files"

import type { Report } from '../core/report.ts';
import { createMarkdownReporter } from './markdown.ts';
import type { Reporter, RunOptions } from './reporter.ts';

/** Of the 1 MiB a step may write, beyond which GitHub shows nothing; the rest is for what the step writes besides. */
const MAX_SUMMARY_BYTES = 1_000_000;

/** To be appended to the file GITHUB_STEP_SUMMARY names. */
export const createGithubSummaryReporter = (options: RunOptions): Reporter =>
  createMarkdownReporter(options, MAX_SUMMARY_BYTES);

/**
 * To be appended to the file GITHUB_OUTPUT names: `result` (passed, failed, or undetermined when nobody could say),
 * `exit-code`, a count for every verdict and their `total`, and all of it as `json`.
 */
export function githubOutputs({ exitCode, summary }: Report): string {
  const result = exitCode === 0 ? 'passed' : exitCode === 5 ? 'undetermined' : 'failed';
  const values = { result, 'exit-code': exitCode, ...summary };
  const lines = Object.entries({ ...values, json: JSON.stringify({ result, exitCode, ...summary }) });
  // Words and numbers of our own: no value can hold a line break that would begin another output.
  return lines.map(([name, value]) => `${name}=${value}\n`).join('');
}
