import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CheckedRegistry, foreignRealmWarnings } from '../../src/check/foreign-realm.ts';
import { cleanText } from '../../src/core/text.ts';
import { knownRegistry } from '../../src/registry/well-known.ts';
import { password } from '../support/scripted-check.ts';

const asked = (registry: string, realms?: readonly string[]): CheckedRegistry => ({
  registry,
  base: new URL(`https://${registry}/`),
  known: knownRegistry(registry),
  realms,
  quote: cleanText,
});

const sentTo = (realm: string, source?: string) => ({ credential: password('ada', source), realm: new URL(realm) });

const never = (): never => assert.fail('the sites were compared');

describe('foreignRealmWarnings', () => {
  it('names the credentials, both hosts, and how to stop it', async () => {
    const sent = [sentTo('https://auth.other.example:8443/token')];
    assert.deepEqual(await foreignRealmWarnings(sent, asked('registry.acme.example:5000')), [
      {
        code: 'foreign-realm',
        message:
          'The credentials for registry.acme.example:5000 from ~/.docker/config.json were sent to auth.other.example:8443, the token service of registry.acme.example:5000, which is on another site. If that is correct, set realms: [auth.other.example:8443] for registry.acme.example:5000, so that no other host gets them. If not, set the correct host there, and change the credentials.',
      },
    ]);
  });

  it('warns once per host, with every source of credentials', async () => {
    const sent = [
      sentTo('https://auth.other.example/token'),
      sentTo('https://auth.other.example/token?again', '~/.dockercfg'),
      sentTo('https://auth.third.example/token', '~/.dockercfg'),
    ];
    const warnings = await foreignRealmWarnings(sent, asked('registry.acme.example'));
    assert.deepEqual(
      warnings.map(({ message }) => message.slice(0, message.indexOf(', the token'))),
      [
        'The credentials for registry.acme.example from ~/.docker/config.json and ~/.dockercfg were sent to auth.other.example',
        'The credentials for registry.acme.example from ~/.dockercfg were sent to auth.third.example',
      ],
    );
  });

  it('is silent about a token service on the same site', async () => {
    for (const realm of ['https://registry.acme.example/token', 'https://auth.acme.example:8443/token']) {
      assert.deepEqual(await foreignRealmWarnings([sentTo(realm)], asked('registry.acme.example')), []);
    }
  });

  it('is silent about a host that the user lists, without comparing sites', async () => {
    const sent = [sentTo('https://auth.other.example/token')];
    const registry = asked('registry.acme.example', ['auth.other.example']);
    assert.deepEqual(await foreignRealmWarnings(sent, registry, never), []);
  });

  for (const [registry, realm] of [
    ['rg.fr-par.scw.cloud', 'https://api.scaleway.com/registry-internal/v1/regions/fr-par/tokens'],
    ['lscr.io', 'https://ghcr.io/token'],
    ['nvcr.io', 'https://authn.nvidia.com/token'],
    ['nvcr.io', 'https://nvcr.io/proxy_auth'],
    ['registry.redhat.io', 'https://sso.redhat.com/auth/realms/rhcc/protocol/redhat-docker-v2/auth'],
    ['dhi.io', 'https://auth.docker.io/token'],
    ['docker.io', 'https://auth.docker.io/token'],
    ['registry.gitlab.com', 'https://gitlab.com/jwt/auth'],
    ['registry.digitalocean.com', 'https://api.digitalocean.com/v2/registry/auth'],
  ] as const) {
    it(`is silent about ${registry}, whose token service is known to be ${new URL(realm).host}`, async () =>
      assert.deepEqual(await foreignRealmWarnings([sentTo(realm)], asked(registry), never), []));
  }

  it('does not confuse the token services of two registries', async () => {
    const sent = [sentTo('https://auth.docker.io/token')];
    assert.equal((await foreignRealmWarnings(sent, asked('registry.acme.example'))).length, 1);
  });

  it('warns if the sites cannot be compared', async () => {
    const sent = [sentTo('https://auth.acme.example/token')];
    const [warning] = await foreignRealmWarnings(sent, asked('registry.acme.example'), async () => undefined);
    assert.match(warning?.message ?? '', /, which may be on another site\./);
  });

  it('compares nothing if no credentials were sent', async () =>
    assert.deepEqual(await foreignRealmWarnings([], asked('registry.acme.example'), never), []));
});
