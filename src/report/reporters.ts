// The report formats by name: a new format is one file, its name in format.ts and one line here.

import type { Format } from './format.ts';
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
} satisfies Record<Format, (options: ReporterOptions) => Reporter>;

export function createReporter(format: Format, options: ReporterOptions): Reporter {
  return REPORTERS[format](options);
}
