// A real Prometheus scrapes a real monitor.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { promtool } from '../monitor/metrics/promtool.ts';
import { spawnMonitor } from '../support/monitor-process.ts';
import { requirePosix, requirePrograms } from '../support/require-programs.ts';
import { listen } from '../support/servers.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

async function freePort(): Promise<number> {
  const server = await listen(createServer());
  await server.close();
  return server.port;
}

interface Prometheus extends AsyncDisposable {
  // biome-ignore lint/suspicious/noExplicitAny: documents of its API
  ask(path: string): Promise<any>;
}

async function startPrometheus(folder: string, config: string): Promise<Prometheus> {
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`];
  const child = spawn('prometheus', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    /** Until it listens. */
    async ask(path) {
      for (;;) {
        if (child.exitCode !== null) assert.fail(errors);
        try {
          const response = await fetch(`http://${address}${path}`);
          return ((await response.json()) as { readonly data: unknown }).data;
        } catch {
          await pause(50);
        }
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const skip = requirePosix() || requirePrograms('prometheus', 'promtool');

describe('a real Prometheus', { skip }, () => {
  it('scrapes the monitor; promtool objects to nothing', async () => {
    await using registry = await startRegistry();
    registry.put('shop/web', '1', createImage({ text: 'web' }));
    using folder = createTemporaryFolder();
    const text = `monitor:
  listen: 127.0.0.1:0
  store: memory
  kairosMetrics: true
  auth: { bearerTokenFile: token.txt }
  notify: [{ name: ops, webhook: "http://127.0.0.1:9/" }]
  resources:
    - { image: "${registry.name}/shop/web:1", id: web, group: 'a "quoted" \\ group' }
    - { image: "${registry.name}/shop/api:1", id: api }
    - { tcp: "${registry.name}", id: port }
`;
    folder.write('token.txt', 'secret-token\n');
    await using monitor = spawnMonitor(['--config', folder.write('kairos-pull.yaml', text)]);
    const url = await monitor.url();
    await monitor.line('state');
    const refused = await fetch(`${url}metrics`);
    assert.equal(refused.status, 401);
    const scrape = await fetch(`${url}metrics`, { headers: { authorization: 'Bearer secret-token' } });
    assert.equal(promtool(['check', 'metrics'], await scrape.text()), '');

    const config = folder.write(
      'prometheus.yaml',
      `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: kairos-pull
    authorization: { credentials_file: ${folder.write('credentials', 'secret-token')} }
    static_configs: [{ targets: ['${new URL(url).host}'] }]
`,
    );
    await using prometheus = await startPrometheus(folder.path, config);
    for (;;) {
      const { activeTargets = [] } = await prometheus.ask('/api/v1/targets');
      const [target] = activeTargets;
      if (target?.health === 'up') break;
      assert.equal(target?.lastError ?? '', '');
      await pause(50);
    }
    for (;;) {
      const query = encodeURIComponent('kairos_pull_resource_available{kind="image"}');
      const { result } = await prometheus.ask(`/api/v1/query?query=${query}`);
      if (result.length === 2) {
        const values = result.map(({ metric, value }: { metric: Record<string, string>; value: [number, string] }) => [
          ...[metric.resource, metric.group, value[1]],
        ]);
        assert.deepEqual(values.sort(), [
          ['api', undefined, '0'],
          ['web', 'a "quoted" \\ group', '1'],
        ]);
        break;
      }
      await pause(50);
    }
    const types = await prometheus.ask('/api/v1/metadata');
    assert.equal(types.kairos_pull_check_duration_seconds[0].type, 'histogram');
    assert.ok(types.kairos_resource_status);
  });
});
