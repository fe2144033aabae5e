// Mirrors over real sockets: which get requests, what these contain, and that a credential goes to its own host only.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createChecker } from '../../src/check/checker.ts';
import type { CheckerSettings } from '../../src/check/checker-settings.ts';
import type { Result } from '../../src/core/result.ts';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, type EmbeddedRegistryOptions, startRegistry } from '../../src/demo/registry.ts';
import { startServer } from '../../src/demo/server.ts';
import { authority, clientIdentity, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { startTlsWitness } from '../support/servers.ts';
import { createHome } from '../support/temporary-folder.ts';

const image = createImage();
const users = { me: 'the password of the registry' };

async function startFilled(options: EmbeddedRegistryOptions = {}, repository = 'app'): Promise<EmbeddedRegistry> {
  const registry = await startRegistry(options);
  registry.put(repository, '1', image);
  return registry;
}

async function check(reference: string, options: CheckerSettings): Promise<Result> {
  const checker = createChecker({ env: {}, tlsFolders: [], retries: 0, ...options });
  try {
    return await checker.check(reference);
  } finally {
    await checker.close();
  }
}

const mirroredBy = (registry: string, ...locations: readonly string[]) => ({
  mirrors: [{ prefix: registry, mirrors: locations.map((location) => ({ location })) }],
});
const authorizations = ({ log }: EmbeddedRegistry) => log.map(({ headers }) => headers.authorization);

describe('mirrors', () => {
  it('come first, and the registry only for what they lack', async () => {
    await using mirror = await startFilled({}, 'cache/app');
    await using registry = await startFilled();
    registry.put('only-here', '1', image);
    const options = mirroredBy(registry.name, `${mirror.name}/cache`);

    const cached = await check(`${registry.name}/app:1`, options);
    assert.deepEqual([cached.verdict, cached.servedBy, cached.warnings], ['pullable', mirror.name, []]);
    assert.deepEqual(mirror.transcript(), ['GET /v2/cache/app/manifests/1 200']);
    assert.deepEqual(registry.log, []);

    const missed = await check(`${registry.name}/only-here:1`, options);
    assert.deepEqual([missed.verdict, missed.servedBy], ['pullable', registry.name]);
    assert.deepEqual(
      missed.warnings.map(({ code }) => code),
      ['mirror-missing'],
    );
    assert.equal(missed.reference?.canonical, `${registry.name}/only-here:1`);
    assert.deepEqual(
      missed.requests.map(({ url, status }) => `${new URL(url).host} ${status}`),
      [`${mirror.name} 404`, `${mirror.name} 200`, `${registry.name} 200`],
      'the second one is /v2/, which may require a login',
    );
  });

  it('may be gone', async () => {
    await using registry = await startFilled();
    await using gone = await startFilled();
    await gone.close();
    const result = await check(`${registry.name}/app:1`, mirroredBy(registry.name, gone.name));
    assert.deepEqual([result.verdict, result.servedBy], ['pullable', registry.name]);
    assert.deepEqual(
      result.warnings.map(({ code }) => code),
      ['mirror-failed'],
    );
  });

  it('get the name of the intended registry, and the report has it', async () => {
    await using mirror = await startFilled({ auth: 'bearer' });
    await using registry = await startFilled();
    const rule = { prefix: '*', mirrors: [{ location: mirror.name, sendNamespace: true }] };
    const result = await check(`${registry.name}/app:1`, { mirrors: [rule] });
    assert.deepEqual([result.verdict, result.servedBy], ['pullable', mirror.name]);
    const manifest = `/v2/app/manifests/1?ns=${encodeURIComponent(registry.name)}`;
    assert.deepEqual(
      mirror.log.map(({ url }) => url).filter((url) => !url.startsWith('/token?')),
      [manifest, manifest],
    );
    assert.ok(mirror.log.every(({ url }) => url.startsWith('/token?') !== url.includes('ns=')));
    assert.equal(result.requests[0]?.url, `http://${mirror.name}${manifest}`);
  });

  it('get requests at their API path', async () => {
    const { bytes, mediaType } = image.manifest;
    await using mirror = await startServer(({ path }) =>
      path === '/api/docker/hub/v2/app/manifests/1'
        ? { status: 200, headers: { 'content-type': mediaType }, body: bytes }
        : { status: 404 },
    );
    await using registry = await startFilled();
    const rule = { prefix: registry.name, mirrors: [{ location: mirror.name, apiPath: '/api/docker/hub/v2' }] };
    const result = await check(`${registry.name}/app:1`, { mirrors: [rule] });
    assert.deepEqual([result.verdict, result.servedBy], ['pullable', mirror.name]);
    assert.equal(result.requests[0]?.url, `${mirror.origin}/api/docker/hub/v2/app/manifests/1`);
  });

  it('are used over HTTP if configured', { skip: withoutOpenssl }, async () => {
    await using mirror = await startFilled({ tls: serverIdentity() });
    await using registry = await startFilled();
    const rule = { prefix: registry.name, mirrors: [{ location: mirror.name, plainHttp: true }] };
    const { requests } = await check(`${registry.name}/app:1`, { mirrors: [rule] });
    assert.ok(requests.some(({ url }) => url.startsWith(`http://${mirror.name}/`)));
    assert.ok(requests.every(({ url }) => !url.startsWith(`https://${mirror.name}/`)));
  });
});

describe('a login', () => {
  for (const auth of ['basic', 'bearer'] as const) {
    it(`for the registry is never shown to a mirror: ${auth}`, async () => {
      await using mirror = await startFilled({ auth, users });
      await using registry = await startFilled({ auth, users });
      const login = Buffer.from(`me:${users.me}`).toString('base64');
      using home = createHome({ '.docker/config.json': { auths: { [registry.name]: { auth: login } } } });
      const result = await check(`${registry.name}/app:1`, {
        env: home.env,
        ...mirroredBy(registry.name, mirror.name),
      });
      assert.deepEqual([result.verdict, result.servedBy], ['pullable', registry.name]);
      const shown = authorizations(mirror).filter((authorization) => authorization?.startsWith('Basic '));
      assert.deepEqual(shown, []);
      assert.ok(mirror.log.length > 0);
      assert.ok(authorizations(registry).includes(`Basic ${login}`));
    });

    it(`for the mirror is shown to the mirror: ${auth}`, async () => {
      await using mirror = await startFilled({ auth, users });
      await using registry = await startFilled({ auth, users });
      const login = Buffer.from(`me:${users.me}`).toString('base64');
      using home = createHome({ '.docker/config.json': { auths: { [mirror.name]: { auth: login } } } });
      const result = await check(`${registry.name}/app:1`, {
        env: home.env,
        ...mirroredBy(registry.name, mirror.name),
      });
      assert.deepEqual([result.verdict, result.servedBy], ['pullable', mirror.name]);
      assert.deepEqual(registry.log, []);
    });
  }

  it('by hand is not shown to a mirror', async () => {
    const { Secret } = await import('../../src/credentials/secret.ts');
    await using mirror = await startFilled({ auth: 'basic', users });
    await using registry = await startFilled({ auth: 'basic', users });
    const login = { username: 'me', password: new Secret(users.me), registries: [registry.name] };
    const result = await check(`${registry.name}/app:1`, { login, ...mirroredBy(registry.name, mirror.name) });
    assert.equal(result.verdict, 'pullable');
    assert.deepEqual(new Set(authorizations(mirror)), new Set([undefined]));
  });

  it('by client certificate is not shown to a mirror, unless it is for that mirror', {
    skip: withoutOpenssl,
  }, async () => {
    await using mirror = await startTlsWitness(serverIdentity(), () => ({ status: 404 }));
    await using registry = await startFilled({ tls: serverIdentity() });
    const options = { ca: authority().cert, ...clientIdentity(), ...mirroredBy(registry.name, mirror.name) };
    await check(`${registry.name}/app:1`, options);
    assert.ok(mirror.log.length > 0);
    assert.ok(mirror.log.every((line) => line.endsWith(' from nobody')));
    const asked = mirror.log.length;
    const tls = clientIdentity();
    await check(`${registry.name}/app:1`, {
      ca: authority().cert,
      mirrors: [{ prefix: registry.name, mirrors: [{ location: mirror.name, tls }] }],
    });
    assert.ok(mirror.log.slice(asked).every((line) => line.endsWith(' from client')));
    assert.ok(mirror.log.length > asked);
  });
});
