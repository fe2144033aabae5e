// docs/monitor-metrics.md has the table of all metrics; UPDATE_METRICS=1 writes it anew.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { kairosFamilies } from '../../../src/monitor/metrics/kairos-metrics.ts';
import type { MetricFamily } from '../../../src/monitor/metrics/metric-family.ts';
import { MONITOR_FAMILIES } from '../../../src/monitor/metrics/monitor-families.ts';
import { RESOURCE_FAMILIES } from '../../../src/monitor/metrics/resource-families.ts';
import { ROOT } from '../../pipeline/project-file.ts';

const START = '<!-- The tables below are written by: UPDATE_METRICS=1 npm test -- metrics/documentation -->';

const FILE = join(ROOT, 'docs/monitor-metrics.md');

function table(title: string, text: string, families: readonly MetricFamily[]): string {
  const rows = families.map(({ name, type, labels, help }) => {
    const names = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${names} | ${help} |`;
  });
  return `## ${title}\n\n${text}| metric | type | labels | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

const KAIROS = `With \`kairosMetrics: true\` these as well, for the dashboards of a Kairos. They count while the setting is on. Of the
phases of a check only \`total\` is known. Where two resources have the same name and type, the id follows the name.\n\n`;
const PROCESS = `## The process

\`process_*\` and \`nodejs_*\` are those of prom-client.\n`;

describe('docs/monitor-metrics.md', () => {
  it('has every metric with its labels and meaning', () => {
    const none = (): never => assert.fail('the documentation counts nothing');
    const tables = [
      table('Resources', '', RESOURCE_FAMILIES),
      table('The monitor', '', MONITOR_FAMILIES),
      PROCESS,
      table('Names of Kairos', KAIROS, kairosFamilies(none)),
    ];
    const text = readFileSync(FILE, 'utf8');
    const written = `${text.slice(0, text.indexOf(START))}${START}\n\n${tables.join('\n')}`;
    if (process.env.UPDATE_METRICS === '1') writeFileSync(FILE, written);
    else assert.equal(text, written, 'UPDATE_METRICS=1 npm test -- metrics/documentation');
  });
});
