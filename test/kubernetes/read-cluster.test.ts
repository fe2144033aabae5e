import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFoundSecrets } from '../../src/credentials/pull-secret.ts';
import {
  type ClusterReading,
  type ClusterSource,
  createClusterMemory,
  readCluster,
} from '../../src/kubernetes/read-cluster.ts';
import { type KubernetesObject, startKubernetesApi } from '../support/kubernetes-api.ts';
import { cronJob, pod, pullSecret, serviceAccount, workload } from '../support/kubernetes-objects.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

async function scene(objects: readonly KubernetesObject[] = []) {
  const api = await startKubernetesApi();
  api.serve(objects);
  const memory = createClusterMemory();
  return {
    api,
    memory,
    read: (source: Partial<ClusterSource> = {}): Promise<ClusterReading> =>
      readCluster({ server: api.origin, namespaces: ['shop'], secrets: 'none', ...source }, memory, {
        env: {},
        signal: new AbortController().signal,
        pageSize: 3,
      }),
    [Symbol.asyncDispose]: () => api.close(),
  };
}

/** `namespace: image < places`, sorted. */
const linesOf = ({ images }: ClusterReading): string[] =>
  images
    .map(({ namespace, target: { text, foundAt, skip } }) => {
      const places = foundAt.map(({ source, path }) => `${source} ${path}`).sort();
      return `${namespace}: ${text}${skip ? ' (skipped)' : ''} < ${places.join(', ')}`;
    })
    .sort();

const replicaSet = (name: string) => ({ kind: 'ReplicaSet', name });

describe('the images of a cluster', () => {
  it('are those of workloads, also without pods, and what runs in pods', async () => {
    await using run = await scene([
      workload('Deployment', 'shop', 'web', {
        containers: [{ image: 'registry.example/web:1' }],
        init: [{ name: 'migrate', image: 'registry.example/migrate:1' }],
      }),
      workload('ReplicaSet', 'shop', 'web-5d4', {
        owner: { kind: 'Deployment', name: 'web' },
        containers: [{ image: 'registry.example/web:0' }],
      }),
      pod('shop', 'web-5d4-x1', {
        owner: replicaSet('web-5d4'),
        labels: { 'pod-template-hash': '5d4' },
        containers: [{ image: 'registry.example/web:1' }, { name: 'istio-proxy', image: 'istio/proxyv2:1.24' }],
        init: [{ name: 'migrate', image: 'registry.example/migrate:1' }],
        ephemeral: [{ name: 'debugger', image: 'busybox:1.36' }],
      }),
      workload('Deployment', 'shop', 'idle', { replicas: 0, containers: [{ image: 'registry.example/idle:1' }] }),
      workload('StatefulSet', 'shop', 'db', { containers: [{ image: 'postgres:16' }] }),
      workload('DaemonSet', 'shop', 'agent', { containers: [{ image: 'agent:2' }] }),
      workload('ReplicaSet', 'shop', 'alone', { containers: [{ image: 'alone:1' }] }),
      workload('Job', 'shop', 'import', { containers: [{ image: 'import:1' }] }),
      cronJob('shop', 'backup', { containers: [{ image: 'backup:1' }] }),
      pod('shop', 'once', { containers: [{ image: 'once:1' }] }),
      pod('other', 'not-listed', { containers: [{ image: 'other:1' }] }),
    ]);
    const reading = await run.read();
    assert.deepEqual(linesOf(reading), [
      'shop: agent:2 < shop/agent DaemonSet/agent/app',
      'shop: alone:1 < shop/alone ReplicaSet/alone/app',
      'shop: backup:1 < shop/backup CronJob/backup/app',
      'shop: busybox:1.36 < shop/web Deployment/web/debugger',
      'shop: import:1 < shop/import Job/import/app',
      'shop: istio/proxyv2:1.24 < shop/web Deployment/web/istio-proxy',
      'shop: once:1 < shop/once Pod/once/app',
      'shop: postgres:16 < shop/db StatefulSet/db/app',
      'shop: registry.example/idle:1 < shop/idle Deployment/idle/app',
      'shop: registry.example/migrate:1 < shop/web Deployment/web/migrate',
      'shop: registry.example/web:1 < shop/web Deployment/web/app',
    ]);
    assert.deepEqual(reading.problems, []);
    assert.ok(reading.isComplete);
  });

  it('are not those of what is over: finished pods and jobs, and the jobs of a cron job', async () => {
    const finished = { conditions: [{ type: 'Complete', status: 'True' }] };
    const nightly = { kind: 'CronJob', name: 'nightly' };
    await using run = await scene([
      pod('shop', 'done', { phase: 'Succeeded', containers: [{ image: 'done:1' }] }),
      pod('shop', 'evicted', { phase: 'Failed', containers: [{ image: 'evicted:1' }] }),
      workload('Job', 'shop', 'over', { status: finished, containers: [{ image: 'over:1' }] }),
      cronJob('shop', 'nightly', { containers: [{ image: 'nightly:2' }] }),
      workload('Job', 'shop', 'nightly-29', { owner: nightly, containers: [{ image: 'nightly:1' }] }),
      pod('shop', 'nightly-29-abc', {
        owner: { kind: 'Job', name: 'nightly-29' },
        containers: [{ image: 'nightly:1' }],
      }),
    ]);
    assert.deepEqual(linesOf(await run.read()), [
      'shop: nightly:1 < shop/nightly CronJob/nightly/app',
      'shop: nightly:2 < shop/nightly CronJob/nightly/app',
    ]);
  });

  it('are one for each namespace and reference, however it is written', async () => {
    await using run = await scene([
      pod('shop', 'a', { containers: [{ image: 'nginx:1.27' }] }),
      pod('shop', 'b', { containers: [{ image: 'docker.io/library/nginx:1.27' }] }),
      pod('pay', 'c', { containers: [{ image: 'nginx:1.27' }] }),
      pod('shop', 'never', { containers: [{ image: 'local:1', imagePullPolicy: 'Never' }] }),
    ]);
    assert.deepEqual(linesOf(await run.read({ namespaces: ['*'] })), [
      'pay: nginx:1.27 < pay/c Pod/c/app',
      'shop: local:1 (skipped) < shop/never Pod/never/app',
      'shop: nginx:1.27 < shop/a Pod/a/app, shop/b Pod/b/app',
    ]);
    const paths = run.api.requests.map(({ path }) => path);
    assert.ok(
      paths.every((path) => !path.includes('/namespaces/')),
      'one list for all namespaces',
    );
    assert.deepEqual(linesOf(await run.read({ namespaces: ['pay', 'empty'] })), ['pay: nginx:1.27 < pay/c Pod/c/app']);
  });

  it('are those that a selector chooses', async () => {
    await using run = await scene([
      pod('shop', 'a', { labels: { tier: 'front', app: 'a' }, containers: [{ image: 'a:1' }] }),
      workload('Deployment', 'shop', 'b', { labels: { tier: 'back' }, containers: [{ image: 'b:1' }] }),
    ]);
    assert.deepEqual(linesOf(await run.read({ selector: 'tier=back' })), ['shop: b:1 < shop/b Deployment/b/app']);
  });

  it('have the digests that run, of the tag alone', async () => {
    await using run = await scene([
      pod('shop', 'a', { containers: [{ image: 'nginx:1.27', imageId: `docker.io/library/nginx@${DIGEST}` }] }),
      pod('shop', 'b', { containers: [{ image: 'nginx:1.27', imageId: DIGEST }] }),
      pod('shop', 'c', { containers: [{ image: 'web:1', imageId: DIGEST }] }),
    ]);
    const { images } = await run.read();
    assert.deepEqual(
      images.map(({ target, running }) => [target.text, running]),
      [
        ['nginx:1.27', [DIGEST]],
        ['web:1', []],
      ],
    );
  });

  it('do not get lost when a list fails', async () => {
    await using run = await scene([
      pod('shop', 'a', { containers: [{ image: 'a:1' }] }),
      workload('Deployment', 'shop', 'b', { containers: [{ image: 'b:1' }] }),
    ]);
    const all = linesOf(await run.read());
    run.api.allow(({ resource }) => resource !== 'pods');
    const partly = await run.read();
    assert.deepEqual(linesOf(partly), all);
    assert.deepEqual(partly.problems, [
      'Cannot list pods in the namespace shop: pods is forbidden: User "admin" cannot list resource "pods" in API group "" in the namespace "shop". Allow list with a Role.',
    ]);
    assert.equal(partly.isComplete, false);
    assert.equal(partly.isFailed, false);
    run.api.allow(() => true);
    run.api.serve([]);
    run.api.intercept(({ path }) => (path.endsWith('/deployments') ? { status: 400, body: {} } : undefined));
    assert.deepEqual(linesOf(await run.read()), ['shop: b:1 < shop/b Deployment/b/app']);
    await run.api.close();
    const away = await run.read();
    assert.deepEqual(linesOf(away), ['shop: b:1 < shop/b Deployment/b/app']);
    assert.ok(away.isFailed);
    assert.equal(away.problems.length, 1, 'one sentence for seven lists');
    assert.match(
      away.problems[0] ?? '',
      /^Cannot list deployments, statefulsets, .*pods in the namespace shop: no response from/,
    );
  });
});

describe('pull secrets of a cluster', () => {
  const objects = [
    pod('shop', 'own', { pullSecrets: ['regcred', 'absent'], containers: [{ image: 'registry.example/own:1' }] }),
    workload('Deployment', 'shop', 'web', {
      serviceAccount: 'builder',
      containers: [{ image: 'registry.example/web:1' }],
    }),
    pod('pay', 'own', { pullSecrets: ['regcred'], containers: [{ image: 'registry.example/own:1' }] }),
    pod('shop', 'both', { pullSecrets: ['old', 'opaque'], containers: [{ image: 'registry.example/both:1' }] }),
    pullSecret('shop', 'regcred', { 'registry.example': 'shop:right' }),
    pullSecret('pay', 'regcred', { 'registry.example': 'pay:right' }),
    pullSecret('shop', 'of-account', { 'registry.example': 'account:right' }),
    pullSecret('shop', 'old', { 'registry.example': 'old:right' }, 'kubernetes.io/dockercfg'),
    { ...pullSecret('shop', 'opaque', { 'registry.example': 'opaque:right' }), type: 'Opaque' },
    pullSecret('shop', 'unused', { 'registry.example': 'unused:right' }),
    serviceAccount('shop', 'builder', ['of-account']),
    serviceAccount('shop', 'default', []),
  ];
  const usersOf = ({ images }: ClusterReading) =>
    images.map(({ namespace, target, secrets }) => {
      const users = parseFoundSecrets(secrets).auths.map(({ credential }) =>
        credential.ok && credential.value?.kind === 'password' ? credential.value.username : '?',
      );
      return `${namespace} ${target.text}: ${users.join(', ')}`;
    });

  it('are never read unless they are wanted', async () => {
    await using run = await scene(objects);
    const reading = await run.read({ namespaces: ['*'] });
    assert.ok(reading.images.every(({ secrets }) => secrets.length === 0));
    assert.ok(run.api.requests.every(({ path }) => !/secrets|serviceaccounts/.test(path)));
  });

  it('are those of the pod, or else of its service account, in its namespace, each read by its name', async () => {
    await using run = await scene(objects);
    const reading = await run.read({ namespaces: ['shop', 'pay'], secrets: 'named' });
    assert.deepEqual(usersOf(reading).sort(), [
      'pay registry.example/own:1: pay',
      'shop registry.example/both:1: old',
      'shop registry.example/own:1: shop',
      'shop registry.example/web:1: account',
    ]);
    assert.deepEqual(reading.problems, []);
    const paths = run.api.requests.map(({ path }) => path).filter((path) => path.includes('/secrets'));
    assert.ok(
      paths.every((path) => /\/secrets\/[a-z-]+$/.test(path)),
      'no list of secrets',
    );
    assert.ok(paths.every((path) => !path.endsWith('/unused')));
    assert.doesNotMatch(JSON.stringify(reading.problems), /right/);
  });

  it('that are forbidden are named, and the last known ones are still used', async () => {
    await using run = await scene(objects);
    run.api.allow(({ resource }) => resource !== 'secrets');
    const denied = await run.read({ secrets: 'named' });
    const [problem] = parseFoundSecrets(denied.images.flatMap(({ secrets }) => secrets)).problems;
    assert.match(
      problem ?? '',
      /^Secret\/[a-z-]+ in namespace shop: it could not be read: secrets ".*" is forbidden: /,
    );
    assert.match(
      denied.problems[0] ?? '',
      /^Cannot read the pull secret shop\/absent: secrets "absent" is forbidden: User "admin" cannot get resource "secrets"/,
    );
    assert.ok(denied.isComplete, 'the images are known');
    run.api.allow(() => true);
    const allowed = usersOf(await run.read({ secrets: 'named' }));
    run.api.allow(({ resource }) => resource !== 'secrets' && resource !== 'serviceaccounts');
    const again = await run.read({ secrets: 'named' });
    assert.deepEqual(usersOf(again), allowed);
    assert.match(
      again.problems.join('\n'),
      /Cannot read the service account shop\/builder, so its pull secrets are not known/,
    );
  });
});
