// Token services on other hosts, over the wire: a credential that leaves the site of its registry is reported, `realms`
// refuses every other host, and over plain HTTP no credential goes to another host at all.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { withoutOpenssl } from '../support/certificates.ts';
import { type Checked, checkJson, requestsOf } from '../support/command.ts';
import { type NamedRegistry, startNamedRegistry } from '../support/named-registry.ts';
import { createHome } from '../support/temporary-folder.ts';
import { startTokenService } from '../support/token-service.ts';

const HOST = 'registry.acme.example';
const FOREIGN = 'auth.other.example';
const USERS = { ada: 'secret' };

async function start(host = HOST, tokenHost = FOREIGN): Promise<NamedRegistry> {
  const named = await startNamedRegistry({ host, tokenHost, dialect: { auth: 'bearer', service: 'x' }, users: USERS });
  for (const tag of ['v1', 'v2']) named.registry.put('team/app', tag, createImage());
  return named;
}

const stored = (host: string, login: object = { auth: btoa('ada:secret') }) => ({
  DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [host]: login } }),
});

/** `team/app:v1` of the registry with a stored login; `realms` come from a config file that is named. */
async function check(
  named: NamedRegistry,
  {
    host = HOST,
    realms,
    login,
    args = [],
    env = {},
  }: {
    readonly host?: string;
    readonly realms?: string | readonly string[];
    readonly login?: object;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Checked> {
  using home = createHome();
  const config = home.write('config.json', { registries: realms === undefined ? {} : { [host]: { realms } } });
  return await checkJson([`${host}/team/app:v1`, ...named.args, '--config', config, ...args], {
    env: { ...named.env, ...stored(host, login), ...env },
  });
}

const codes = ({ warnings }: Checked['result']): string[] => warnings.map(({ code }) => code);

const askedFor = ({ registry }: NamedRegistry, host: string): string[] =>
  registry.log.filter(({ headers }) => headers.host === host).map(({ method, path }) => `${method} ${path}`);

describe('a credential for a token service on another site', { skip: withoutOpenssl }, () => {
  it('is sent as real pulls send it, and reported: both hosts, and how to stop it', async () => {
    await using named = await start();
    const { result, exitCode } = await check(named);
    assert.equal(exitCode, 0, result.message);
    assert.deepEqual(askedFor(named, FOREIGN), ['GET /token']);
    assert.deepEqual(codes(result), ['foreign-realm']);
    assert.equal(
      result.warnings[0]?.message,
      `The credentials for ${HOST} from $DOCKER_AUTH_CONFIG were sent to ${FOREIGN}, the token service of ${HOST}, which is on another site. If that is correct, set realms: [${FOREIGN}] for ${HOST}, so that no other host gets them. If not, set the correct host there, and change the credentials.`,
    );
  });

  it('is reported for every image, including those that reuse the token', async () => {
    await using named = await start();
    const { results } = await check(named, { args: [`${HOST}/team/app:v2`, '--concurrency', '1'] });
    assert.deepEqual(results.map(codes), [['foreign-realm'], ['foreign-realm']]);
    assert.deepEqual(askedFor(named, FOREIGN), ['GET /token']);
  });

  it('is reported if the challenge is remembered from an earlier run', async () => {
    await using named = await start();
    using cache = createHome();
    const env = { XDG_CACHE_HOME: cache.path };
    await check(named, { env });
    const { result } = await check(named, { env });
    assert.deepEqual(requestsOf(result), ['GET token 200', 'GET manifest 200']);
    assert.deepEqual(codes(result), ['foreign-realm']);
  });

  it('is reported if it is refused there', async () => {
    await using named = await start();
    const { result } = await check(named, { login: { auth: btoa('ada:wrong') } });
    assert.equal(result.reason, 'unauthorized');
    assert.ok(codes(result).includes('foreign-realm'));
  });

  it('is reported if it is an identity token', async () => {
    await using named = await start();
    const { result } = await check(named, { login: { identitytoken: 'refresh' } });
    assert.ok(askedFor(named, FOREIGN).includes('POST /token'));
    assert.ok(codes(result).includes('foreign-realm'));
  });

  it('is reported if it is given by option', async () => {
    await using named = await start();
    const { result, exitCode } = await checkJson(
      [`${HOST}/team/app:v1`, ...named.args, '-u', 'ada', '--password-stdin'],
      { env: named.env, stdin: 'secret' },
    );
    assert.equal(exitCode, 0, result.message);
    assert.deepEqual(codes(result), ['foreign-realm']);
  });

  it('is not reported if none was sent', async () => {
    await using named = await start();
    const { result } = await check(named, { login: {} });
    assert.deepEqual(askedFor(named, FOREIGN), ['GET /token']);
    assert.deepEqual(codes(result), []);
  });
});

describe('no credential is reported for', { skip: withoutOpenssl }, () => {
  for (const [what, host, tokenHost] of [
    ['the registry itself', HOST, HOST],
    ['a host on the same site', HOST, 'auth.acme.example'],
    ['the token service that Docker Hub is known to have', 'registry-1.docker.io', 'auth.docker.io'],
    ['the token service that GitLab is known to have', 'registry.gitlab.com', 'gitlab.com'],
    ['the token service that Scaleway is known to have', 'rg.fr-par.scw.cloud', 'api.scaleway.com'],
  ] as const) {
    it(what, async () => {
      await using named = await start(host, tokenHost);
      const { result, exitCode } = await check(named, { host, args: ['--no-cache'] });
      assert.equal(exitCode, 0, result.message);
      assert.deepEqual(codes(result), []);
    });
  }

  it('a host that is listed in realms', async () => {
    await using named = await start();
    for (const realms of [FOREIGN, [FOREIGN], ['auth.acme.example', `${FOREIGN}:443`]]) {
      const { result, exitCode } = await check(named, { realms });
      assert.equal(exitCode, 0, result.message);
      assert.deepEqual(codes(result), []);
    }
  });
});

describe('a token service that realms does not list', { skip: withoutOpenssl }, () => {
  const refused = ({ exitCode, result }: Checked): void => {
    assert.equal(exitCode, 5, result.message);
    assert.deepEqual([result.reason, result.cause], ['not-a-registry', 'bad-challenge']);
    assert.equal(
      result.message,
      `Cannot authenticate to ${HOST}: it names the token service ${FOREIGN}, which is not in the realms configured for it.`,
    );
    assert.equal(
      result.hint,
      `No request was sent there. If it is the right token service, add it to the realms of ${HOST} in the config file.`,
    );
  };

  it('gets nothing: no credential, no request, no connection', async () => {
    await using named = await start();
    for (const realms of ['auth.acme.example', [`${FOREIGN}:8443`], [HOST], []])
      refused(await check(named, { realms }));
    assert.deepEqual(askedFor(named, FOREIGN), []);
    assert.ok(named.proxy.log.every(({ target }) => target === `${HOST}:443`));
  });

  it('gets no anonymous request either', async () => {
    await using named = await start();
    refused(await check(named, { realms: [HOST], args: ['--anonymous'] }));
    assert.deepEqual(askedFor(named, FOREIGN), []);
  });

  it('gets no request if it is remembered from an earlier run', async () => {
    await using named = await start();
    using cache = createHome();
    const env = { XDG_CACHE_HOME: cache.path };
    await check(named, { env });
    const [asked, connected] = [askedFor(named, FOREIGN).length, named.proxy.log.length];
    refused(await check(named, { env, realms: [HOST] }));
    assert.equal(askedFor(named, FOREIGN).length, asked);
    assert.ok(named.proxy.log.slice(connected).every(({ target }) => target === `${HOST}:443`));
  });

  it('gets no request if it is known as the usual one', async () => {
    await using named = await start('registry.gitlab.com', 'gitlab.com');
    const { result } = await check(named, { host: 'registry.gitlab.com', realms: ['auth.acme.example'] });
    assert.equal(result.cause, 'bad-challenge');
    assert.deepEqual(askedFor(named, 'gitlab.com'), []);
  });

  it('matters to that registry alone', async () => {
    await using named = await start();
    using home = createHome();
    const config = home.write('config.json', { registries: { 'other.acme.example': { realms: [] } } });
    const { exitCode } = await checkJson([`${HOST}/team/app:v1`, ...named.args, '--config', config], {
      env: { ...named.env, ...stored(HOST) },
    });
    assert.equal(exitCode, 0);
  });
});

describe('over plain HTTP', () => {
  it('a credential goes to a token service on another port of the registry', async () => {
    await using tokens = await startTokenService({ users: USERS, service: 'x' });
    await using registry = await startRegistry({ auth: 'bearer', users: USERS, tokens });
    registry.put('team/app', 'v1', createImage());
    const { result, exitCode } = await checkJson([`${registry.name}/team/app:v1`], { env: stored(registry.name) });
    assert.equal(exitCode, 0, result.message);
    assert.deepEqual(codes(result), []);
  });

  it('no credential goes to another host, not even on this machine', async () => {
    await using tokens = await startTokenService({ users: USERS, service: 'x', host: 'localhost' });
    await using registry = await startRegistry({ auth: 'bearer', users: USERS, tokens });
    registry.put('team/app', 'v1', createImage());
    const { result, exitCode } = await checkJson([`${registry.name}/team/app:v1`], { env: stored(registry.name) });
    assert.equal(exitCode, 5, result.message);
    assert.deepEqual([result.reason, result.cause], ['not-a-registry', 'bad-challenge']);
    assert.equal(
      result.message,
      `Cannot authenticate to ${registry.name}: it names the token service ${tokens.origin}, which does not use encryption.`,
    );
    assert.equal(
      result.hint,
      'No credentials were sent. Use --anonymous to check without them, or ask the operator for a token service over https.',
    );
    assert.deepEqual(tokens.log, []);
  });

  it('an anonymous check sends requests there all the same', async () => {
    await using tokens = await startTokenService({ service: 'x', host: 'localhost' });
    await using registry = await startRegistry({ auth: 'bearer', tokens });
    registry.put('team/app', 'v1', createImage());
    const { result, exitCode } = await checkJson([`${registry.name}/team/app:v1`]);
    assert.equal(exitCode, 0, result.message);
  });
});
