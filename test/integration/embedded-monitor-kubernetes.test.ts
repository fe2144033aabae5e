// The monitor with a cluster as its source: what it checks, drift, a list that fails, and a restart while the API is away.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { type KubernetesApi, startKubernetesApi } from '../support/kubernetes-api.ts';
import { kubeconfig, pod, pullSecret, workload } from '../support/kubernetes-objects.ts';
import { openMonitorClient } from '../support/monitor-client.ts';
import { spawnMonitor } from '../support/monitor-process.ts';
import { type Ended, spawnCommand } from '../support/process.ts';
import { requirePosix } from '../support/require-programs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const WEB = createIndex([createImage({ text: 'web' }), createImage({ text: 'web', platform: 'linux/arm64' })]);
const CHILD = createImage({ text: 'web' }).manifest.digest;
const TOKEN = 'a-token-of-the-monitor';

interface Shop extends AsyncDisposable {
  readonly registry: EmbeddedRegistry;
  readonly api: KubernetesApi;
  readonly folder: TemporaryFolder;
  readonly env: Readonly<Record<string, string>>;
  configure(...resources: readonly string[]): string[];
}

async function openShop(options: Parameters<typeof startRegistry>[0] = {}): Promise<Shop> {
  const registry = await startRegistry(options);
  const api = await startKubernetesApi();
  const folder = createTemporaryFolder();
  registry.put('shop/web', '1', WEB);
  const config = kubeconfig({ server: api.origin, namespace: 'shop', user: { token: TOKEN } });
  return {
    ...{ registry, api, folder, env: { KUBECONFIG: folder.write('kubeconfig', config) } },
    configure(...resources) {
      const list = resources.map((one) => `    - ${one}\n`).join('');
      const text = `monitor:\n  listen: 127.0.0.1:0\n  store: history.db\n  resources:\n${list}`;
      return ['--config', folder.write('kairos-pull.yaml', text)];
    },
    async [Symbol.asyncDispose]() {
      await registry.close();
      await api.close();
      folder[Symbol.dispose]();
    },
  };
}

async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const { child, ended } = spawnCommand(['monitor', ...args], env);
  child.stdin.end();
  return ended;
}

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly target: string;
  readonly state: string;
  readonly foundAt: readonly { readonly source: string; readonly line: number | null; readonly path: string }[];
}

describe('the monitor of a cluster', { skip: requirePosix() }, () => {
  it('checks each image of each namespace, tells drift, and outlives a cluster that cannot be listed', async () => {
    await using shop = await openShop();
    const { registry, api, env } = shop;
    const { name } = registry;
    api.serve([
      workload('Deployment', 'shop', 'web', { containers: [{ image: `${name}/shop/web:1` }] }),
      pod('shop', 'web-x', {
        owner: { kind: 'ReplicaSet', name: 'web-5d4' },
        labels: { 'pod-template-hash': '5d4' },
        containers: [{ image: `${name}/shop/web:1`, imageId: `${name}/shop/web@${CHILD}` }],
      }),
      pod('pay', 'web', { containers: [{ image: `${name}/shop/web:1` }] }),
      pod('pay', 'gone', { containers: [{ image: `${name}/shop/gone:1` }] }),
      pod('other', 'unseen', { containers: [{ image: `${name}/shop/unseen:1` }] }),
    ]);
    const args = shop.configure('kubernetes: { namespaces: [shop, pay] }');
    let before: readonly Shown[];
    {
      await using monitor = spawnMonitor(args, env);
      await using client = await openMonitorClient(await monitor.url());
      before = await client.json('/api/v1/resources');
      const slug = `${name.replace(':', '-')}`;
      assert.deepEqual(before.map(({ id, name: shown, group, state }) => [id, shown, group, state]).sort(), [
        [`image-pay-${slug}-shop-gone-1`, `${name}/shop/gone:1 (pay)`, 'pay', 'unavailable'],
        [`image-pay-${slug}-shop-web-1`, `${name}/shop/web:1 (pay)`, 'pay', 'available'],
        [`image-shop-${slug}-shop-web-1`, `${name}/shop/web:1 (shop)`, 'shop', 'available'],
      ]);
      const web = before.find(({ group }) => group === 'shop') ?? assert.fail();
      assert.deepEqual(web.foundAt, [{ source: 'shop/web', line: null, path: 'Deployment/web/app' }]);

      const driftOf = async () => (await client.text('/metrics')).match(/^kairos_pull_resource_drift\{.*$/gm) ?? [];
      assert.deepEqual(
        (await driftOf()).map((line) => line.replace(/\{.*\}/, '')),
        ['kairos_pull_resource_drift 0'],
      );
      registry.put('shop/web', '1', createIndex([createImage({ text: 'newer' })]));
      await client.check(web.id);
      const event = await monitor.line('drift');
      assert.equal(event.previousDigest, CHILD);
      assert.match(event.message, /The tag serves sha256:\w+, but sha256:\w+ runs in the cluster\.$/);
      assert.match(
        (await driftOf())[0] ?? '',
        new RegExp(`^kairos_pull_resource_drift\\{resource="${web.id}".*\\} 1$`),
      );
      const { drift } = await client.json(`/api/v1/resources/${web.id}`);
      assert.deepEqual(drift.running, [CHILD]);
      assert.match(await client.text(`/resources/${web.id}`), /Runs in the cluster/);

      api.allow(({ resource, namespace }) => resource !== 'pods' || namespace !== 'pay');
      monitor.signal('SIGHUP');
      let warning = await monitor.line('configuration');
      while (!/listing failed since/.test(warning.message)) warning = await monitor.line('configuration');
      assert.match(
        warning.message,
        /^Kubernetes: listing failed since .*Z\. Cannot list pods in the namespace pay: pods is forbidden/,
      );
      const { health } = await client.json('/api/v1/summary');
      assert.deepEqual(health.sources, [warning.message]);
      assert.match(await client.text('/'), /listing failed since/);
      const after: readonly Shown[] = await client.json('/api/v1/resources');
      assert.deepEqual(after.map(({ id }) => id).sort(), before.map(({ id }) => id).sort());

      // Another problem is no second line, and the end is one.
      api.allow(() => false);
      monitor.signal('SIGHUP');
      const sources = async (): Promise<string> => (await client.json('/api/v1/summary')).health.sources.join();
      while (!/in the namespace shop/.test(await sources()));
      api.allow(() => true);
      monitor.signal('SIGHUP');
      let line = await monitor.line('configuration');
      while (!/works again/.test(line.message)) line = await monitor.line('configuration');
      assert.equal(await sources(), '');
      monitor.signal('SIGTERM');
      const { stdout } = await monitor.ended;
      assert.equal(stdout.match(/"message":"Kubernetes: /g)?.length, 2, stdout);
      assert.doesNotMatch(stdout, new RegExp(TOKEN));
    }
    await api.close();
    await using restarted = spawnMonitor(args, env);
    await using client = await openMonitorClient(await restarted.url());
    const known: readonly Shown[] = await client.json('/api/v1/resources');
    assert.deepEqual(known.map(({ id }) => id).sort(), before.map(({ id }) => id).sort(), 'from the store');
    assert.match((await client.json('/api/v1/summary')).health.sources[0], /listing failed since .* no response from/);
  });

  it('uses the pull secrets of each namespace where it may, and an image of the configuration wins', async () => {
    await using shop = await openShop({ auth: 'basic', users: { shop: 'right-password' } });
    const { registry, api, env, folder } = shop;
    const { name } = registry;
    registry.put('shop/api', '1', createImage({ text: 'api' }));
    api.serve([
      ...['shop', 'pay'].map((namespace) =>
        pod(namespace, 'web', { pullSecrets: ['regcred'], containers: [{ image: `${name}/shop/web:1` }] }),
      ),
      pod('shop', 'api', { containers: [{ image: `${name}/shop/api:1` }] }),
      pullSecret('shop', 'regcred', { [name]: 'shop:right-password' }),
    ]);
    folder.write('auth.json', { auths: { [name]: { auth: Buffer.from('shop:right-password').toString('base64') } } });
    const args = shop.configure(
      `{ image: "${name}/shop/api:1", id: api, credentials: { authFile: auth.json } }`,
      "kubernetes: { namespaces: '*', secrets: named }",
    );
    const once = await run([...args, '--once', '--log', 'json'], env);
    const lines = once.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ id, group, state, reason }) => [group ?? id, state, reason]).sort(), [
      ['api', 'available', null],
      ['pay', 'unavailable', 'unauthorized'],
      ['shop', 'available', null],
    ]);
    assert.doesNotMatch(once.stdout + once.stderr, /right-password|regcred.*right/);
    assert.equal(once.exitCode, 3);
  });

  it('lists nothing for --check-config, and names what cannot be used', async () => {
    await using shop = await openShop();
    const valid = await run(
      [...shop.configure('kubernetes: { namespaces: [shop], refresh: 5m }'), '--check-config'],
      shop.env,
    );
    assert.equal(valid.exitCode, 0, valid.stderr);
    assert.match(valid.stdout, /^kubernetes +the current cluster: shop +listed every 5m while the monitor runs$/m);
    assert.equal(shop.api.connections(), 0);
    const mistakes = await run(
      [
        ...shop.configure(
          'kubernetes: { namespaces: [Shop], refresh: 1s, secrets: all, server: "https://api.example", contxt: a }',
          'kubernetes: { server: "http://127.0.0.1:8001", context: prod }',
          '{ kubernetes: { secrets: named }, credentials: { authFile: a.json } }',
        ),
        '--check-config',
      ],
      shop.env,
    );
    assert.equal(mistakes.exitCode, 2);
    for (const sentence of [
      /kubernetes\.namespaces.* in .*kairos-pull\.yaml:5: "Shop" is not the name of a namespace/,
      /kubernetes\.refresh in .*kairos-pull\.yaml:5: /,
      /kubernetes\.secrets in .*kairos-pull\.yaml:5: "all" is unknown\. Use one of: none, named\./,
      /kubernetes\.server in .*kairos-pull\.yaml:5: .* is not the address of kubectl proxy/,
      /unknown setting "monitor\.resources\[0\]\.kubernetes\.contxt"\. Did you mean context\?/,
      /resources\[1\]\.kubernetes\.server in .*kairos-pull\.yaml:6: cannot be combined with context/,
      /resources\[2\]\.credentials in .*kairos-pull\.yaml:7: cannot be combined with secrets: named/,
    ]) {
      assert.match(mistakes.stderr, sentence);
    }
    const away = await run(
      [...shop.configure('kubernetes: { server: "http://127.0.0.1:9", namespaces: [shop] }'), '--once'],
      shop.env,
    );
    assert.equal(away.exitCode, 2);
    assert.match(away.stderr, /^error: Kubernetes: listing failed since .*ECONNREFUSED/m);
  });
});
