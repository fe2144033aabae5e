// The examples for Prometheus: valid, and every metric in them exists.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promtool } from '../monitor/metrics/promtool.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { ROOT, readText } from './project-file.ts';
import { readRules } from './prometheus-queries.ts';

const example = (name: string): string => join(ROOT, 'examples', name);

describe('examples/prometheus-rules.yaml', () => {
  it('has an alert for whatever users of exporters expect', () => {
    const alerts = readRules().map(({ alert }) => alert);
    const expected = ['ResourceUnavailable', 'ResourceUndetermined', 'CheckStale', 'DigestMoved', 'QuotaLow'];
    for (const name of [...expected, 'ImageDrift', 'RegistryPaused', 'ReloadFailed', 'MonitorAbsent']) {
      assert.ok(alerts.includes(name), name);
    }
    const test = readText('examples/prometheus-rules-test.yaml');
    for (const name of alerts) assert.match(test, new RegExp(`alertname: ${name}\n(?:.*\n)+? *exp_alerts:`), name);
  });

  it('never calls missing what cannot be determined', () => {
    const [unavailable] = readRules().filter(({ alert }) => alert === 'ResourceUnavailable');
    assert.doesNotMatch(unavailable?.expr ?? '', /undetermined|absent|resource_available\b/);
  });

  it('alerts as its test says', { skip: requirePrograms('promtool') }, () => {
    assert.match(promtool(['check', 'rules', example('prometheus-rules.yaml')]), /SUCCESS/);
    assert.match(promtool(['check', 'config', example('prometheus.yaml')]), /SUCCESS: .*prometheus\.yaml is valid/);
    assert.match(promtool(['test', 'rules', example('prometheus-rules-test.yaml')]), /SUCCESS/);
  });
});
