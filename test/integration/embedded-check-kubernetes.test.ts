import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { type Checked, checkJson, runCommand } from '../support/command.ts';
import { type KubernetesApi, type KubernetesObject, startKubernetesApi } from '../support/kubernetes-api.ts';
import { cronJob, kubeconfig, pod, pullSecret, workload } from '../support/kubernetes-objects.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

interface Scene extends AsyncDisposable {
  readonly registry: EmbeddedRegistry;
  readonly api: KubernetesApi;
  readonly folder: TemporaryFolder;
  readonly env: Readonly<Record<string, string>>;
  serve(objects: (registry: string) => readonly KubernetesObject[]): void;
}

async function scene(options: Parameters<typeof startRegistry>[0] = {}): Promise<Scene> {
  const registry = await startRegistry(options);
  const api = await startKubernetesApi();
  const folder = createTemporaryFolder();
  registry.put('shop/web', '1', createImage());
  registry.put('shop/api', '1', createImage());
  const KUBECONFIG = folder.write('kubeconfig', kubeconfig({ server: api.origin, namespace: 'shop' }));
  return {
    ...{ registry, api, folder, env: { KUBECONFIG } },
    serve: (objects) => api.serve(objects(registry.name)),
    async [Symbol.asyncDispose]() {
      await registry.close();
      await api.close();
      folder[Symbol.dispose]();
    },
  };
}

const FROM = ['--from', 'kubernetes'];
/** `image verdict < places`, sorted. */
const linesOf = ({ results }: Checked, registry: string): string[] =>
  results
    .map(({ input, verdict, reason, foundAt }) => {
      const places = foundAt.map(({ source, path }) => `${source} ${path}`).join(', ');
      return `${input.replace(`${registry}/`, '')} ${reason ?? verdict} < ${places}`;
    })
    .sort();

describe('check --from kubernetes', () => {
  it('checks each image of the cluster once, and says where it is used', async () => {
    await using run = await scene();
    run.serve((name) => [
      workload('Deployment', 'shop', 'web', { containers: [{ image: `${name}/shop/web:1` }] }),
      cronJob('shop', 'report', { containers: [{ image: `${name}/shop/web:1` }] }),
      pod('shop', 'old', { containers: [{ image: `${name}/shop/gone:1` }] }),
      pod('pay', 'api', {
        containers: [{ image: `${name}/shop/api:1` }, { name: 'web', image: `${name}/shop/web:1` }],
      }),
    ]);
    const { registry, env } = run;
    const own = await checkJson(FROM, { env });
    assert.deepEqual(linesOf(own, registry.name), [
      'shop/gone:1 not-found < shop/old Pod/old/app',
      'shop/web:1 pullable < shop/web Deployment/web/app, shop/report CronJob/report/app',
    ]);
    assert.equal(own.exitCode, 4);
    const all = await checkJson([...FROM, '--namespace', '*'], { env });
    assert.deepEqual(linesOf(all, registry.name), [
      'shop/api:1 pullable < pay/api Pod/api/app',
      'shop/gone:1 not-found < shop/old Pod/old/app',
      'shop/web:1 pullable < shop/web Deployment/web/app, shop/report CronJob/report/app, pay/api Pod/api/web',
    ]);
    const one = await checkJson([...FROM, '--namespace', 'pay', '--context', 'test'], { env });
    assert.equal(one.results.length, 2);
    const text = await runCommand(['check', ...FROM], { env });
    assert.match(text.stdout, /shop\/old Pod\/old\/app/);
    const proxied = await checkJson([...FROM, '--server', run.api.origin, '--namespace', 'shop,pay']);
    assert.equal(proxied.results.length, 3, 'without a kubeconfig, through kubectl proxy');
  });

  it('honors a selector, ignore rules, and images and files beside it', async () => {
    await using run = await scene();
    const { name } = run.registry;
    run.serve(() => [
      pod('shop', 'web', { labels: { app: 'web' }, containers: [{ image: `${name}/shop/web:1` }] }),
      pod('shop', 'api', { labels: { app: 'api' }, containers: [{ image: `${name}/shop/api:1` }] }),
    ]);
    const chosen = await checkJson([...FROM, '--selector', 'app=api'], { env: run.env });
    assert.deepEqual(linesOf(chosen, name), ['shop/api:1 pullable < shop/api Pod/api/app']);
    const list = run.folder.write('images.txt', `${name}/shop/web:1\n`);
    const both = await checkJson([...FROM, '-f', list, '--ignore', '*/shop/api*'], { env: run.env });
    assert.deepEqual(linesOf(both, name), [
      'shop/api:1 ignored < shop/api Pod/api/app',
      `shop/web:1 pullable < ${list} null, shop/web Pod/web/app`,
    ]);
  });

  it('uses the pull secrets of each namespace, if that is wanted', async () => {
    await using run = await scene({ auth: 'basic', users: { shop: 'right', pay: 'right' } });
    const { name } = run.registry;
    run.serve(() => [
      ...['shop', 'pay', 'bare'].map((namespace) =>
        pod(namespace, 'web', { pullSecrets: ['regcred'], containers: [{ image: `${name}/shop/web:1` }] }),
      ),
      pullSecret('shop', 'regcred', { [name]: 'shop:right' }),
      pullSecret('pay', 'regcred', { [name]: 'pay:expired-password' }),
    ]);
    const args = [...FROM, '--namespace', '*'];
    const without = await checkJson(args, { env: run.env });
    assert.deepEqual(
      without.results.map(({ reason }) => reason),
      ['unauthorized'],
    );
    assert.ok(run.api.requests.every(({ path }) => !path.includes('secrets')));
    const used = await checkJson([...args, '--use-pull-secrets'], { env: run.env });
    assert.deepEqual(
      used.results
        .map(({ verdict, foundAt, credential }) => [foundAt[0]?.source, verdict, credential?.source ?? null])
        .sort(),
      [
        ['bare/web', 'unpullable', null],
        ['pay/web', 'unpullable', 'Secret/regcred in namespace pay'],
        ['shop/web', 'pullable', 'Secret/regcred in namespace shop'],
      ],
    );
    assert.doesNotMatch(used.stdout + used.stderr, /expired-password/);
  });

  it('says why a pull secret that a pod names could not be used', async () => {
    await using run = await scene({ auth: 'basic', users: { shop: 'right' } });
    const { name } = run.registry;
    const broken = { ...pullSecret('broken', 'regcred', {}), data: { '.dockerconfigjson': 'eyJhdXRocyI6' } };
    run.serve(() => [
      ...['gone', 'broken', 'closed', 'opaque'].map((namespace) =>
        pod(namespace, 'web', { pullSecrets: ['regcred'], containers: [{ image: `${name}/shop/web:1` }] }),
      ),
      broken,
      pullSecret('closed', 'regcred', { [name]: 'shop:right' }),
      { ...pullSecret('opaque', 'regcred', { [name]: 'shop:right' }), type: 'Opaque' },
    ]);
    run.api.allow(({ resource, namespace }) => resource !== 'secrets' || namespace !== 'closed');
    const { results } = await checkJson([...FROM, '--namespace', '*', '--use-pull-secrets'], { env: run.env });
    const messages = new Map(results.map(({ foundAt, message }) => [foundAt[0]?.source, message]));
    const ending = ` Without credentials, ${name} does not serve shop/web.`;
    for (const [namespace, why] of [
      ['gone', /it does not exist\.$/],
      ['broken', /it is not valid JSON.*\.$/],
      ['closed', /it could not be read: secrets "regcred" is forbidden: .*\.$/],
      ['opaque', /it is not a pull secret \(type kubernetes\.io\/dockerconfigjson\)\.$/],
    ] as const) {
      const message = messages.get(`${namespace}/web`) ?? '';
      assert.ok(message.startsWith(`Secret/regcred in namespace ${namespace}: `) && message.endsWith(ending), message);
      assert.match(message.slice(0, -ending.length), why);
    }
    for (const { verdict, reason, hint } of results) {
      assert.deepEqual([verdict, reason], ['unpullable', 'unauthorized']);
      assert.equal(hint, 'Repair the Secret, or correct its name in imagePullSecrets.');
    }
  });

  it('says what it cannot read: everything is exit code 2 without a report, a part is a problem in it', async () => {
    await using run = await scene();
    run.serve((name) => [pod('shop', 'web', { containers: [{ image: `${name}/shop/web:1` }] })]);
    run.api.allow(({ resource }) => resource !== 'cronjobs');
    const partly = await runCommand(['check', ...FROM, '-o', 'json'], { env: run.env });
    assert.equal(partly.exitCode, 2);
    const { problems, results } = JSON.parse(partly.stdout);
    assert.equal(results.length, 1);
    assert.match(problems[0].message, /^Cannot list cronjobs in the namespace shop: cronjobs is forbidden/);
    assert.match(partly.stderr, /^error: kubernetes: Cannot list cronjobs/);
    run.api.allow(() => false);
    const denied = await runCommand(['check', ...FROM], { env: run.env });
    assert.equal(denied.exitCode, 2);
    assert.match(denied.stderr, /^error: --from kubernetes: Cannot list deployments, .* in the namespace shop: /);
    const nowhere = await runCommand(['check', ...FROM]);
    assert.equal(nowhere.exitCode, 2);
    assert.match(nowhere.stderr, /^error: --from kubernetes: No cluster found/);
    run.api.allow(() => true);
    const empty = await runCommand(['check', ...FROM, '--namespace', 'empty'], { env: run.env });
    assert.equal(empty.exitCode, 2);
    assert.match(empty.stderr, /no images found in the namespace empty of the context test\./);
  });

  it('is not chosen by a config file that was found', async () => {
    await using run = await scene();
    run.folder.write('kairos-pull.yaml', 'from: kubernetes\n');
    const found = await runCommand(['check', 'nginx'], { env: run.env, cwd: run.folder.path });
    assert.equal(found.exitCode, 2);
    assert.match(
      found.stderr,
      /from in kairos-pull\.yaml:1: a config file that was found .* must not use the credentials/,
    );
    assert.equal(run.api.requests.length, 0);
  });
});
