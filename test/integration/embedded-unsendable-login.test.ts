// A stored credential that cannot be sent is skipped with a warning, and the registry is checked all the same.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, type EmbeddedRegistryOptions, startRegistry } from '../../src/demo/registry.ts';
import { type Checked, checkJson } from '../support/command.ts';
import { createHome } from '../support/temporary-folder.ts';

const USERS = { ada: 'secret' };

async function start(options: EmbeddedRegistryOptions): Promise<EmbeddedRegistry> {
  const registry = await startRegistry(options);
  registry.put('team/app', 'v1', createImage());
  return registry;
}

const LOGINS: Readonly<Record<string, object>> = {
  'a registry token with a header in it': { registrytoken: 'token\r\nX-Injected: 1' },
  'a registry token with a line end': { registrytoken: 'token\n' },
  'a registry token beyond Latin-1': { registrytoken: 'tok\u2603en' },
  'a registry token in Latin-1': { registrytoken: 'tok\u00e9n' },
  'an identity token with a line end': { identitytoken: 'token\n' },
  'a user name with a line end': { auth: btoa('ada\r\n:secret') },
  'a password with a control character': { username: 'ada', password: 'sec\u0000ret' },
};

const warningOf = ({ result }: Checked): string =>
  result.warnings.map(({ code, message }) => `${code} ${/cannot be sent/.test(message)}`).join();

for (const [name, login] of Object.entries(LOGINS)) {
  const envFor = (registry: EmbeddedRegistry) => ({
    DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry.name]: login } }),
  });

  describe(name, () => {
    for (const auth of ['basic', 'bearer'] as const) {
      it(`makes a private image of a ${auth} registry unauthorized, never unreachable`, async () => {
        await using registry = await start({ auth, users: USERS });
        const checked = await checkJson([`${registry.name}/team/app:v1`], { env: envFor(registry) });
        assert.equal(checked.exitCode, 3, checked.result.message);
        assert.equal(checked.result.reason, 'unauthorized');
        assert.equal(warningOf(checked), 'credentials-file true');
        assert.deepEqual(
          registry.log.filter(({ headers }) => headers.authorization?.startsWith('Basic') || headers['x-injected']),
          [],
        );
      });
    }

    it('leaves a public image pullable', async () => {
      await using registry = await start({ auth: 'bearer', users: USERS, access: () => true });
      const checked = await checkJson([`${registry.name}/team/app:v1`], { env: envFor(registry) });
      assert.equal(checked.exitCode, 0, checked.result.message);
      assert.equal(warningOf(checked), 'credentials-file true');
    });
  });
}

describe('a credential that cannot be sent', () => {
  it('does not hide the next one', async () => {
    await using registry = await start({ auth: 'basic', users: USERS });
    using home = createHome({
      'run/containers/auth.json': { auths: { [registry.name]: { registrytoken: 'to ken' } } },
      '.docker/config.json': { auths: { [registry.name]: { auth: btoa('ada:secret') } } },
    });
    const checked = await checkJson([`${registry.name}/team/app:v1`], { env: home.env });
    assert.equal(checked.exitCode, 0, checked.result.message);
    assert.equal(warningOf(checked), 'credentials-file true');
  });

  it('is skipped if a helper returns it', async () => {
    await using registry = await start({ auth: 'basic', users: USERS });
    using home = createHome({ '.docker/config.json': { credsStore: 'odd' } });
    home.addHelper('odd', `#!/bin/sh\nprintf '{"Username":"ada\\\\n","Secret":"secret"}'\n`);
    const checked = await checkJson([`${registry.name}/team/app:v1`], { env: home.env });
    assert.equal(checked.exitCode, 3, checked.result.message);
    assert.equal(warningOf(checked), 'credentials-file true');
  });

  it('is skipped if the environment contains it', async () => {
    await using registry = await start({ auth: 'basic', users: USERS });
    const env = {
      KAIROS_PULL_USERNAME: 'ada',
      KAIROS_PULL_PASSWORD: 'sec\u001bret',
      KAIROS_PULL_REGISTRY: registry.name,
    };
    const checked = await checkJson([`${registry.name}/team/app:v1`], { env });
    assert.equal(checked.exitCode, 3, checked.result.message);
    assert.equal(warningOf(checked), 'credentials-file true');
  });
});

describe('a password of several lines', () => {
  for (const auth of ['basic', 'bearer'] as const) {
    it(`is sent unchanged to a ${auth} registry: keys of Google service accounts have several lines`, async () => {
      const key = '{\n\t"type": "service_account",\r\n  "private_key": "x"\n}\n';
      await using registry = await start({ auth, users: { _json_key: key } });
      const config = { auths: { [registry.name]: { auth: btoa(`_json_key:${key}`) } } };
      const checked = await checkJson([`${registry.name}/team/app:v1`], {
        env: { DOCKER_AUTH_CONFIG: JSON.stringify(config) },
      });
      assert.equal(checked.exitCode, 0, checked.result.message);
      assert.deepEqual(checked.result.warnings, []);
    });
  }
});
