// Metrics for the textfile collector of node_exporter, in the text format 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/ ; without timestamps, which the collector refuses.
// The samples of a metric must be together, so nothing can be written before the end; two lines per image are kept.

import type { Report } from '../core/report.ts';
import type { Verdict } from '../core/result.ts';
import { cleanText } from '../core/text.ts';
import { VERDICTS } from './counts.ts';
import type { Reporter } from './reporter.ts';

/** The collector must never see half a file: write to another file on the same file system, then rename it. */
export function createPrometheusReporter(): Reporter {
  // By image: the collector rejects a file with a duplicate series.
  const pullable = new Map<string, string>();
  const verdicts = new Map<string, string>();
  const unreadable = new Set<string>();
  let problems = 0;
  return {
    onResult(result) {
      const image = cleanText(result.reference?.canonical ?? result.input, 1000);
      const { verdict, reason } = result;
      const value = PULLABLE[verdict];
      if (value === undefined) pullable.delete(image);
      else pullable.set(image, formatSample('image_pullable', { image }, value));
      verdicts.set(image, formatSample('image_verdict', { image, verdict, reason: reason ?? '' }, 1));
      return '';
    },
    onProblem({ source }) {
      problems += 1;
      const file = source === '-' ? 'standard input' : cleanText(source, 1000);
      unreadable.add(formatSample('file_unreadable', { file }, 1));
      return '';
    },
    onEnd: (report) =>
      [
        formatMetric('image_pullable', [...pullable.values()]),
        formatMetric('image_verdict', [...verdicts.values()]),
        formatMetric(
          'images',
          VERDICTS.map((verdict) => formatSample('images', { verdict }, report.summary[verdict])),
        ),
        formatMetric('file_problems', [formatSample('file_problems', {}, problems)]),
        formatMetric('file_unreadable', [...unreadable]),
        formatMetric('last_run_timestamp_seconds', endOf(report)),
        formatMetric('last_run_duration_seconds', [
          formatSample('last_run_duration_seconds', {}, report.durationMs / 1000),
        ]),
        formatMetric('build_info', [formatSample('build_info', { version: report.tool.version }, 1)]),
      ].join(''),
  };
}

/** No sample if undetermined: 0 would read as missing. */
const PULLABLE: Readonly<Record<Verdict, number | undefined>> = {
  pullable: 1,
  unpullable: 0,
  undetermined: undefined,
  skipped: undefined,
};

const HELP = {
  image_pullable: '1 if the image can be pulled, 0 if it cannot; no sample if undetermined or skipped.',
  image_verdict: 'The verdict on an image and its reason, always 1.',
  images: 'Images of the last run by verdict.',
  file_problems: 'Number of input files, or parts of them, that could not be read.',
  file_unreadable: 'An input file that could not be read, as a whole or in part, always 1.',
  last_run_timestamp_seconds: 'End of the last run, in seconds since 1970.',
  last_run_duration_seconds: 'Duration of the last run in seconds.',
  build_info: 'The version that wrote this file, always 1.',
} as const;

type Metric = keyof typeof HELP;

function formatMetric(metric: Metric, samples: readonly string[]): string {
  if (samples.length === 0) return '';
  const name = `kairos_pull_${metric}`;
  return `# HELP ${name} ${HELP[metric]}\n# TYPE ${name} gauge\n${samples.join('')}`;
}

function formatSample(metric: Metric, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escapeLabel(text)}"`);
  return `kairos_pull_${metric}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

/** "label_value can be any sequence of UTF-8 characters, but the backslash, double-quote and line feed have to be escaped". */
const escapeLabel = (text: string): string => text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');

function endOf({ startedAt, durationMs }: Report): string[] {
  if (startedAt === undefined) return [];
  return [formatSample('last_run_timestamp_seconds', {}, (Date.parse(startedAt) + durationMs) / 1000)];
}
