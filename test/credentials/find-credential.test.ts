import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Credential, secretOf } from '../../src/credentials/credential.ts';
import { findCredential } from '../../src/credentials/find-credential.ts';
import { ANY_HELPER, createHome, EMPTY_HELPER } from '../support/temporary-folder.ts';

const TOKEN_HELPER = ANY_HELPER.replace('"Username":"any"', '"Username":"<token>"').replace(
  '"Secret":"%s"',
  '"Secret":"idtoken-%s"',
);

/** `user:password`, `identity-token:…`, `registry-token:…` or undefined. */
const describeFound = (credential: Credential | undefined): string | undefined =>
  credential &&
  `${credential.kind === 'password' ? credential.username : credential.kind}:${secretOf(credential).reveal()}`;

const auth = (pair: string): { auth: string } => ({ auth: Buffer.from(pair).toString('base64') });
const APP = 'registry.example.com/team/app';

describe('findCredential', () => {
  // docker, crane and podman differ in nearly every line. We use the credential wherever one of them would, as long as
  // it is sent only where it was stored for.
  const table: [name: string, config: unknown, image: string, expected: string | undefined][] = [
    // podman accepts it, docker only the old index address: it is the same registry.
    ['docker.io', { auths: { 'docker.io': auth('hub:pw') } }, 'docker.io/library/nginx', 'hub:pw'],
    [
      'index without slash',
      { auths: { 'https://index.docker.io/v1': auth('hub:pw') } },
      'docker.io/library/nginx',
      'hub:pw',
    ],
    // All tools stop at the empty entry.
    [
      'an empty entry and a complete one',
      { auths: { 'registry.example.com': {}, 'https://registry.example.com': auth('second:2') } },
      APP,
      undefined,
    ],
    // docker and crane would send it to a namespace that it was not stored for.
    ['another namespace', { auths: { 'quay.io/other': auth('ns:pw') } }, 'quay.io/org/repo', undefined],
    [
      'the longest namespace',
      { auths: { 'quay.io': auth('a:1'), 'quay.io/org/repo': auth('c:3'), 'quay.io/org': auth('b:2') } },
      'quay.io/org/repo',
      'c:3',
    ],
    ['the old API path', { auths: { 'registry.example.com/v1/': auth('user:pass') } }, APP, 'user:pass'],
    ['NUL bytes', { auths: { 'registry.example.com': { auth: 'dXNlcjpwYXNzAAAA' } } }, APP, 'user:pass'],
    ['colons in the password', { auths: { 'registry.example.com': auth('user:pa:ss:word') } }, APP, 'user:pa:ss:word'],
    ['an empty user name', { auths: { 'registry.example.com': auth(':pass') } }, APP, ':pass'],
    [
      'a broken entry elsewhere',
      { auths: { 'registry.example.com': { auth: '!!!not-base64!!!' }, 'quay.io': auth('q:pw') } },
      'quay.io/org/repo',
      'q:pw',
    ],
    ['a line end in auth', { auths: { 'registry.example.com': { auth: 'dXNlcjpw\nYXNz' } } }, APP, 'user:pass'],
    [
      'user name and password fields',
      { auths: { 'registry.example.com': { username: 'u', password: 'p' } } },
      APP,
      'u:p',
    ],
    ['an identity token', { auths: { 'registry.example.com': { identitytoken: 'idt' } } }, APP, 'identity-token:idt'],
    ['a registry token', { auths: { 'registry.example.com': { registrytoken: 'rt' } } }, APP, 'registry-token:rt'],
    ['another port', { auths: { 'registry.example.com:443': auth('user:pass') } }, APP, undefined],
    ['a byte order mark', '\uFEFF{"auths":{"registry.example.com":{"auth":"dXNlcjpwYXNz"}}}', APP, undefined],
    // Helpers. podman ignores credsStore, docker ignores the file if there is a store: trying one after the other works for both.
    [
      'a store without the credential',
      { credsStore: 'none', auths: { 'registry.example.com': auth('file:filepw') } },
      APP,
      'file:filepw',
    ],
    [
      'a store with the credential',
      { credsStore: 'any', auths: { 'registry.example.com': auth('file:filepw') } },
      APP,
      'any:registry.example.com',
    ],
    // docker: an empty helper name disables the store for this registry.
    ['an empty helper name', { credHelpers: { 'registry.example.com': '' }, credsStore: 'any' }, APP, undefined],
    [
      'a helper before the store',
      { credHelpers: { 'registry.example.com': 'token' }, credsStore: 'any' },
      APP,
      'identity-token:idtoken-registry.example.com',
    ],
    ['a helper for another port', { credHelpers: { 'registry.example.com:5000': 'any' } }, APP, undefined],
    [
      'a helper for docker.io',
      { credHelpers: { 'docker.io': 'any' } },
      'docker.io/library/nginx',
      'any:https://index.docker.io/v1/',
    ],
    ['a store for Docker Hub', { credsStore: 'any' }, 'docker.io/library/nginx', 'any:https://index.docker.io/v1/'],
    ['a store with an identity token', { credsStore: 'token' }, APP, 'identity-token:idtoken-registry.example.com'],
    [
      'a store that uses the spelling of the file',
      { credsStore: 'any', auths: { 'quay.io/org': {} } },
      'quay.io/org/repo',
      'any:quay.io/org',
    ],
    ['a helper that is missing', { credHelpers: { 'registry.example.com': 'kp-missing' } }, APP, undefined],
  ];
  for (const [name, config, image, expected] of table) {
    it(`${expected === undefined ? 'finds none for' : 'finds the credential with'} ${name}`, async () => {
      using home = createHome({ 'config.json': config });
      home.addHelper('any', ANY_HELPER);
      home.addHelper('none', EMPTY_HELPER);
      home.addHelper('token', TOKEN_HELPER);
      const [registry = '', ...path] = image.split('/');
      const files = [`${home.path}/config.json`];
      const credential = await findCredential({ registry, repository: path.join('/'), files, env: home.env });
      assert.equal(describeFound(credential), expected);
    });
  }

  it('uses the first of the files with a credential, and does not read the default locations', async () => {
    using home = createHome({
      'a.json': { auths: { 'a.test': auth('a:1') } },
      'b.json': { auths: { 'a.test': auth('b:2'), 'b.test': auth('b:3') } },
      '.docker/config.json': { auths: { 'c.test': auth('c:4') } },
    });
    const files = ['missing', 'a.json', 'b.json'].map((name) => `${home.path}/${name}`);
    const find = async (registry: string): Promise<string | undefined> =>
      describeFound(await findCredential({ registry, files, env: home.env }));
    assert.deepEqual([await find('a.test'), await find('b.test'), await find('c.test')], ['a:1', 'b:3', undefined]);
  });

  it('reads the locations given by the environment', async () => {
    using home = createHome({ '.docker/config.json': { auths: { 'a.test': auth('u:p') } } });
    const credential = await findCredential({ registry: 'a.test', env: home.env });
    assert.equal(describeFound(credential), 'u:p');
    assert.equal(credential?.source, '~/.docker/config.json');
  });
});
