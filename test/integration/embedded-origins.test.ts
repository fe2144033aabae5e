// Credentials go to the registry and its token service only: the log of every server proves it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage, type Image } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, type EmbeddedRegistryOptions, startRegistry } from '../../src/demo/registry.ts';
import type { EmbeddedServer } from '../../src/demo/server.ts';
import { authority, filesOf, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { type Checked, checkJson } from '../support/command.ts';
import { redirect, replyWith } from '../support/faults.ts';
import { startProxy } from '../support/proxy.ts';
import { createHome } from '../support/temporary-folder.ts';
import { startTokenService } from '../support/token-service.ts';

const USERS = { ada: 'secret' };

const startPrivate = async (
  options: EmbeddedRegistryOptions = {},
  image: Image = createImage(),
): Promise<EmbeddedRegistry> => {
  const registry = await startRegistry({ auth: 'bearer', users: USERS, ...options });
  registry.put('team/app', 'v1', image);
  return registry;
};

/** `team/app:v1` with a stored login for that registry alone. */
function checkStored(registry: { name: string }, args: readonly string[] = [], env = {}): Promise<Checked> {
  const config = { auths: { [registry.name]: { auth: btoa('ada:secret') } } };
  return checkJson([`${registry.name}/team/app:v1`, ...args], {
    env: { DOCKER_AUTH_CONFIG: JSON.stringify(config), ...env },
  });
}

const authorizations = ({ log }: EmbeddedServer): string[] =>
  log.flatMap(({ headers }) => headers.authorization?.split(' ')[0] ?? []);

const judgement = ({ result }: Checked): string => `${result.reason ?? result.verdict}/${result.cause}`;

describe('no credentials arrive at', () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    it(`a redirect target on another port of ${host}`, async () => {
      await using elsewhere = await startRegistry({ host });
      elsewhere.put('mirror/app', 'v1', createImage());
      await using registry = await startPrivate();
      registry.inject(redirect(`${elsewhere.origin}/v2/mirror/app/manifests/v1`), {
        path: /\/manifests\//,
        where: ({ headers }) => headers.authorization !== undefined,
      });
      const checked = await checkStored(registry);
      assert.equal(checked.exitCode, 0, checked.result.message);
      assert.deepEqual(authorizations(registry), ['Basic', 'Bearer']);
      assert.deepEqual(elsewhere.transcript(), ['GET /v2/mirror/app/manifests/v1 200']);
      assert.deepEqual(authorizations(elsewhere), []);
    });
  }

  it('the place that layers are redirected to', async () => {
    const image = createImage({ layers: 5 });
    await using elsewhere = await startRegistry();
    elsewhere.put('team/app', 'v1', image);
    await using registry = await startPrivate({}, image);
    registry.inject(({ path }) => redirect(`${elsewhere.origin}${path}?signature=abc`), { path: /\/blobs\// });
    const checked = await checkStored(registry, ['--layers']);
    assert.equal(checked.exitCode, 0, checked.result.message);
    assert.equal(elsewhere.log.length, 6);
    assert.deepEqual(authorizations(elsewhere), []);
  });

  it('the registry, once a redirect went through another place', async () => {
    await using registry = await startPrivate();
    await using elsewhere = await startRegistry();
    elsewhere.inject(redirect(`${registry.origin}/back`));
    registry.inject(redirect(`${elsewhere.origin}/there`), {
      path: /\/manifests\//,
      where: ({ headers }) => headers.authorization !== undefined,
    });
    await checkStored(registry);
    const back = registry.log.filter(({ path }) => path === '/back');
    assert.equal(back.length, 1);
    assert.equal(back[0]?.headers.authorization, undefined);
    assert.deepEqual(authorizations(elsewhere), []);
  });

  it('a redirect target that requests a credential, nor the token service it names', async () => {
    await using tokens = await startTokenService({ users: USERS, service: 'stranger' });
    await using stranger = await startRegistry({ auth: 'bearer', tokens });
    await using registry = await startPrivate();
    registry.inject(redirect(`${stranger.origin}/v2/team/app/manifests/v1`), {
      path: /\/manifests\//,
      where: ({ headers }) => headers.authorization !== undefined,
    });
    await checkStored(registry);
    assert.ok(stranger.log.length > 0);
    assert.ok(!authorizations(stranger).includes('Basic'));
    assert.deepEqual(authorizations(tokens), []);
  });

  it('a redirect target that requests a Basic credential', async () => {
    await using stranger = await startRegistry({ auth: 'basic', users: USERS });
    await using registry = await startPrivate();
    registry.inject(redirect(`${stranger.origin}/v2/team/app/manifests/v1`), { path: /\/manifests\// });
    await checkStored(registry);
    assert.deepEqual(authorizations(stranger), []);
  });

  it('the web address of a foreign layer', async () => {
    await using elsewhere = await startRegistry();
    const layer = createImage().layers[0] ?? assert.fail();
    elsewhere.inject({ reply: { status: 200, body: layer.bytes } });
    const { digest, size } = layer;
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const foreign = { mediaType, digest, size, urls: [`${elsewhere.origin}/layer.tar.gz`] };
    await using registry = await startPrivate({}, createImage({ flavor: 'docker', manifest: { layers: [foreign] } }));
    const checked = await checkStored(registry, ['--layers']);
    assert.equal(checked.exitCode, 0, checked.result.message);
    assert.deepEqual(elsewhere.transcript(), ['HEAD /layer.tar.gz 200']);
    assert.deepEqual(authorizations(elsewhere), []);
  });

  it('a registry that names the token service of another', async () => {
    await using tokens = await startTokenService({ users: USERS, service: 'shared' });
    await using victim = await startPrivate({ tokens });
    await using thief = await startRegistry({ auth: 'bearer', tokens });
    const config = { auths: { [victim.name]: { auth: btoa('ada:secret') } } };
    const images = [`${thief.name}/team/app:v1`, `${victim.name}/team/app:v1`, `${thief.name}/team/app:v2`];
    const { results } = await checkJson([...images, '--concurrency', '1'], {
      env: { DOCKER_AUTH_CONFIG: JSON.stringify(config) },
    });
    assert.deepEqual(
      results.map(({ verdict }) => verdict),
      ['unpullable', 'pullable', 'unpullable'],
    );
    assert.equal(authorizations(tokens).length, 1);
    const tokensOf = (registry: EmbeddedServer) => registry.log.map(({ headers }) => headers.authorization);
    const good = tokensOf(victim).filter((header) => header !== undefined);
    assert.equal(good.length, 1);
    assert.ok(tokensOf(thief).every((header) => header !== good[0]));
  });

  it('another registry of the same list: --username is for those on the command line', async () => {
    await using named = await startPrivate();
    await using listed = await startPrivate();
    const login = ['-u', 'ada', '--password-stdin'];
    using home = createHome();
    const list = home.write('images.txt', `${listed.name}/team/app:v1\n`);
    const { results } = await checkJson([`${named.name}/team/app:v1`, '-f', list, ...login], {
      stdin: 'secret\n',
    });
    assert.deepEqual(
      results.map(({ verdict }) => verdict),
      ['pullable', 'unpullable'],
    );
    assert.ok(!authorizations(listed).includes('Basic'));
  });
});

describe('no request at all arrives at', () => {
  it('a token service over http that a registry over https names', { skip: withoutOpenssl }, async () => {
    await using tokens = await startTokenService({ users: USERS, service: 'plain' });
    await using registry = await startPrivate({ tls: serverIdentity(), tokens });
    const checked = await checkStored(registry, ['--ca-file', filesOf(authority()).cert]);
    assert.equal(judgement(checked), 'not-a-registry/bad-challenge');
    assert.equal(tokens.connections, 0);
  });

  it('a redirect target over http from a registry over https', { skip: withoutOpenssl }, async () => {
    await using elsewhere = await startRegistry();
    await using registry = await startPrivate({ tls: serverIdentity() });
    registry.inject(redirect(`${elsewhere.origin}/`), {
      where: ({ headers }) => headers.authorization?.startsWith('Bearer') ?? false,
    });
    const checked = await checkStored(registry, ['--ca-file', filesOf(authority()).cert]);
    assert.equal(checked.result.reason, 'not-a-registry');
    assert.equal(elsewhere.connections, 0);
  });

  for (const address of ['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]', '0.0.0.0', '2852039166']) {
    it(`a token service at ${address}`, async () => {
      // Whatever is asked beyond the registry would have to pass here.
      await using proxy = await startProxy();
      await using registry = await startPrivate({ auth: 'none' });
      const challenge = `Bearer realm="http://${address}/latest/meta-data",service="x"`;
      registry.inject(replyWith({ status: 401, headers: { 'www-authenticate': challenge } }));
      const checked = await checkStored(registry, ['--plain-http'], {
        HTTP_PROXY: proxy.origin,
        NO_PROXY: registry.name,
      });
      assert.equal(judgement(checked), 'not-a-registry/bad-challenge');
      assert.deepEqual(proxy.log, []);
    });
  }
});

describe('the credential of a proxy', () => {
  const login = { username: 'ada', password: 'secret' };
  const withCredential = (origin: string): string => origin.replace('://', '://ada:secret@');

  it('is sent to the proxy, and not to the registry behind a tunnel', { skip: withoutOpenssl }, async () => {
    await using registry = await startPrivate({ tls: serverIdentity() });
    await using proxy = await startProxy({ credential: login });
    const env = { HTTPS_PROXY: withCredential(proxy.origin) };
    const checked = await checkStored(registry, ['--ca-file', filesOf(authority()).cert], env);
    assert.equal(checked.exitCode, 0, checked.result.message);
    assert.ok(proxy.log.every(({ authorization }) => authorization === `Basic ${btoa('ada:secret')}`));
    assert.ok(registry.log.every(({ headers }) => headers['proxy-authorization'] === undefined));
  });

  it('is not sent to a registry that does not go through it', async () => {
    await using registry = await startPrivate();
    await using proxy = await startProxy({ credential: login });
    await checkStored(registry, ['--plain-http'], { HTTP_PROXY: withCredential(proxy.origin), NO_PROXY: '127.0.0.1' });
    assert.deepEqual(proxy.log, []);
    assert.ok(registry.log.every(({ headers }) => headers['proxy-authorization'] === undefined));
  });
});
