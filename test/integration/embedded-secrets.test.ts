// Nothing the command writes contains a secret, whatever the result: text, steps, JSON, debug output.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import {
  cut,
  type Fault,
  raw,
  redirect,
  replyWith,
  reset,
  tooManyRequests,
  unauthorized,
  unavailable,
} from '../support/faults.ts';
import { startProxy } from '../support/proxy.ts';
import {
  assertSilent,
  base64,
  everythingWritten,
  IDENTITY_TOKEN,
  PASSWORD,
  PROXY_PASSWORD,
  REGISTRY_TOKEN,
} from '../support/secrets.ts';
import { startTokenService } from '../support/token-service.ts';

const FAULTS: Readonly<Record<string, Fault | undefined>> = {
  'all goes well': undefined,
  'the login is refused': unauthorized(),
  'access is denied': replyWith({ status: 403, body: '{"errors":[{"code":"DENIED","message":"no"}]}' }),
  'nothing is there': replyWith({ status: 404 }),
  'there were too many requests': tooManyRequests('3600'),
  'the registry is down': unavailable(),
  'the connection breaks': reset(),
  'the answer breaks off': cut(),
  'the answer is garbage': raw('garbage'),
  'the redirects do not end': redirect('/again'),
};

const CREDENTIALS: Readonly<Record<string, { scheme: 'Basic' | 'Bearer'; login: object }>> = {
  'a password': { scheme: 'Basic', login: { auth: base64(`ada:${PASSWORD}`) } },
  'a password for tokens': { scheme: 'Bearer', login: { auth: base64(`ada:${PASSWORD}`) } },
  'an identity token': { scheme: 'Bearer', login: { identitytoken: IDENTITY_TOKEN } },
  'a registry token': { scheme: 'Bearer', login: { registrytoken: REGISTRY_TOKEN } },
};

const withCredential = ({ headers }: LoggedRequest): boolean => headers.authorization !== undefined;

for (const [credential, { scheme, login }] of Object.entries(CREDENTIALS)) {
  describe(`${credential} is not shown when`, () => {
    for (const [name, fault] of Object.entries(FAULTS)) {
      it(name, async () => {
        await using tokens = await startTokenService({
          users: { ada: PASSWORD },
          identityTokens: { [IDENTITY_TOKEN]: 'ada' },
        });
        await using registry = await startRegistry();
        registry.put('team/app', 'v1', createImage());
        const challenge = scheme === 'Basic' ? 'Basic realm="x"' : `Bearer realm="${tokens.realm}"`;
        registry.inject(unauthorized(challenge), { where: (request) => !withCredential(request) });
        if (fault !== undefined) registry.inject(fault, { path: /manifests/ });
        const args = [`${registry.name}/team/app:v1`, '--retries', '0'];
        const written = await everythingWritten(args, { auths: { [registry.name]: login } });
        assert.ok(registry.log.some(withCredential), 'no login was sent');
        assertSilent(written);
      });
    }
  });
}

describe('a password that the token service refuses is not shown', () => {
  for (const [name, login] of [
    ['from a file', { auth: base64(`ada:${PASSWORD}`) }],
    ['as an identity token', { identitytoken: IDENTITY_TOKEN }],
  ] as const) {
    it(name, async () => {
      await using registry = await startRegistry({ auth: 'bearer', users: { ada: 'another' } });
      const args = [`${registry.name}/team/app:v1`];
      assertSilent(await everythingWritten(args, { auths: { [registry.name]: login } }));
      assert.ok(registry.log.some(({ path, method }) => path === '/token' || method === 'POST'));
    });
  }

  it('from standard input', async () => {
    await using registry = await startRegistry({ auth: 'bearer', users: { ada: 'another' } });
    const args = [`${registry.name}/team/app:v1`, '-u', 'ada', '--password-stdin'];
    assertSilent(await everythingWritten(args, {}, { stdin: PASSWORD }));
    assert.ok(registry.log.some(withCredential));
  });
});

describe('a config that cannot be used is not quoted:', () => {
  const registry = 'registry.invalid:1';
  const configs: Readonly<Record<string, unknown>> = {
    'JSON that breaks off': `{"auths":{"${registry}":{"auth":"${base64(`ada:${PASSWORD}`)}`,
    'JSON with a stray word': `{"auths":{"${registry}":{"password": ${PASSWORD}}}}`,
    'no JSON at all': `ada:${PASSWORD}`,
    'a login that is not base64': { auths: { [registry]: { auth: `!${PASSWORD}!` } } },
    'a login without a colon': { auths: { [registry]: { auth: base64(PASSWORD) } } },
    'a login of the wrong kind': { auths: { [registry]: { auth: [PASSWORD] } } },
    'an entry that is a text': { auths: { [registry]: PASSWORD } },
    'a secret in place of the logins': { auths: PASSWORD },
  };
  for (const [name, config] of Object.entries(configs)) {
    it(name, async () => {
      await using server = await startRegistry({ auth: 'basic', users: { ada: PASSWORD } });
      const text = (typeof config === 'string' ? config : JSON.stringify(config)).replaceAll(registry, server.name);
      for (const env of [{}, { DOCKER_AUTH_CONFIG: text }]) {
        assertSilent(await everythingWritten([`${server.name}/team/app:v1`], text, { env }));
      }
    });
  }
});

describe('the credential of a proxy is not shown when', () => {
  const image = 'registry.example.com/team/app:v1';
  const check = (proxy: string, args: readonly string[] = []): Promise<string> =>
    everythingWritten([image, '--retries', '0', ...args], {}, { env: { HTTPS_PROXY: proxy, HTTP_PROXY: proxy } });
  const secretly = (origin: string): string => origin.replace('://', `://ada:${PROXY_PASSWORD}@`);

  for (const args of [[], ['--plain-http']]) {
    const how = args.length === 0 ? 'for https' : 'for http';
    it(`it is refused, ${how}`, async () => {
      await using proxy = await startProxy({ credential: { username: 'ada', password: 'another' } });
      const written = await check(secretly(proxy.origin), args);
      assert.ok(proxy.log.length > 0);
      assertSilent(written);
    });

    it(`the registry cannot be reached through it, ${how}`, async () => {
      await using proxy = await startProxy({ credential: { username: 'ada', password: PROXY_PASSWORD } });
      const written = await check(secretly(proxy.origin), args);
      assert.ok(proxy.log.length > 0);
      assertSilent(written);
    });

    it(`nothing listens there, ${how}`, async () => {
      const proxy = await startProxy();
      await proxy.close();
      assertSilent(await check(secretly(proxy.origin), args));
    });
  }

  for (const proxy of [
    `socks5://ada:${PROXY_PASSWORD}@127.0.0.1:1`,
    `http://ada:${PROXY_PASSWORD}@127.0.0.1:99999`,
    `ada:${PROXY_PASSWORD}@`,
    `http://ada:${PROXY_PASSWORD}%@127.0.0.1:1`,
  ]) {
    it(`it cannot be used: ${proxy.replace(PROXY_PASSWORD, '…')}`, async () => assertSilent(await check(proxy)));
  }
});
