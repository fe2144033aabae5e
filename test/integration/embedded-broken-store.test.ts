// A broken credential store never makes a check send a credential to another registry, such as Docker Hub.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { basicCredential } from '../../src/demo/logged-request.ts';
import { authority, filesOf, withoutOpenssl } from '../support/certificates.ts';
import { type Checked, checkJson } from '../support/command.ts';
import { startNamedServer } from '../support/named-registry.ts';
import { startProxy } from '../support/proxy.ts';
import { DIALECTS } from '../support/registry-dialects.ts';
import { createHome } from '../support/temporary-folder.ts';

const PRIVATE = 'registry.acme.example';
const HUB_KEY = 'https://index.docker.io/v1/';

/** `docker-credential-broken`; undefined: there is no such program. */
const BREAKAGES: Readonly<Record<string, string | undefined>> = {
  'is not there': undefined,
  fails: '#!/bin/sh\necho "pass not initialized" >&2\nexit 1\n',
  'is ended by a signal': '#!/bin/sh\nkill -9 $$\n',
  'gives garbage': '#!/bin/sh\necho "{"\n',
  'gives an empty login': `#!/bin/sh\necho '{"ServerURL":"","Username":"","Secret":""}'\n`,
  'has no login': '#!/bin/sh\necho credentials not found in native keychain\nexit 1\n',
  'is no program': 'not a program',
};

/** Which part of the config names it. */
const CONFIGS: Readonly<Record<string, { readonly credsStore?: string; readonly credHelpers?: object }>> = {
  credsStore: { credsStore: 'broken' },
  'credHelpers for the private registry': { credHelpers: { [PRIVATE]: 'broken' } },
  'credHelpers for Docker Hub': { credHelpers: { [HUB_KEY]: 'broken', 'docker.io': 'broken' } },
  both: { credsStore: 'broken', credHelpers: { [PRIVATE]: 'broken', [HUB_KEY]: 'broken' } },
};

interface Reply extends Checked {
  /** `user@host` of every login that was sent, each once. */
  readonly sent: readonly string[];
  /** Every host that was connected to. */
  readonly hosts: readonly string[];
}

async function check(image: string, config: object, script: string | undefined): Promise<Reply> {
  const hub = await startNamedServer({
    host: 'registry-1.docker.io',
    tokenHost: 'auth.docker.io',
    dialect: DIALECTS.dockerHub,
    users: { hub: 'hub-password' },
  });
  const own = await startNamedServer({ host: PRIVATE, dialect: DIALECTS.harbor, users: { own: 'own-password' } });
  await using hubRegistry = hub.registry;
  await using ownRegistry = own.registry;
  for (const registry of [hubRegistry, ownRegistry]) registry.put('team/app', 'v1', createImage());
  await using proxy = await startProxy({ routes: { ...hub.routes, ...own.routes } });
  using home = createHome({ '.docker/config.json': config });
  if (script !== undefined) home.addHelper('broken', script);
  const checked = await checkJson([image, '--ca-file', filesOf(authority()).cert, '--retries', '0'], {
    env: { ...home.env, HTTPS_PROXY: proxy.origin },
  });
  const sent = [...hubRegistry.log, ...ownRegistry.log].flatMap(({ headers }) => {
    const login = basicCredential(headers.authorization);
    return login === undefined ? [] : [`${login.username}@${headers.host}`];
  });
  const hosts = proxy.log.map(({ target }) => target.replace(/:443$/, ''));
  return { ...checked, sent: [...new Set(sent)], hosts: [...new Set(hosts)].toSorted() };
}

const stored = (logins: Readonly<Record<string, string>>) => ({
  auths: Object.fromEntries(
    Object.entries(logins).map(([key, user]) => [key, user === '' ? {} : { auth: btoa(`${user}:${user}-password`) }]),
  ),
});

for (const [place, config] of Object.entries(CONFIGS)) {
  /** As in docker and podman: a helper of credHelpers replaces what the file has stored. */
  const replaces = (key: string): boolean => Object.hasOwn(config.credHelpers ?? {}, key);
  for (const [how, script] of Object.entries(BREAKAGES)) {
    describe(`a store in ${place} that ${how}`, { skip: withoutOpenssl }, () => {
      it('sends the credential of a private registry to that registry only', async () => {
        const login = stored({ [PRIVATE]: 'own' });
        const own = await check(`${PRIVATE}/team/app:v1`, { ...config, ...login }, script);
        assert.equal(own.exitCode, replaces(PRIVATE) ? 3 : 0, own.result.message);
        assert.deepEqual([own.sent, own.hosts], [replaces(PRIVATE) ? [] : [`own@${PRIVATE}`], [PRIVATE]]);
        const hub = await check('team/app:v1', { ...config, ...login }, script);
        assert.equal(hub.result.reason, 'unauthorized');
        assert.deepEqual([hub.sent, hub.hosts], [[], ['auth.docker.io', 'registry-1.docker.io']]);
      });

      it('sends the credential of Docker Hub to Docker Hub only', async () => {
        const login = stored({ [HUB_KEY]: 'hub' });
        const hub = await check('team/app:v1', { ...config, ...login }, script);
        assert.equal(hub.exitCode, replaces(HUB_KEY) ? 3 : 0, hub.result.message);
        assert.deepEqual(hub.sent, replaces(HUB_KEY) ? [] : ['hub@auth.docker.io']);
        const own = await check(`${PRIVATE}/team/app:v1`, { ...config, ...login }, script);
        assert.equal(own.result.reason, 'unauthorized');
        assert.deepEqual([own.sent, own.hosts], [[], [PRIVATE]]);
      });

      it('sends no credential if only the store had one', async () => {
        const login = stored({ [HUB_KEY]: '', [PRIVATE]: '' });
        for (const image of ['team/app:v1', `${PRIVATE}/team/app:v1`]) {
          const { sent, result } = await check(image, { ...config, ...login }, script);
          assert.deepEqual([sent, result.reason], [[], 'unauthorized']);
        }
      });
    });
  }
}
