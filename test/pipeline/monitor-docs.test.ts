// docs/monitor.md cannot rot: its tables have what the program has, its YAML is valid, its commands parse.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { readKairosExport } from '../../src/config/kairos-export.ts';
import { parseMonitorConfig } from '../../src/config/monitor-config.ts';
import { MONITOR_SETTINGS } from '../../src/config/monitor-setting.ts';
import { environmentNameOf } from '../../src/config/setting.ts';
import { EVENT_NAMES } from '../../src/monitor/history/event.ts';
import { PROBE_FAMILIES } from '../../src/monitor/metrics/probe-metrics.ts';
import { formatWebhook } from '../../src/monitor/notify/notification.ts';
import { RESOURCE_STATES } from '../../src/monitor/view/monitor-view.ts';
import { apiRoutes } from '../../src/monitor/web/api-routes.ts';
import { eventDocument } from '../../src/monitor/web/documents.ts';
import { exportRoute } from '../../src/monitor/web/export-route.ts';
import { healthRoutes, metricsRoute, pageRoutes } from '../../src/monitor/web/other-routes.ts';
import { probeRoute } from '../../src/monitor/web/probe-route.ts';
import { promtool } from '../monitor/metrics/promtool.ts';
import { createMonitorScene } from '../support/monitor-scene.ts';
import { requirePrograms } from '../support/require-programs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { understand, wordsOf } from './command-line.ts';
import { readText } from './project-file.ts';
import { entryKeys, type KnownKeys, sectionKeys } from './schema-keys.ts';

const page = readText('docs/monitor.md');

/** The text under a heading, up to the next one. */
const section = (title: string): string =>
  page.split(/^(?=##+ )/m).find((text) => new RegExp(`^##+ ${title}\n`).test(text)) ?? assert.fail(`no ${title}`);

/** The cells of the rows of its table, without the head. */
const rowsOf = (title: string): string[][] =>
  [...section(title).matchAll(/^\| (.*) \|$/gm)].slice(1).map(([, row = '']) => row.split(' | '));

const codeOf = (cell = ''): string => /^`([^`]+)`$/.exec(cell)?.[1] ?? assert.fail(`not code: ${cell}`);

const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

function assertTable(title: string, known: KnownKeys, hasKinds: boolean): void {
  const kinds = new Set([...known.values()].flatMap(({ of }) => of));
  const rows = rowsOf(title).map(([key, ...cells]) => {
    const [of = '', fallback = ''] = hasKinds ? cells : ['', ...cells];
    return { key: codeOf(key), of, fallback: fallback.replaceAll('`', '') };
  });
  const shown = rows.map(({ key, of }) => `${key} of ${of}`);
  const expected = [...known].map(
    ([key, { of }]) => `${key} of ${!hasKinds ? '' : of.length === kinds.size ? 'all' : of.join(', ')}`,
  );
  assert.deepEqual([...shown].sort(), [...expected].sort());
  for (const { key, fallback } of rows) {
    const value = known.get(key)?.fallback;
    // Others are described in words.
    if (value !== undefined && /^[\d./]|^UTC$/.test(value)) assert.equal(fallback, value, key);
  }
}

describe('docs/monitor.md', () => {
  it('lists every key of the section, and its default', () => assertTable('Configuration', sectionKeys(), false));

  it('lists every key of a resource', () => {
    const kinds = ['image', 'http', 'tcp', 'files', 'kairos', 'kubernetes'];
    assertTable(
      'Resources',
      entryKeys('resources', (keys) => kinds.find((kind) => keys.some((key) => key.split('.')[0] === kind)) ?? ''),
      true,
    );
  });

  it('lists every key of a maintenance', () => {
    const kindOf = (keys: readonly string[]) => (keys.includes('weekly') ? 'weekly' : 'once');
    assertTable('Maintenance', entryKeys('maintenance', kindOf), true);
  });

  it('lists every key of a notifier', () => {
    const kinds = ['webhook', 'slack', 'ping'];
    const keys = entryKeys('notify', (all) => kinds.find((kind) => all.includes(kind)) ?? '');
    // Those of each address are the same.
    const joined = new Map<string, { of: string[]; fallback: undefined }>();
    for (const [key, { of }] of keys) {
      const name = key.replace(/^(?:webhook|slack|ping)\./, '');
      joined.set(name, { of: [...(joined.get(name)?.of ?? []), ...of], fallback: undefined });
    }
    assertTable('Notifications', joined, true);
  });

  it('lists every metric of a probe, and has a configuration that Prometheus reads', {
    skip: requirePrograms('promtool'),
  }, () => {
    for (const { name, ...family } of PROBE_FAMILIES) {
      const labels = 'labels' in family ? family.labels.map((label) => `\`${label}\``).join(', ') : '';
      assert.ok(section('Probes').includes(`| \`${name}\` | ${labels}${labels === '' ? '' : ' '}|`), name);
    }
    const config = blocks('yaml').find((text) => text.startsWith('scrape_configs:')) ?? assert.fail('no configuration');
    using folder = createTemporaryFolder();
    assert.match(promtool(['check', 'config', '--syntax-only', folder.write('prometheus.yaml', config)]), /SUCCESS/);
  });

  it('lists every state and every event', () => {
    const states = rowsOf('States').map(([state = '']) => state.replaceAll('`', ''));
    assert.deepEqual(states.sort(), [...RESOURCE_STATES, 'gap'].sort());
    assert.deepEqual(
      rowsOf('Outages and events').map(([event]) => codeOf(event)),
      [...EVENT_NAMES],
    );
  });

  it('lists every path of the server', () => {
    const view = createMonitorScene();
    const nothing = () => assert.fail('nothing is requested');
    const pages = { dashboard: nothing, resource: nothing, asset: nothing };
    const routes = [
      ...[...pageRoutes(pages), ...apiRoutes(view), ...healthRoutes(view)],
      ...[metricsRoute(nothing), probeRoute(nothing), exportRoute(nothing)],
    ].map(({ method, path }) => `${method} ${path}`);
    const expected = [...routes, 'GET /api/v1/stream'].filter((route) => !route.includes('/assets/'));
    const shown = rowsOf('HTTP').map(([path]) =>
      codeOf(path).replaceAll('{id}', ':id').replace('/badge/:id.svg', '/badge/:file'),
    );
    assert.deepEqual([...shown].sort(), [...expected].sort());
  });

  it('shows an event with all of its keys', () => {
    const event = blocks('json')
      .map((text) => JSON.parse(text))
      .find(({ state }) => state === undefined);
    const fields = { id: 1, atMs: 0, event: 'outage', resource: null, from: null, to: null, reason: null } as const;
    const full = { ...fields, cause: null, message: null, digest: null, previousDigest: null };
    assert.deepEqual(Object.keys(event), Object.keys(eventDocument(full)));
  });

  it('shows what a webhook receives with all of its keys, as docs/monitor-notifications.md does', () => {
    const fields = { id: 1, atMs: 0, event: 'outage', resource: null, from: null, to: null, reason: null } as const;
    const full = { ...fields, cause: null, message: null, digest: null, previousDigest: null };
    const sent = Object.keys(JSON.parse(formatWebhook(full, { view: null, outage: null, url: null })));
    const other = [...readText('docs/monitor-notifications.md').matchAll(/^```json\n([\s\S]*?)^```$/gm)];
    const shown = [...blocks('json'), ...other.map(([, text = '']) => text)]
      .map((text) => JSON.parse(text))
      .filter(({ state }) => state !== undefined);
    assert.equal(shown.length, 2);
    for (const example of shown) assert.deepEqual(Object.keys(example), sent);
  });

  it('has valid configurations', () => {
    const configurations = blocks('yaml').filter((text) => text.startsWith('monitor:'));
    assert.ok(configurations.length >= 4);
    for (const text of configurations) parseMonitorConfig(text, { name: 'kairos-pull.yaml', locate: (path) => path });
  });

  it('has an export of a Kairos that is read without a note', () => {
    const text = blocks('yaml').find((block) => block.startsWith('format: ')) ?? '';
    const entry = { kairos: 'resources.yaml' };
    const settings = { platform: [], proof: undefined, expect: 'present' as const };
    const { drafts, notes } = readKairosExport(text, 'resources.yaml', entry, {
      ...{ intervalMs: 60_000, settings, locate: (path: string) => path },
    });
    assert.deepEqual(notes, []);
    assert.deepEqual(
      drafts.map(({ kind, isPaused }) => [kind, isPaused]),
      [
        ['image', false],
        ['http', false],
        ['tcp', true],
      ],
    );
  });

  it('has YAML for others that parses', () => {
    const [endpoint] = parse(blocks('yaml').find((text) => text.startsWith('endpoints:')) ?? '').endpoints;
    assert.match(endpoint.url, /\/resources\/web\/health$/);
  });

  it('has commands that can be typed', () => {
    const commands = [...page.matchAll(/(?:`|^\$ |^)kairos-pull (monitor\b[^`\n#]*)/gm)].map(([, words = '']) => words);
    assert.ok(commands.length >= 10);
    for (const command of commands) understand(wordsOf(command.trim()));
  });

  it('names options and variables that there are', () => {
    const variables = [...page.matchAll(/\bKAIROS_PULL_\w+/g)].map(([name]) => name);
    const known: string[] = Object.keys(MONITOR_SETTINGS).map(environmentNameOf as (name: string) => string);
    for (const name of variables) assert.ok(known.includes(name), name);
    for (const [, option = ''] of page.matchAll(/`(--[a-z-]+)`/g)) {
      assert.ok(
        Object.keys(MONITOR_SETTINGS).some(
          (name) => option === `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
        ),
        option,
      );
    }
  });
});
