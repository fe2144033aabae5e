import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createContent, MEDIA_TYPE } from '../../src/demo/content.ts';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { type EmbeddedRegistry, startRegistry } from '../../src/demo/registry.ts';
import { createSchema1 } from '../../src/demo/schema1.ts';
import { ask } from '../support/ask.ts';
import { startTokenService } from '../support/token-service.ts';

const accept = Object.values(MEDIA_TYPE).join(', ');
const login = (pair: string) => ({ authorization: `Basic ${btoa(pair)}` });
const codeOf = (body: string) => JSON.parse(body).errors[0].code;

describe('the embedded registry', () => {
  let registry: EmbeddedRegistry;
  before(async () => {
    registry = await startRegistry();
  });
  after(() => registry.close());
  const get = (path: string, headers = {}) => ask(`${registry.origin}/v2/${path}`, { headers: { accept, ...headers } });

  it('serves an image: manifest by tag and digest, config, layers', async () => {
    const image = createImage({ layers: 2 });
    registry.put('team/app', 'v1', image);
    const byTag = await get('team/app/manifests/v1');
    const byDigest = await get(`team/app/manifests/${image.manifest.digest}`);
    assert.equal(byTag.body, Buffer.from(image.manifest.bytes).toString());
    assert.deepEqual(byDigest.body, byTag.body);
    for (const { digest, size } of image.blobs) {
      const { status, headers } = await ask(`${registry.origin}/v2/team/app/blobs/${digest}`, { method: 'HEAD' });
      assert.deepEqual([status, headers['content-length']], [200, String(size)]);
    }
  });

  it('serves an index with its children', async () => {
    const arm = createImage({ platform: 'linux/arm64' });
    registry.put('team/multi', 'v1', createIndex([createImage(), arm]));
    assert.equal((await get('team/multi/manifests/v1')).headers['content-type'], MEDIA_TYPE.ociIndex);
    assert.equal((await get(`team/multi/manifests/${arm.manifest.digest}`)).status, 200);
    assert.equal((await get(`team/multi/blobs/${arm.config.digest}`)).status, 200);
  });

  it('serves a bare manifest that names what is not there', async () => {
    const { manifest, config } = createImage();
    registry.put('team/bare', 'v1', manifest);
    assert.equal((await get('team/bare/manifests/v1')).status, 200);
    assert.equal(codeOf((await get(`team/bare/blobs/${config.digest}`)).body), 'BLOB_UNKNOWN');
  });

  it('serves anything as a manifest', async () => {
    registry.put('team/odd', 'v1', createContent(MEDIA_TYPE.ociManifest, '{"schemaVersion":'));
    assert.equal((await get('team/odd/manifests/v1')).body, '{"schemaVersion":');
  });

  it('serves schema 1 to everybody', async () => {
    registry.put('team/old', 'v1', createSchema1({ repository: 'team/old', tag: 'v1', layers: [] }));
    const { status, headers } = await get('team/old/manifests/v1', { accept: MEDIA_TYPE.ociManifest });
    assert.deepEqual([status, headers['content-type']], [200, MEDIA_TYPE.schema1Signed]);
  });

  it('moves a tag', async () => {
    const second = createImage({ text: 'second' });
    registry.put('team/moved', 'latest', createImage({ text: 'first' }));
    registry.put('team/moved', 'latest', second);
    const { headers } = await get('team/moved/manifests/latest');
    assert.equal(headers['docker-content-digest'], second.manifest.digest);
  });

  it('forgets a tag, a manifest, a layer', async () => {
    const image = createImage();
    const layer = image.layers[0]?.digest ?? '';
    registry.put('team/gone', 'tag', image);
    registry.put('team/gone', 'other', image);
    registry.remove('team/gone', 'tag');
    assert.deepEqual(JSON.parse((await get('team/gone/manifests/tag')).body).errors[0].detail, { Tag: 'tag' });
    registry.remove('team/gone', layer);
    assert.equal(codeOf((await get(`team/gone/blobs/${layer}`)).body), 'BLOB_UNKNOWN');
    registry.remove('team/gone', image.manifest.digest);
    assert.equal(codeOf((await get('team/gone/manifests/other')).body), 'MANIFEST_UNKNOWN');
  });

  it('returns 416 for a range after the end of a blob', async () => {
    const image = createImage({ layers: [Buffer.from('0123456789')] });
    registry.put('team/range', 'v1', image);
    const path = `team/range/blobs/${image.layers[0]?.digest}`;
    const { status, headers } = await get(path, { range: 'bytes=10-20' });
    assert.deepEqual([status, headers['content-range']], [416, 'bytes */10']);
    assert.equal((await get(path, { range: 'bytes=8-20' })).body, '89');
  });

  it('serves an empty blob whole, whatever the range', async () => {
    const image = createImage({ layers: [Buffer.alloc(0)] });
    registry.put('team/empty', 'v1', image);
    const { status } = await get(`team/empty/blobs/${image.layers[0]?.digest}`, { range: 'bytes=0-0' });
    assert.equal(status, 200);
  });

  it('refuses to be written to', async () => {
    const { status, headers } = await ask(`${registry.origin}/v2/a/manifests/v1`, { method: 'PUT', body: '{}' });
    assert.deepEqual([status, headers.allow], [405, 'GET, HEAD']);
  });
});

describe('the embedded registry with HTTP Basic', () => {
  const access = (user: string | undefined, repository: string) => repository === 'public' || user === 'ada';

  it('lets in by user and repository', async () => {
    await using registry = await startRegistry({ auth: 'basic', users: { ada: 'pw', bob: 'pw' }, access });
    registry.put('private', 'v1', createImage());
    registry.put('public', 'v1', createImage());
    const statusOf = async (repository: string, headers = {}) =>
      (await ask(`${registry.origin}/v2/${repository}/manifests/v1`, { headers: { accept, ...headers } })).status;
    assert.deepEqual(
      {
        nobodyPublic: await statusOf('public'),
        nobodyPrivate: await statusOf('private'),
        adaPrivate: await statusOf('private', login('ada:pw')),
        bobPrivate: await statusOf('private', login('bob:pw')),
        wrongPublic: await statusOf('public', login('ada:wrong')),
      },
      { nobodyPublic: 200, nobodyPrivate: 401, adaPrivate: 200, bobPrivate: 403, wrongPublic: 401 },
    );
  });
});

describe('the embedded registry with Bearer tokens', () => {
  const path = '/v2/team/app/manifests/v1';
  const bearer = (token: string) => ({ accept, authorization: `Bearer ${token}` });

  it('refers to a separate token service, and accepts its token', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    registry.put('team/app', 'v1', createImage());
    const refused = await ask(`${registry.origin}${path}`);
    assert.equal(
      refused.headers['www-authenticate'],
      `Bearer realm="${registry.origin}/token",service="embedded-registry",scope="repository:team/app:pull"`,
    );
    const query = 'service=embedded-registry&scope=repository:team/app:pull';
    const { token } = JSON.parse((await ask(`${registry.origin}/token?${query}`)).body);
    assert.equal((await ask(`${registry.origin}${path}`, { headers: bearer(token) })).status, 200);
    assert.deepEqual(registry.transcript(), [`GET ${path} 401`, `GET /token?${query} 200`, `GET ${path} 200`]);
  });

  it('returns invalid_token for a revoked token, insufficient_scope for one that grants something else', async () => {
    await using registry = await startRegistry({ auth: 'bearer' });
    const errorOf = async (token: string) => {
      const { headers } = await ask(`${registry.origin}${path}`, { headers: bearer(token) });
      return /error="([^"]*)"/.exec(headers['www-authenticate'] ?? '')?.[1];
    };
    const token = registry.tokens.issue(undefined, ['repository:team/other:pull']);
    assert.equal(await errorOf(token), 'insufficient_scope');
    registry.tokens.revoke();
    assert.equal(await errorOf(token), 'invalid_token');
  });

  it('sends to a token service elsewhere', async () => {
    await using tokens = await startTokenService({ service: 'shared', users: { ada: 'pw' } });
    await using registry = await startRegistry({ auth: 'bearer', tokens });
    const { headers } = await ask(`${registry.origin}/v2/`);
    assert.equal(headers['www-authenticate'], `Bearer realm="${tokens.origin}/token",service="shared"`);
    assert.equal((await ask(`${registry.origin}/token`)).status, 404);
  });
});
