// Real names, routed to this machine by a proxy: what is known about a registry is used and reported.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { withoutOpenssl } from '../support/certificates.ts';
import { checkJson, requestsOf, runCommand } from '../support/command.ts';
import { type NamedRegistry, startNamedRegistry } from '../support/named-registry.ts';
import { DIALECTS } from '../support/registry-dialects.ts';

const INDEX = createIndex([createImage(), createImage({ platform: 'linux/arm64' })]);

const startDockerHub = async (): Promise<NamedRegistry> => {
  const hub = await startNamedRegistry({
    host: 'registry-1.docker.io',
    tokenHost: 'auth.docker.io',
    dialect: DIALECTS.dockerHub,
  });
  hub.registry.put('library/nginx', 'latest', INDEX);
  hub.registry.put('library/busybox', 'latest', createImage());
  hub.registry.put('library/alpine', 'latest', createImage({ flavor: 'docker' }));
  return hub;
};

const manifestRequests = ({ registry }: NamedRegistry): string[] =>
  registry
    .transcript()
    .filter((line) => line.includes('/manifests/'))
    .map((line) => line.replace(/\/\S*\/manifests\//, ''));

describe('Docker Hub', { skip: withoutOpenssl }, () => {
  it('nginx costs one HEAD after the token, and no GET: no pull is counted', async () => {
    await using hub = await startDockerHub();
    const { result, exitCode } = await checkJson(['nginx', ...hub.args], { env: hub.env });
    assert.equal(exitCode, 0);
    assert.deepEqual(requestsOf(result), ['GET token 200', 'HEAD manifest 200']);
    assert.deepEqual(hub.registry.transcript(), [
      'GET /token?service=registry.docker.io&scope=repository%3Alibrary%2Fnginx%3Apull 200',
      'HEAD /v2/library/nginx/manifests/latest 200',
    ]);
    assert.deepEqual(
      hub.registry.log.map(({ headers }) => headers.host),
      ['auth.docker.io', 'registry-1.docker.io'],
    );
    assert.deepEqual(hub.proxy.log.map(({ method, target }) => `${method} ${target}`).toSorted(), [
      'CONNECT auth.docker.io:443',
      'CONNECT registry-1.docker.io:443',
    ]);
    assert.equal(result.proof, 'head');
    assert.equal(result.digest, INDEX.manifest.digest);
    assert.equal(result.reference?.canonical, 'docker.io/library/nginx:latest');
  });

  it('reports the remaining pulls', async () => {
    await using hub = await startDockerHub();
    const { result } = await checkJson(['nginx', ...hub.args], { env: hub.env });
    assert.deepEqual(result.rateLimit, { limit: 100, remaining: 97, windowSeconds: 21_600 });
    const { stderr } = await runCommand(['check', 'nginx', '-v', ...hub.args], { env: hub.env });
    assert.match(stderr, / result .*nginx .* 97 of 100 pulls left in 6 h /);
  });

  it('an exhausted quota is a warning if a HEAD still proves that the image exists', async () => {
    await using hub = await startDockerHub();
    hub.registry.inject({ headers: { 'ratelimit-remaining': '0;w=21600' } }, { path: /manifests/ });
    const { result, exitCode } = await checkJson(['nginx', ...hub.args], { env: hub.env });
    assert.equal(exitCode, 0);
    assert.deepEqual(
      result.warnings.map(({ code }) => code),
      ['quota-exhausted'],
    );
  });

  it('a Docker manifest needs no GET, an OCI one does: it may be an artifact', async () => {
    await using hub = await startDockerHub();
    const docker = await checkJson(['alpine', ...hub.args], { env: hub.env });
    assert.deepEqual([docker.result.proof, docker.result.requests.at(-1)?.method], ['head', 'HEAD']);
    const oci = await checkJson(['busybox', ...hub.args], { env: hub.env });
    assert.deepEqual([oci.result.proof, oci.result.requests.at(-1)?.method], ['manifest', 'GET']);
  });

  it('with --no-cache, it sends its challenge again', async () => {
    await using hub = await startDockerHub();
    const { result } = await checkJson(['nginx', '--no-cache', ...hub.args], { env: hub.env });
    assert.deepEqual(requestsOf(result), ['HEAD manifest 401', 'GET token 200', 'HEAD manifest 200']);
  });

  it('--platform costs the index and its child, and no HEAD before', async () => {
    await using hub = await startDockerHub();
    await checkJson(['nginx', '--platform', 'linux/arm64', ...hub.args], { env: hub.env });
    const child = INDEX.children?.[1]?.manifest.digest;
    assert.deepEqual(manifestRequests(hub), ['GET latest 200', `GET ${child} 200`]);
  });

  for (const name of ['docker.io/nginx', 'index.docker.io/library/nginx', 'library/nginx:latest']) {
    it(`${name} is nginx`, async () => {
      await using hub = await startDockerHub();
      const { result, exitCode } = await checkJson([name, ...hub.args], { env: hub.env });
      assert.equal(exitCode, 0, result.message);
      assert.equal(result.reference?.canonical, 'docker.io/library/nginx:latest');
    });
  }

  it('the stored credential is sent to the token service only', async () => {
    await using hub = await startDockerHub();
    const config = { auths: { 'https://index.docker.io/v1/': { auth: btoa('ada:secret') } } };
    const env = { ...hub.env, DOCKER_AUTH_CONFIG: JSON.stringify(config) };
    await checkJson(['nginx', ...hub.args], { env });
    const logins = hub.registry.log.filter(({ headers }) => headers.authorization?.startsWith('Basic'));
    assert.deepEqual(
      logins.map(({ headers, path }) => [headers.host, path]),
      [['auth.docker.io', '/token']],
    );
  });
});

describe('without credentials, the hint for a private image at', { skip: withoutOpenssl }, () => {
  const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
  const cases: readonly (readonly [keyof typeof DIALECTS, host: string, registry: string, command: string])[] = [
    ['dockerHub', 'docker.io', 'Docker Hub', 'docker login'],
    ['ghcr', 'ghcr.io', 'GHCR', 'docker login ghcr.io'],
    ['quay', 'quay.io', 'Quay', 'docker login quay.io'],
    ['gitlab', 'registry.gitlab.com', 'GitLab', 'docker login registry.gitlab.com'],
    [
      'googleArtifactRegistry',
      'us-docker.pkg.dev',
      'Google Artifact Registry',
      'gcloud auth print-access-token | docker',
    ],
    [
      'ecr',
      ECR,
      'Amazon ECR',
      `aws ecr get-login-password --region eu-west-1 | docker login -u AWS --password-stdin ${ECR}`,
    ],
    ['ecrPublic', 'public.ecr.aws', 'Amazon ECR Public', 'aws ecr-public get-login-password --region us-east-1'],
    ['azure', 'team.azurecr.io', 'Azure Container Registry', 'az acr login --name team'],
    ['artifactory', 'team.jfrog.io', 'JFrog Artifactory', 'docker login team.jfrog.io'],
    ['ibm', 'icr.io', 'IBM Cloud', 'docker login icr.io'],
    ['harbor', 'harbor.example.com', 'harbor.example.com', 'docker login harbor.example.com'],
    ['nexus', 'nexus.example.com:8443', 'nexus.example.com:8443', 'docker login nexus.example.com:8443'],
  ];
  for (const [dialect, host, registry, command] of cases) {
    it(`${host} names the registry and how to log in`, async () => {
      await using named = await startNamedRegistry({
        host: host === 'docker.io' ? 'registry-1.docker.io' : host,
        dialect: DIALECTS[dialect],
        users: { ada: 'right' },
      });
      const { result } = await checkJson([`${host}/local/private:v1`, '--insecure'], { env: named.env });
      assert.equal(result.verdict, 'unpullable');
      assert.ok(result.message.includes(registry), result.message);
      assert.ok(result.hint?.includes(command), `${result.hint}`);
    });
  }
});
