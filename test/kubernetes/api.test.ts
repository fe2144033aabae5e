import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ClusterApi, openApi } from '../../src/kubernetes/api.ts';
import type { Cluster, Identity } from '../../src/kubernetes/cluster.ts';
import { bearer } from '../../src/kubernetes/cluster.ts';
import { authority, selfSignedIdentity, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { type KubernetesApiOptions, startKubernetesApi } from '../support/kubernetes-api.ts';
import { pod } from '../support/kubernetes-objects.ts';

const PODS = '/api/v1/namespaces/shop/pods';
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => pod('shop', `web-${index}`, { containers: [{ image: `app:${index}` }] }));
const namesOf = (objects: readonly unknown[]) =>
  objects.map((object) => (object as { metadata: { name: string } }).metadata.name);

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0LXRva2Vu.signature';

function clusterAt(server: string, identity: Partial<Identity> = {}): Cluster {
  return {
    ...{ name: 'the context test', server: new URL(server), namespace: 'default' },
    identify: async () => ({ ok: true, value: { tls: {}, secrets: [], ...identity } }),
  };
}

async function open(cluster: Cluster, pageSize = 2): Promise<ClusterApi & AsyncDisposable> {
  const opened = await openApi(cluster, { env: {}, signal: new AbortController().signal, pageSize });
  assert.ok(opened.ok);
  return { ...opened.value, [Symbol.asyncDispose]: opened.value.close };
}

async function scene(options: KubernetesApiOptions = {}, identity: Partial<Identity> = {}) {
  const server = await startKubernetesApi(options);
  const api = await open(clusterAt(`${server.origin}${options.prefix ?? ''}`, identity));
  return {
    server,
    api,
    async [Symbol.asyncDispose]() {
      await api.close();
      await server.close();
    },
  };
}

describe('lists of the API', () => {
  it('are read page by page', async () => {
    await using run = await scene();
    run.server.serve(many(5));
    const listed = await run.api.list(PODS);
    assert.ok(listed.ok);
    assert.deepEqual(namesOf(listed.value), ['web-0', 'web-1', 'web-2', 'web-3', 'web-4']);
    assert.equal(run.server.requests.length, 3);
    assert.ok(run.server.requests.every(({ query }) => query.get('limit') === '2'));
  });

  it('are begun again when they expire between pages', async () => {
    await using run = await scene();
    run.server.serve(many(5));
    run.server.expire(1);
    const listed = await run.api.list(PODS);
    assert.ok(listed.ok);
    assert.equal(namesOf(listed.value).length, 5, 'each object once');
    // 1, 2 (410), 1, 2, 3.
    assert.deepEqual(
      run.server.requests.map(({ query }) => query.has('continue')),
      [false, true, false, true, true],
    );
  });

  it('that expire again and again go on with the rest as it is now', async () => {
    await using run = await scene();
    run.server.serve(many(5));
    run.server.expire(4);
    const listed = await run.api.list(PODS);
    assert.ok(listed.ok);
    assert.deepEqual(new Set(namesOf(listed.value)).size, 5);
  });

  it('that can never be read to their end fail, and do not return a part', async () => {
    await using run = await scene();
    run.server.serve(many(5));
    run.server.expire(100, { continues: false });
    const listed = await run.api.list(PODS);
    assert.ok(!listed.ok);
    assert.equal(listed.error.kind, 'expired');
  });

  it('have the selector in every page', async () => {
    await using run = await scene();
    run.server.serve([
      ...many(3),
      ...[1, 2, 3].map((at) => pod('shop', `api-${at}`, { labels: { app: 'api' }, containers: [{ image: 'api:1' }] })),
    ]);
    const listed = await run.api.list(PODS, 'app=api');
    assert.ok(listed.ok);
    assert.deepEqual(namesOf(listed.value), ['api-1', 'api-2', 'api-3']);
    assert.ok(run.server.requests.every(({ query }) => query.get('labelSelector') === 'app=api'));
  });

  it('are below the path of the server', async () => {
    await using run = await scene({ prefix: '/k8s/clusters/c-1' });
    run.server.serve(many(1));
    assert.ok((await run.api.list(PODS)).ok);
    assert.match(run.server.requests[0]?.url ?? '', /^\/k8s\/clusters\/c-1\/api\/v1\/namespaces\/shop\/pods\?/);
  });

  it('may be empty, also as null', async () => {
    await using run = await scene();
    for (const items of [[], null]) {
      run.server.intercept(() => ({ status: 200, body: { items } }));
      assert.deepEqual(await run.api.list(PODS), { ok: true, value: [] });
    }
  });

  it('of many namespaces wait without a warning of Node.js', async () => {
    await using run = await scene();
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on('warning', onWarning);
    run.server.serve(many(1));
    await Promise.all(Array.from({ length: 30 }, () => run.api.list(PODS)));
    process.off('warning', onWarning);
    assert.deepEqual(warnings, []);
  });

  it('that are no lists are a failure', async () => {
    await using run = await scene();
    for (const body of ['<html>', '[]', '{}', { items: 'none' }, '']) {
      run.server.intercept(() => ({ status: 200, body }));
      assert.equal((await run.api.list(PODS)).ok, false, JSON.stringify(body));
    }
  });
});

describe('failures of the API', () => {
  it('quote its sentence, without our token', async () => {
    await using run = await scene({ tokens: { [TOKEN]: 'monitor' }, allows: () => false }, { ...bearer(TOKEN) });
    const denied = await run.api.list(PODS);
    assert.ok(!denied.ok);
    assert.deepEqual(denied.error, {
      kind: 'forbidden',
      problem: 'pods is forbidden: User "monitor" cannot list resource "pods" in API group "" in the namespace "shop"',
    });
    run.server.intercept(({ authorization }) => ({
      status: 403,
      body: { kind: 'Status', message: `no: ${authorization}\u001b[31m` },
    }));
    const echoed = await run.api.list(PODS);
    assert.ok(!echoed.ok);
    assert.doesNotMatch(echoed.error.problem, /eyJ|c2VjcmV0|signature|\u001b/);
  });

  it('say that credentials are not accepted', async () => {
    await using run = await scene({ tokens: {} }, { ...bearer(TOKEN) });
    const refused = await run.api.get('/api/v1/namespaces/shop/secrets/regcred');
    assert.ok(!refused.ok);
    assert.deepEqual(refused.error, {
      kind: 'unauthorized',
      problem: 'the API does not accept the credentials (Unauthorized)',
    });
  });

  it('include every redirect: the token goes nowhere else', async () => {
    await using other = await startKubernetesApi();
    await using run = await scene({}, { ...bearer(TOKEN) });
    for (const status of [301, 302, 303, 307, 308]) {
      run.server.intercept(() => ({ status, headers: { location: `${other.origin}${PODS}` } }));
      const moved = await run.api.list(PODS);
      assert.ok(!moved.ok);
      assert.match(moved.error.problem, new RegExp(`redirects \\(status ${status}\\), which is not followed`));
    }
    assert.equal(other.connections(), 0);
  });

  it('name a server that is away', async () => {
    const server = await startKubernetesApi();
    await server.close();
    await using api = await open(clusterAt(server.origin));
    const away = await api.list(PODS);
    assert.ok(!away.ok);
    assert.match(away.error.problem, new RegExp(`^no response from ${server.name}: .*ECONNREFUSED`));
  });
});

describe('the certificate of the API', { skip: withoutOpenssl }, () => {
  const tls = () => serverIdentity();

  it('must be of the authority of the cluster', async () => {
    await using server = await startKubernetesApi({ tls: tls(), tokens: { [TOKEN]: 'monitor' } });
    const trusted = { tls: { ca: authority().cert, caOnly: true }, ...bearer(TOKEN) };
    await using good = await open(clusterAt(server.origin, trusted));
    assert.ok((await good.list(PODS)).ok);
    await using bad = await open(
      clusterAt(server.origin, { ...trusted, tls: { ca: selfSignedIdentity().cert, caOnly: true } }),
    );
    const refused = await bad.list(PODS);
    assert.ok(!refused.ok);
    assert.match(refused.error.problem, /certificate/);
    assert.equal(server.requests.length, 1, 'no token was sent before it was verified');
  });

  it('may have another name, if the kubeconfig says which', async () => {
    await using server = await startKubernetesApi({ tls: serverIdentity('api.example') });
    const ca = { ca: authority().cert, caOnly: true };
    await using named = await open(clusterAt(server.origin, { tls: { ...ca, serverName: 'api.example' } }));
    assert.ok((await named.list(PODS)).ok);
    assert.equal(server.requests.length, 1);
    await using other = await open(clusterAt(server.origin, { tls: { ...ca, serverName: 'other.example' } }));
    const refused = await other.list(PODS);
    assert.ok(!refused.ok);
    assert.equal(server.requests.length, 1);
  });
});
