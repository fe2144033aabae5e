// The examples for Prometheus: valid, and every metric in them exists.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MONITOR_FAMILIES } from '../../src/monitor/metrics/monitor-families.ts';
import { RESOURCE_FAMILIES } from '../../src/monitor/metrics/resource-families.ts';
import { promtool } from '../monitor/metrics/promtool.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { ROOT, readText } from './project-file.ts';

const example = (name: string): string => join(ROOT, 'examples', name);

describe('examples/prometheus-rules.yaml', () => {
  it('uses metrics that exist', () => {
    const names = new Set([...RESOURCE_FAMILIES, ...MONITOR_FAMILIES].map(({ name }) => name));
    const used = readText('examples/prometheus-rules.yaml').match(/kairos_pull_\w+/g) ?? [];
    assert.ok(used.length > 10);
    assert.deepEqual(
      used.filter((name) => !names.has(name)),
      [],
    );
  });

  it('alerts as its test says', { skip: requirePrograms('promtool') }, () => {
    assert.match(promtool(['check', 'rules', example('prometheus-rules.yaml')]), /SUCCESS/);
    assert.match(promtool(['check', 'config', example('prometheus.yaml')]), /SUCCESS: .*prometheus\.yaml is valid/);
    assert.match(promtool(['test', 'rules', example('prometheus-rules-test.yaml')]), /SUCCESS/);
  });
});
