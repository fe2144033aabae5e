// The basis of the suites with the real registry: the registry, its token service, the images and the client.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startRealRegistry, withoutRealRegistry } from '../support/real-registry.ts';
import { createRealClient, type ImageLayout, type RealClient, writeImageLayout } from '../support/skopeo.ts';

const GET = { accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' };

describe('the real registry of the tests', { skip: withoutRealRegistry }, () => {
  let client: RealClient;
  let layout: ImageLayout;
  before(() => {
    client = createRealClient();
    layout = writeImageLayout(client.home);
  });
  after(() => client[Symbol.dispose]());

  it('serves what skopeo pushed, lets skopeo pull it, and logs its responses', async (t) => {
    const registry = await startRealRegistry({ auth: 'none' });
    t.after(() => registry.close());
    await client.push(layout.index, registry, 'busybox:all');
    const pushed = (await registry.accessLog()).length;
    const response = await fetch(`${registry.origin}/v2/busybox/manifests/all`, { headers: GET });
    const { manifests } = (await response.json()) as { manifests: { platform: unknown }[] };
    assert.deepEqual(
      manifests.map(({ platform }) => platform),
      [
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64' },
      ],
    );
    assert.deepEqual((await registry.accessLog()).slice(pushed), ['GET /v2/busybox/manifests/all 200']);
    assert.equal((await client.pull(`${registry.name}/busybox:all`, { all: true })).status, 0);
    assert.equal((await client.pull(`${registry.name}/busybox:none`)).status, 1);
  });

  it('keeps what a password protects from those who have none', async (t) => {
    const registry = await startRealRegistry({ auth: 'htpasswd' });
    t.after(() => registry.close());
    await client.push(layout.image, registry, 'busybox:1');
    const url = `${registry.origin}/v2/busybox/manifests/1`;
    assert.equal((await fetch(url, { headers: GET })).status, 401);
    const authorization = `Basic ${Buffer.from(`${registry.username}:${registry.password}`).toString('base64')}`;
    assert.equal((await fetch(url, { headers: { ...GET, authorization } })).status, 200);
  });

  it('accepts the tokens of its token service, which distinguishes public from private and anonymous from a user', async (t) => {
    const registry = await startRealRegistry({ auth: 'token' });
    t.after(() => registry.close());
    const { tokens } = registry;
    assert.ok(tokens);
    await client.push(layout.image, registry, 'private/busybox:1');
    async function statusWith(query: RequestInit, parameters = ''): Promise<number> {
      const response = await fetch(`${tokens?.realm}${parameters}`, query);
      const { token } = (await response.json()) as { token?: string };
      const headers = { ...GET, authorization: `Bearer ${token}` };
      return (await fetch(`${registry.origin}/v2/private/busybox/manifests/1`, { headers })).status;
    }
    const scope = 'repository:private/busybox:pull';
    assert.equal(await statusWith({}, `?scope=${scope}`), 401);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken, scope };
    assert.equal(await statusWith({ method: 'POST', body: new URLSearchParams(form) }), 200);
    assert.equal(
      await statusWith({ method: 'POST', body: new URLSearchParams({ ...form, refresh_token: 'old' }) }),
      401,
    );
    assert.deepEqual(
      tokens.requests.slice(-3).map(({ method, username, status }) => `${method} ${username} ${status}`),
      ['GET null 200', 'POST kairos 200', 'POST kairos 401'],
    );
  });

  it('is gone when closed', async () => {
    const registry = await startRealRegistry({ auth: 'none' });
    await registry.close();
    await assert.rejects(fetch(registry.origin));
  });
});
