// Each dialect, as an anonymous client sees it: the responses of a private and a public repository.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MEDIA_TYPE } from '../../src/demo/content.ts';
import type { Dialect } from '../../src/demo/dialect.ts';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { ask } from './ask.ts';
import { DIALECTS } from './registry-dialects.ts';

const OPTIONS = {
  users: { ada: 'pw' },
  access: (user: string | undefined, repository: string) => user === 'ada' || repository === 'local/public',
};

/** Requests a manifest, answers the first Bearer challenge literally, and requests it again. */
async function pull(dialect: Dialect, repository: string, login?: string) {
  await using registry = await startRegistry({ ...OPTIONS, dialect });
  registry.put('local/public', 'v1', createImage());
  registry.put('local/private', 'v1', createImage());
  const url = `${registry.origin}/v2/${repository}/manifests/v1`;
  const accept = Object.values(MEDIA_TYPE).join(', ');
  const basic = login === undefined ? {} : { authorization: `Basic ${btoa(login)}` };

  const first = await ask(url, { headers: { accept } });
  const challenge = first.headers['www-authenticate'] ?? '';
  const parameter = (name: string) => new RegExp(`\\b${name}="?([^",]*)"?`).exec(challenge)?.[1];
  if (!challenge.startsWith('Bearer')) {
    const { status, body } = await ask(url, { headers: { accept, ...basic } });
    return { challenge, token: undefined, status, body };
  }
  const token = new URL(parameter('realm') ?? '');
  for (const name of ['service', 'scope']) {
    const value = parameter(name);
    if (value !== undefined) token.searchParams.set(name, value);
  }
  const granted = await ask(token.href, { headers: basic });
  if (granted.status !== 200) return { challenge, token: granted.status, status: undefined, body: granted.body };
  const { token: plain, access_token: oauth } = JSON.parse(granted.body);
  const { status, body } = await ask(url, { headers: { accept, authorization: `Bearer ${plain ?? oauth}` } });
  return { challenge, token: 200, status, body };
}

describe('dialects', () => {
  for (const [name, dialect] of Object.entries(DIALECTS)) {
    it(`${name}: a correct credential pulls a private image`, async () => {
      assert.equal((await pull(dialect, 'local/private', 'ada:pw')).status, 200);
    });
  }

  const without: [name: keyof typeof DIALECTS, publicRepository: unknown[], privateRepository: unknown[]][] = [
    ['dockerHub', [200, 200], [200, 401]],
    ['ghcr', [200, 200], [403, undefined]],
    ['quay', [200, 200], [200, 401]],
    ['harbor', [200, 200], [200, 401]],
    ['gitlab', [200, 200], [403, undefined]],
    ['googleArtifactRegistry', [200, 200], [403, undefined]],
    ['ecr', [undefined, 200], [undefined, 401]],
    ['ecrPublic', [200, 200], [200, 401]],
    ['azure', [200, 200], [200, 401]],
    ['gitea', [200, 200], [200, 401]],
    ['zot', [undefined, 200], [undefined, 401]],
    ['nexus', [undefined, 200], [undefined, 401]],
    ['ibm', [200, 200], [200, 401]],
  ];
  for (const [name, publicRepository, privateRepository] of without) {
    it(`${name}: anonymous pulls of a public image work, of a private one get its own refusal`, async () => {
      const statuses = async (repository: string) => {
        const { token, status } = await pull(DIALECTS[name], repository);
        return [token, status];
      };
      assert.deepEqual(await statuses('local/public'), publicRepository);
      assert.deepEqual(await statuses('local/private'), privateRepository);
    });
  }

  const wrong: [name: keyof typeof DIALECTS, token: number | undefined, status: number | undefined][] = [
    ['dockerHub', 401, undefined],
    ['ghcr', 403, undefined],
    ['quay', 401, undefined],
    ['harbor', 200, 200],
    ['gitlab', 401, undefined],
    ['ecr', undefined, 401],
  ];
  for (const [name, token, status] of wrong) {
    it(`${name}: a wrong password on a public image`, async () => {
      const met = await pull({ ...DIALECTS[name] }, name === 'ecr' ? 'local/private' : 'local/public', 'ada:wrong');
      assert.deepEqual([met.token, met.status], [token, status]);
    });
  }

  it('artifactory: the scope leaves out the repository key', async () => {
    const { challenge } = await pull(DIALECTS.artifactory, 'local/private');
    assert.match(challenge, /scope="repository:private:pull"$/);
  });

  it('ghcr: the challenge to a ping has a placeholder scope', async () => {
    await using registry = await startRegistry({ ...OPTIONS, dialect: DIALECTS.ghcr });
    const { headers } = await ask(`${registry.origin}/v2/`);
    assert.match(headers['www-authenticate'] ?? '', /scope="repository:user\/image:pull"$/);
  });

  it('harbor: only without a scope does a wrong password show', async () => {
    await using registry = await startRegistry({ ...OPTIONS, dialect: DIALECTS.harbor });
    const headers = { authorization: `Basic ${btoa('ada:wrong')}` };
    const statusOf = async (query: string) =>
      (await ask(`${registry.origin}/service/token?service=harbor-registry${query}`, { headers })).status;
    assert.equal(await statusOf('&scope=repository:local/private:pull'), 200);
    assert.equal(await statusOf(''), 401);
  });

  it('harbor: a missing tag is NOT_FOUND', async () => {
    await using registry = await startRegistry({ ...OPTIONS, dialect: DIALECTS.harbor });
    const token = registry.tokens.issue('ada', ['repository:local/private:pull']);
    const url = `${registry.origin}/v2/local/private/manifests/nope`;
    const { body } = await ask(url, { headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual(JSON.parse(body).errors, [
      { code: 'NOT_FOUND', message: 'artifact local/private:nope not found' },
    ]);
  });

  it('gitea: two schemes on one line', async () => {
    const { challenge } = await pull(DIALECTS.gitea, 'local/private');
    assert.match(challenge, /^Bearer realm="[^"]*\/v2\/token",service="container_registry",scope="\*",Basic realm="/);
  });

  it('ibm: blanks between the parameters', async () => {
    const { challenge } = await pull(DIALECTS.ibm, 'local/private');
    assert.match(challenge, /^Bearer realm="http:[^"]*", service="registry", scope="repository:local\/private:pull"$/);
  });

  it('zot: an error object without a list', async () => {
    const { body } = await pull(DIALECTS.zot, 'local/private');
    assert.equal(JSON.parse(body).code, 'UNAUTHORIZED');
  });

  it('dockerHub: the quota in every response', async () => {
    await using registry = await startRegistry({ dialect: DIALECTS.dockerHub });
    assert.equal((await ask(`${registry.origin}/v2/a/manifests/b`)).headers['ratelimit-limit'], '100;w=21600');
  });
});
