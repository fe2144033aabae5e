import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Report } from '../../src/core/report.ts';
import type { Result } from '../../src/core/result.ts';
import { createPrometheusReporter } from '../../src/report/prometheus.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import { failedResult, pullableResult, reportOn, runReporter } from '../support/results.ts';

const metricsOf = (results: readonly Result[], changes: Partial<Report> = {}) =>
  runReporter(createPrometheusReporter(), results, changes);

const named = (name: string, result: Result): Result => ({
  ...result,
  input: name,
  reference: { registry: 'r', repository: name, tag: null, digest: null, canonical: `r/${name}` },
});

describe('the Prometheus report', () => {
  it('has a sample for each image and verdict, the time and the duration', () =>
    assert.equal(
      metricsOf([
        named('good', pullableResult()),
        named('gone', failedResult('not-found', 'tag')),
        named('dark', failedResult('unreachable', 'dns')),
        named('mine', failedResult('ignored', null)),
      ]),
      `# HELP kairos_pull_image_pullable 1 if the image can be pulled, 0 if it cannot; no sample if undetermined or skipped.
# TYPE kairos_pull_image_pullable gauge
kairos_pull_image_pullable{image="r/good"} 1
kairos_pull_image_pullable{image="r/gone"} 0
# HELP kairos_pull_image_verdict The verdict on an image and its reason, always 1.
# TYPE kairos_pull_image_verdict gauge
kairos_pull_image_verdict{image="r/good",verdict="pullable",reason=""} 1
kairos_pull_image_verdict{image="r/gone",verdict="unpullable",reason="not-found"} 1
kairos_pull_image_verdict{image="r/dark",verdict="undetermined",reason="unreachable"} 1
kairos_pull_image_verdict{image="r/mine",verdict="skipped",reason="ignored"} 1
# HELP kairos_pull_images Images of the last run by verdict.
# TYPE kairos_pull_images gauge
kairos_pull_images{verdict="pullable"} 1
kairos_pull_images{verdict="unpullable"} 1
kairos_pull_images{verdict="undetermined"} 1
kairos_pull_images{verdict="skipped"} 1
# HELP kairos_pull_file_problems Number of input files, or parts of them, that could not be read.
# TYPE kairos_pull_file_problems gauge
kairos_pull_file_problems 0
# HELP kairos_pull_last_run_timestamp_seconds End of the last run, in seconds since 1970.
# TYPE kairos_pull_last_run_timestamp_seconds gauge
kairos_pull_last_run_timestamp_seconds 1767225601.23
# HELP kairos_pull_last_run_duration_seconds Duration of the last run in seconds.
# TYPE kairos_pull_last_run_duration_seconds gauge
kairos_pull_last_run_duration_seconds 1.23
# HELP kairos_pull_build_info The version that wrote this file, always 1.
# TYPE kairos_pull_build_info gauge
kairos_pull_build_info{version="0.1.0"} 1
`,
    ));

  it('has no sample for undetermined images', () => {
    const reporter = createPrometheusReporter();
    const { startedAt: _, ...report } = reportOn([], { exitCode: 2 });
    const text = reporter.onEnd(report);
    assert.doesNotMatch(text, /image_pullable|image_verdict|last_run_timestamp/);
  });

  it('uses the input as label if it is not a reference', () => {
    const result = { ...failedResult('invalid-reference', null, { input: 'a\\b "c"' }), reference: null };
    assert.ok(metricsOf([result]).includes('image="a\\\\b \\"c\\""'));
  });

  it('has one series per image, the last one', () => {
    const text = metricsOf([pullableResult(), failedResult('unreachable', 'dns')]);
    assert.doesNotMatch(text, /image_pullable\{/);
    assert.deepEqual(text.match(/^kairos_pull_image_verdict.*$/gm), [
      'kairos_pull_image_verdict{image="docker.io/library/nginx:latest",verdict="undetermined",reason="unreachable"} 1',
    ]);
  });

  it('is valid for a collector, whatever the results contain', () => {
    const sample =
      /^(kairos_pull_[a-z_]+(?:\{[a-z]+="(?:[^"\\]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\]|\\["\\n])*")*\})?) [\d.]+$/;
    fc.assert(
      fc.property(fc.array(anyResult, { maxLength: 4 }), (results) => {
        const text = metricsOf(results);
        assert.ok(text.endsWith('\n'));
        const lines = text.slice(0, -1).split('\n');
        const series = lines.filter((line) => !line.startsWith('# ')).map((line) => sample.exec(line)?.[1] ?? line);
        for (const line of series) assert.match(`${line} 1`, sample);
        assert.equal(new Set(series).size, series.length);
        const metrics = series.map((line) => line.replace(/\{.*/, ''));
        const blocks = metrics.filter((metric, index) => metric !== metrics[index - 1]);
        assert.equal(new Set(blocks).size, blocks.length, 'the samples of a metric stand together');
        assert.deepEqual(
          lines.filter((line) => line.startsWith('# TYPE')),
          blocks.map((metric) => `# TYPE ${metric} gauge`),
        );
      }),
    );
  });
});
