// How many requests a check costs: the registry's own log is the witness, and the report must agree with it.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { createChecker } from '../../src/index.ts';
import { BARE_ENV, checkJson, requestsOf } from '../support/command.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { startTokenService } from '../support/token-service.ts';

const tags = (count: number): string[] => Array.from({ length: count }, (_, at) => `v${at + 1}`);

/** The same image under `count` tags of one repository. */
function fill(registry: EmbeddedRegistry, count = 1): string[] {
  for (const tag of tags(count)) registry.put('team/app', tag, createImage());
  return tags(count).map((tag) => `${registry.name}/team/app:${tag}`);
}

const count = (registry: { transcript(): string[] }, pattern: RegExp): number =>
  registry.transcript().filter((line) => pattern.test(line)).length;

describe('the challenge of a registry is remembered', () => {
  const costs = async (registry: EmbeddedRegistry, args: readonly string[], env = {}): Promise<number> => {
    const before = registry.log.length;
    const { exitCode } = await checkJson(args, { env });
    assert.equal(exitCode, 0);
    return registry.log.length - before;
  };

  it('from one run to the next: three requests, then two', async () => {
    using cache = createTemporaryFolder();
    await using registry = await startRegistry({ auth: 'bearer' });
    const images = fill(registry);
    const env = { XDG_CACHE_HOME: cache.path };
    assert.equal(await costs(registry, images, env), 3);
    assert.equal(await costs(registry, images, env), 2);
    assert.equal(await costs(registry, [...images, '--no-cache'], env), 3);
    assert.equal(await costs(registry, images, { ...env, KAIROS_PULL_NO_CACHE: 'true' }), 3);
    assert.equal(await costs(registry, images, env), 2);
  });

  it('not if there was no challenge', async () => {
    using cache = createTemporaryFolder();
    await using registry = await startRegistry();
    const images = fill(registry);
    const env = { XDG_CACHE_HOME: cache.path };
    assert.equal(await costs(registry, images, env), 1);
    assert.equal(await costs(registry, images, env), 1);
    assert.deepEqual(readdirSync(cache.path), []);
  });

  it('within a run: fifty repositories of one registry, at most one challenge for each concurrent check', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    const images = Array.from({ length: 50 }, (_, at) => {
      registry.put(`team/app${at}`, 'v1', createImage());
      return `${registry.name}/team/app${at}:v1`;
    });
    assert.equal(await costs(registry, [...images, '--concurrency', '1']), 101);
    assert.equal(count(registry, / 401$/), 1);
  });
});

describe('a check costs', () => {
  it('one GET at an open registry; the https tried first on loopback is not even a request', async () => {
    await using registry = await startRegistry();
    const images = fill(registry);
    const { result, exitCode } = await checkJson(images);
    assert.equal(exitCode, 0);
    assert.deepEqual(registry.transcript(), ['GET /v2/team/app/manifests/v1 200']);
    assert.deepEqual(requestsOf(result), ['GET manifest 200']);
    assert.equal(result.requests[0]?.url, `${registry.origin}/v2/team/app/manifests/v1`);
    assert.equal(result.proof, 'manifest');
  });

  it('one HEAD with --proof head', async () => {
    await using registry = await startRegistry();
    const images = fill(registry);
    const { result } = await checkJson([...images, '--proof', 'head']);
    assert.deepEqual(registry.transcript(), ['HEAD /v2/team/app/manifests/v1 200']);
    assert.deepEqual(requestsOf(result), ['HEAD manifest 200']);
    assert.equal(result.proof, 'head');
  });

  it('three requests at a token registry: the challenge, the token, the manifest', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    const images = fill(registry);
    const { result } = await checkJson(images);
    assert.deepEqual(registry.transcript(), [
      'GET /v2/team/app/manifests/v1 401',
      'GET /token?service=embedded-registry&scope=repository%3Ateam%2Fapp%3Apull 200',
      'GET /v2/team/app/manifests/v1 200',
    ]);
    assert.deepEqual(requestsOf(result), ['GET manifest 401', 'GET token 200', 'GET manifest 200']);
  });

  it('three with --proof head as well, the two for the manifest without a body', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    const { result } = await checkJson([...fill(registry), '--proof', 'head']);
    assert.deepEqual(requestsOf(result), ['HEAD manifest 401', 'GET token 200', 'HEAD manifest 200']);
    assert.equal(registry.log.length, 3);
  });

  it('two requests to a registry with Basic credentials', async () => {
    await using registry = await startRegistry({ auth: 'basic', users: { ada: 'pw' } });
    const login = ['--username', 'ada', '--password-stdin'];
    const { result, exitCode } = await checkJson([...fill(registry), ...login], { stdin: 'pw\n' });
    assert.equal(exitCode, 0);
    assert.deepEqual(requestsOf(result), ['GET manifest 401', 'GET manifest 200']);
    assert.equal(registry.log.length, 2);
  });

  it('one request for a second image of the same repository', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    const [first = '', second = ''] = fill(registry, 2);
    const checker = createChecker({ env: BARE_ENV });
    await checker.check(first);
    const { requests } = await checker.check(second);
    await checker.close();
    assert.deepEqual(registry.transcript().slice(3), ['GET /v2/team/app/manifests/v2 200']);
    assert.equal(requests.length, 1);
  });

  it('one token request for twenty concurrent images of a repository', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    const { results } = await checkJson(fill(registry, 20));
    assert.deepEqual(
      results.map(({ verdict }) => verdict),
      tags(20).map(() => 'pullable'),
    );
    assert.equal(count(registry, /token/), 1);
    assert.equal(count(registry, /manifests\/v\d+ 200/), 20);
  });

  it('one token request for each of two repositories', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    for (const repository of ['team/app', 'team/web']) registry.put(repository, 'v1', createImage());
    await checkJson(['app', 'web', 'app:v1', 'web:v1'].map((name) => `${registry.name}/team/${name}`));
    assert.equal(count(registry, /token.*app/), 1);
    assert.equal(count(registry, /token.*web/), 1);
  });

  it('one request for /v2/ more when it fails, whatever it is: a missing tag is two requests', async () => {
    await using open = await startRegistry();
    fill(open);
    const missing = await checkJson([`${open.name}/team/app:v9`]);
    assert.equal(missing.exitCode, 4);
    assert.deepEqual(open.transcript(), ['GET /v2/team/app/manifests/v9 404', 'GET /v2/ 200']);

    const policy = { nothingGranted: { status: 403 } };
    await using tokens = await startTokenService({ users: { ada: 'pw' }, policy });
    await using closed = await startRegistry({ auth: 'bearer', tokens });
    const refused = await checkJson(fill(closed));
    assert.equal(refused.exitCode, 3);
    assert.deepEqual(closed.transcript(), ['GET /v2/team/app/manifests/v1 401', 'GET /v2/ 401']);
    assert.equal(tokens.log.length, 1);
  });

  it('one more request for each requested platform', async () => {
    await using registry = await startRegistry();
    const images = ['linux/amd64', 'linux/arm64'].map((platform) => createImage({ platform, text: platform }));
    registry.put('team/app', 'v1', createIndex(images));
    const platforms = ['--platform', 'linux/amd64,linux/arm64'];
    const { result } = await checkJson([`${registry.name}/team/app:v1`, ...platforms]);
    assert.deepEqual(requestsOf(result), ['GET manifest 200', 'GET child-manifest 200', 'GET child-manifest 200']);
    assert.equal(registry.log.length, 3);
  });

  it('nothing for an image named twice', async () => {
    await using registry = await startRegistry();
    const [image = ''] = fill(registry);
    const { results } = await checkJson([image, image]);
    assert.equal(results.length, 1);
    assert.equal(registry.log.length, 1);
  });
});
