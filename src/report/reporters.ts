// The report formats by name: a new format is one file and one line here.

import { createGithubReporter } from './github.ts';
import { createGitlabReporter } from './gitlab.ts';
import { createJsonReporter } from './json.ts';
import { createJunitReporter } from './junit.ts';
import { createMarkdownReporter } from './markdown.ts';
import { createNdjsonReporter } from './ndjson.ts';
import { createPrometheusReporter } from './prometheus.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { createSarifReporter } from './sarif.ts';
import { createTextReporter } from './text.ts';

const REPORTERS = {
  text: createTextReporter,
  json: createJsonReporter,
  ndjson: createNdjsonReporter,
  junit: createJunitReporter,
  github: createGithubReporter,
  sarif: createSarifReporter,
  markdown: createMarkdownReporter,
  prometheus: createPrometheusReporter,
  gitlab: createGitlabReporter,
} satisfies Record<string, (options: ReporterOptions) => Reporter>;

export type Format = keyof typeof REPORTERS;

export const FORMATS = Object.keys(REPORTERS) as readonly Format[];

export const isFormat = (name: string): name is Format => Object.hasOwn(REPORTERS, name);

export function createReporter(format: Format, options: ReporterOptions): Reporter {
  return REPORTERS[format](options);
}
