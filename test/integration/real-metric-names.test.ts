// Alert rules and dashboard name only metrics and labels that a scrape of a real monitor has.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { dashboardQueries, groupingLabels, metricsOf, ruleQueries } from '../pipeline/prometheus-queries.ts';
import { authority, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { startKubernetesApi } from '../support/kubernetes-api.ts';
import { pod } from '../support/kubernetes-objects.ts';
import { spawnMonitor } from '../support/monitor-process.ts';
import { requirePosix } from '../support/require-programs.ts';
import { listen } from '../support/servers.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

/** Those that Prometheus adds to what it scrapes. */
const OF_PROMETHEUS = ['job', 'instance', 'cluster', 'namespace', 'pod', 'le'];

/** Each metric with its labels. */
function readScrape(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = found.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
    found.set(name, known);
  }
  return found;
}

describe('the metrics of a real monitor', { skip: requirePosix() || withoutOpenssl }, () => {
  it('are all that the alert rules and the dashboard name, with these labels', async () => {
    await using registry = await startRegistry();
    const image = createImage({ text: 'web' });
    for (const name of ['shop/web', 'shop/running']) registry.put(name, '1', image);
    await using cluster = await startKubernetesApi();
    const running = { image: `${registry.name}/shop/running:1` };
    cluster.serve([
      pod('shop', 'web', {
        containers: [{ ...running, imageId: `${registry.name}/shop/running@${image.manifest.digest}` }],
      }),
    ]);
    const quota = { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '5;w=21600' };
    await using counting = await listen(createServer((_, response) => void response.writeHead(404, quota).end()));
    await using limited = await listen(
      createServer((_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end()),
    );
    const { cert, key } = serverIdentity('localhost');
    await using shop = await listen(
      createTlsServer({ cert, key }, (_, response) => void response.end('ok')),
      'https',
    );
    using folder = createTemporaryFolder({ 'ca.pem': authority().cert });
    const file = folder.write(
      'kairos-pull.yaml',
      `monitor:
  listen: 127.0.0.1:0
  store: memory
  failAfter: 1
  interval: 10s
  notify: [{ name: ops, webhook: "http://127.0.0.1:9/" }]
  resources:
    - { image: "${registry.name}/shop/web:1", id: web, group: shop }
    - { image: "${registry.name}/shop/api:1", id: api }
    - { image: "127.0.0.1:${limited.port}/shop/web:1", id: limited }
    - { image: "127.0.0.1:${counting.port}/shop/web:1", id: counting }
    - { http: "https://localhost:${shop.port}/", id: shop, caFile: ca.pem }
    - { tcp: "127.0.0.1:1", id: port, paused: true }
    - kubernetes: { server: "${cluster.origin}", namespaces: shop }
`,
    );
    await using monitor = spawnMonitor(['--config', file]);
    const url = await monitor.url();
    const queries = [...ruleQueries(), ...dashboardQueries()];
    const names = new Set(queries.flatMap(({ expr }) => metricsOf(expr).map(({ name }) => name)));
    assert.ok(names.size > 20 && queries.length > 40, `${names.size} ${queries.length}`);

    let scrape = new Map<string, Set<string>>();
    for (let tries = 0; [...names].some((name) => !scrape.has(name)); tries += 1) {
      const missing = [...names].filter((name) => !scrape.has(name));
      assert.ok(tries < 600, `not in the scrape: ${missing.join(', ')}`);
      if (tries > 0) await pause(100);
      scrape = readScrape(await (await fetch(`${url}metrics`)).text());
    }
    const problems = queries.flatMap(({ where, expr, shownLabels }) => {
      const metrics = metricsOf(expr);
      assert.ok(metrics.length > 0, where);
      const all = new Set([...OF_PROMETHEUS, ...metrics.flatMap(({ name }) => [...(scrape.get(name) ?? [])])]);
      const wrong = metrics.flatMap(({ name, labels }) =>
        labels.filter((label) => !scrape.get(name)?.has(label) && !OF_PROMETHEUS.includes(label)),
      );
      return [...wrong, ...[...groupingLabels(expr), ...shownLabels].filter((label) => !all.has(label))].map(
        (label) => `${where}: ${label}`,
      );
    });
    assert.deepEqual(problems, []);
  });
});
