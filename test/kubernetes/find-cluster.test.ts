import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { openApi } from '../../src/kubernetes/api.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { type ClusterChoice, findCluster } from '../../src/kubernetes/find-cluster.ts';
import {
  authority,
  clientIdentity,
  expiredIdentity,
  filesOf,
  serverIdentity,
  withoutOpenssl,
} from '../support/certificates.ts';
import { type KubernetesApi, startKubernetesApi } from '../support/kubernetes-api.ts';
import { kubeconfig } from '../support/kubernetes-objects.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const signal = new AbortController().signal;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const SERVER = 'https://api.example:6443';

async function find(choice: ClusterChoice, env: Readonly<Record<string, string>>, serviceAccount?: string) {
  return findCluster(choice, { env: { HOME: '/nonexistent', ...env }, signal, serviceAccount });
}

async function found(...args: Parameters<typeof find>): Promise<Cluster> {
  const outcome = await find(...args);
  return outcome.ok ? outcome.value : assert.fail(outcome.error);
}

async function problem(...args: Parameters<typeof find>): Promise<string> {
  const outcome = await find(...args);
  return outcome.ok ? assert.fail('it was found') : outcome.error;
}

/** The user that the API saw, or why nothing was sent. */
async function userAt(api: KubernetesApi, cluster: Cluster): Promise<string> {
  const opened = await openApi(cluster, { env: {}, signal });
  if (!opened.ok) return opened.error;
  const before = api.requests.length;
  await opened.value.list('/api/v1/namespaces/shop/pods');
  await opened.value.close();
  return api.requests[before]?.user ?? 'no request';
}

describe('the cluster', () => {
  it('is that of the current context, with its namespace', async () => {
    using folder = createTemporaryFolder();
    const KUBECONFIG = folder.write('config', kubeconfig({ server: `${SERVER}/prefix/`, namespace: 'shop' }));
    const cluster = await found({}, { KUBECONFIG });
    assert.equal(cluster.server.href, `${SERVER}/prefix`);
    assert.equal(cluster.namespace, 'shop');
    assert.equal(cluster.name, 'the context test');
  });

  it('is found below the home directory', async () => {
    using folder = createTemporaryFolder({ '.kube/config': kubeconfig({ server: SERVER }) });
    assert.equal((await found({}, { HOME: folder.path })).namespace, 'default');
  });

  it('may be that of another context, in another file: the first file that sets a value wins', async () => {
    using folder = createTemporaryFolder();
    const first = folder.write('first', kubeconfig({ server: 'https://first.example', context: 'one' }));
    const second = folder.write('second', {
      ...kubeconfig({ server: 'https://second.example', context: 'two' }),
      clusters: [
        { name: 'one-cluster', cluster: { server: 'https://ignored.example' } },
        { name: 'two-cluster', cluster: { server: 'https://second.example' } },
      ],
    });
    const KUBECONFIG = ['', first, '/nonexistent/config', second].join(delimiter);
    assert.equal((await found({}, { KUBECONFIG })).server.host, 'first.example');
    assert.equal((await found({ context: 'two' }, { KUBECONFIG })).server.host, 'second.example');
    assert.match(await problem({ context: 'tow' }, { KUBECONFIG }), /has no context "tow"\. Did you mean two\?$/);
    assert.match(await problem({ context: 'x' }, { KUBECONFIG }), /has no context "x"\. Use one of: one, two\.$/);
  });

  it('is that of the pod where there is no kubeconfig; its token is read for each listing', async () => {
    using folder = createTemporaryFolder({ namespace: 'monitoring\n', token: 'first-token\n', 'ca.crt': 'PEM' });
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
    const cluster = await found({}, env, folder.path);
    assert.equal(cluster.server.href, 'https://10.0.0.1/');
    assert.equal(cluster.namespace, 'monitoring');
    const authorization = async () => {
      const identity = await cluster.identify(signal);
      return identity.ok ? identity.value.authorization : identity.error;
    };
    assert.equal(await authorization(), 'Bearer first-token');
    folder.write('token', 'second-token');
    assert.equal(await authorization(), 'Bearer second-token');
    folder.write('token', '');
    assert.match(String(await authorization()), /contains no token/);
    const v6 = await found({}, { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }, folder.path);
    assert.equal(v6.server.host, '[fd00::1]');
  });

  it('is not guessed', async () => {
    assert.match(await problem({}, {}, '/nonexistent'), /^No cluster found: there is no kubeconfig .* `kubectl proxy`/);
    assert.match(await problem({ context: 'prod' }, {}), /^There is no kubeconfig for the context prod/);
    using folder = createTemporaryFolder();
    const config = { ...kubeconfig({ server: SERVER }), 'current-context': '' };
    assert.match(
      await problem({}, { KUBECONFIG: folder.write('config', config) }),
      /no current-context; choose one of: test/,
    );
  });

  it('may be kubectl proxy, which knows the user itself', async () => {
    await using api = await startKubernetesApi();
    const cluster = await found({ server: api.origin }, {});
    assert.equal(await userAt(api, cluster), 'admin');
    assert.equal(api.requests[0]?.authorization, undefined);
  });

  const broken: readonly (readonly [name: string, config: unknown, sentence: RegExp])[] = [
    ['no YAML', '{', /^Cannot read .*: it is not valid YAML \(line 1\)\.$/],
    ['no kubeconfig', '- a', /: it is not a kubeconfig\.$/],
    [
      'no cluster',
      { ...kubeconfig({ server: SERVER }), clusters: [] },
      /names the cluster "test-cluster", which is missing/,
    ],
    ['no user', { ...kubeconfig({ server: SERVER }), users: [] }, /names the user "test-user", which is missing/],
    ['no server', kubeconfig({ server: '' }), /its server is not an http or https URL/],
    [
      'an unencrypted server',
      kubeconfig({ server: 'http://api.example' }),
      /not encrypted; use https, or kubectl proxy/,
    ],
    ['a login in the URL', kubeconfig({ server: 'https://a:hunter2@api.example' }), /must not contain credentials/],
    [
      'a SOCKS proxy',
      kubeconfig({ server: SERVER, cluster: { 'proxy-url': 'socks5://p' } }),
      /proxy-url must be an http/,
    ],
  ];
  for (const [name, config, sentence] of broken) {
    it(`is refused with a sentence: ${name}`, async () => {
      using folder = createTemporaryFolder();
      const said = await problem({}, { KUBECONFIG: folder.write('config', config) });
      assert.match(said, sentence);
      assert.doesNotMatch(said, /hunter2/);
    });
  }
});

describe('the user of a kubeconfig', { skip: withoutOpenssl }, () => {
  const inline = (): Readonly<Record<string, unknown>> => ({ 'certificate-authority-data': base64(authority().cert) });

  async function scene() {
    const api = await startKubernetesApi({
      tls: serverIdentity(),
      tokens: { 'token-1': 'ada', 'token-2': 'bob' },
      basic: ['eve:right'],
    });
    const folder = createTemporaryFolder();
    return {
      api,
      folder,
      async userOf(user: Readonly<Record<string, unknown>>, cluster = inline()): Promise<string> {
        const KUBECONFIG = folder.write('config', kubeconfig({ server: api.origin, user, cluster }));
        return userAt(api, await found({}, { KUBECONFIG, PATH: join(folder.path, 'bin') }));
      },
      async [Symbol.asyncDispose]() {
        await api.close();
        folder[Symbol.dispose]();
      },
    };
  }

  it('has a token, or a file with one, which wins', async () => {
    await using run = await scene();
    assert.equal(await run.userOf({ token: 'token-1' }), 'ada');
    run.folder.write('secrets/token', 'token-2\n');
    assert.equal(await run.userOf({ token: 'token-1', tokenFile: 'secrets/token' }), 'bob');
    assert.match(await run.userOf({ tokenFile: 'missing' }), /^Cannot read .*missing: no such file/);
    assert.match(
      await run.userOf({ token: 'a\nb' }),
      /^The token of the user test-user is not a token that can be sent/,
    );
  });

  it('has a client certificate, inline or in files', async () => {
    await using run = await scene();
    const { cert, key } = clientIdentity();
    const data = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
    assert.equal(await run.userOf(data), 'client');
    const files = filesOf(clientIdentity());
    assert.equal(await run.userOf({ 'client-certificate': files.cert, 'client-key': files.key }), 'client');
    assert.match(await run.userOf({ 'client-certificate-data': base64(cert) }), /needs both a certificate and a key/);
    const other = { ...data, 'client-key-data': base64(serverIdentity().key) };
    assert.match(await run.userOf(other), /cannot be used/);
    const old = expiredIdentity();
    const expired = { 'client-certificate-data': base64(old.cert), 'client-key-data': base64(old.key) };
    assert.match(
      await run.userOf(expired),
      /^The client certificate of the user test-user \(.*\) expired on \d{4}-\d\d-\d\d; log in to the cluster again\.$/,
    );
    assert.match(
      await run.userOf({ ...data, 'client-key-data': '?' }),
      /client-key-data in the kubeconfig is not base64/,
    );
  });

  it('has a password', async () => {
    await using run = await scene();
    assert.equal(await run.userOf({ username: 'eve', password: 'right' }), 'eve');
  });

  it('trusts a file of authorities, or none at all where the kubeconfig says so', async () => {
    await using run = await scene();
    const user = { token: 'token-1' };
    assert.equal(await run.userOf(user, { 'certificate-authority': filesOf(authority()).cert }), 'ada');
    assert.equal(await run.userOf(user, { 'insecure-skip-tls-verify': true }), 'ada');
    assert.equal(await run.userOf(user, {}), 'no request');
  });

  it('has a program that prints a token, as kubectl runs it', async () => {
    await using run = await scene();
    const program = (name: string, script: string): void =>
      chmodSync(run.folder.write(`bin/${name}`, `#!/bin/sh\n${script}\n`), 0o755);
    const exec = (command: string, more: object = {}) => ({
      exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'IfAvailable', command, ...more },
    });
    const credential = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'"$1$SUFFIX"'"}}`;
    program('good', `case $KUBERNETES_EXEC_INFO in *'"interactive":false'*) echo '${credential}' ;; esac`);
    const more = { args: ['token'], env: [{ name: 'SUFFIX', value: '-2' }] };
    assert.equal(await run.userOf(exec('good', more)), 'bob');
    assert.equal(await run.userOf(exec('./bin/good', more)), 'bob', 'relative to the kubeconfig');
    program('fails', 'echo hunter2-token; echo hunter2-token >&2; exit 3');
    const failed = await run.userOf(exec('fails'));
    assert.match(failed, /^The program fails of the user test-user failed with exit code 3/);
    assert.doesNotMatch(failed, /hunter2/);
    program('prints', 'echo hunter2');
    assert.match(await run.userOf(exec('prints')), /did not print an ExecCredential\.$/);
    assert.match(
      await run.userOf(exec('absent', { installHint: 'Get it.' })),
      /absent .* is not installed\. Get it\.$/,
    );
    assert.match(await run.userOf(exec('good', { interactiveMode: 'Always' })), /needs a terminal.*kubectl proxy/);
    assert.match(await run.userOf(exec('good', { apiVersion: 'v9' })), /unknown apiVersion/);
  });

  it('is said to be unsupported where it is', async () => {
    await using run = await scene();
    assert.match(await run.userOf({ token: 'token-1', as: 'root' }), /acts as another user.*kubectl proxy/);
    assert.match(await run.userOf({ 'auth-provider': { name: 'gcp' } }), /auth-provider.*kubectl proxy/);
  });

  it('is sent over TLS alone', async () => {
    await using api = await startKubernetesApi({ tokens: { 'token-1': 'ada' } });
    using folder = createTemporaryFolder();
    const config = kubeconfig({ server: api.origin, user: { token: 'token-1' } });
    const cluster = await found({}, { KUBECONFIG: folder.write('config', config) });
    assert.equal(await userAt(api, cluster), 'system:anonymous');
    assert.equal(api.requests[0]?.authorization, undefined);
  });
});
