// The dashboard for Grafana: valid queries, and the variables that Kairos' own dashboard has.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { promtool } from '../monitor/metrics/promtool.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { dashboardQueries, readDashboard } from './prometheus-queries.ts';

describe('examples/grafana-dashboard.json', () => {
  const { panels, templating, title, uid } = readDashboard();

  it('has the variables of the dashboard of a Kairos', () => {
    const names = templating.list.map(({ name }) => name);
    for (const name of ['datasource', 'job', 'instance', 'resource_type', 'resource_name']) {
      assert.ok(names.includes(name), name);
    }
    const text = JSON.stringify(panels);
    for (const name of names)
      assert.ok(text.includes(`$${name}`) || text.includes(`\${${name}}`), `$${name} is unused`);
  });

  it('uses the data source that the user chooses, everywhere', () => {
    assert.deepEqual([title, uid], ['kairos-pull', 'kairos-pull-monitor']);
    const used = JSON.stringify(readDashboard()).match(/"uid":"[^"]*"/g) ?? [];
    assert.deepEqual([...new Set(used)].sort(), [`"uid":"$\{datasource}"`, '"uid":"kairos-pull-monitor"']);
  });

  it('has panels that do not overlap, each with its own number', () => {
    const ids = panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const cells = new Set<string>();
    for (const { gridPos, title } of panels as unknown as {
      gridPos: { x: number; y: number; w: number; h: number };
      title: string;
    }[]) {
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          assert.ok(!cells.has(`${x} ${y}`), `${title} overlaps`);
          cells.add(`${x} ${y}`);
        }
      }
    }
  });

  it('has queries that Prometheus can parse', { skip: requirePrograms('promtool') }, () => {
    const rules = dashboardQueries().map(({ expr }, at) => ({ record: `query_${at}`, expr }));
    assert.ok(rules.length > 30);
    using folder = createTemporaryFolder();
    // JSON is YAML.
    const file = folder.write('rules.yaml', { groups: [{ name: 'dashboard', rules }] });
    assert.match(promtool(['check', 'rules', file]), new RegExp(`SUCCESS: ${rules.length} rules found`));
  });
});
