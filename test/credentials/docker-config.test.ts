import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createCredential, type StoredCredential, secretOf } from '../../src/credentials/credential.ts';
import { parseAuthEntry, parseDockerConfig } from '../../src/credentials/docker-config.ts';

const ENTRY = { auth: 'dXNlcjpwYXNz' };

describe('parseDockerConfig', () => {
  it('reads auths, credHelpers and credsStore', () => {
    const config = parseDockerConfig({
      auths: { 'quay.io': ENTRY, 'ghcr.io': {} },
      credHelpers: { 'gcr.io': 'gcloud', 'r.test': '' },
      credsStore: 'pass',
    });
    assert.deepEqual(
      config.auths.map(({ key, credential }) => [key, credential.ok && credential.value?.kind]),
      [
        ['quay.io', 'password'],
        ['ghcr.io', undefined],
      ],
    );
    assert.deepEqual(config.credHelpers, [
      { key: 'gcr.io', helper: 'gcloud' },
      { key: 'r.test', helper: '' },
    ]);
    assert.equal(config.credsStore, 'pass');
    assert.deepEqual(config.problems, []);
  });

  it('reads field names in any case, as docker does', () => {
    const config = parseDockerConfig({ Auths: { 'quay.io': ENTRY }, credsstore: 'pass' });
    assert.equal(config.auths.length, 1);
    assert.equal(config.credsStore, 'pass');
  });

  it('reads an old ~/.dockercfg', () => {
    const { auths } = parseDockerConfig({ 'https://index.docker.io/v1/': { ...ENTRY, email: 'me@example.com' } });
    assert.deepEqual(
      auths.map(({ key }) => key),
      ['https://index.docker.io/v1/'],
    );
  });

  it('accepts a config without credentials', () => {
    const documents = [
      {},
      { psFormat: '{{.ID}}', proxies: { default: { httpProxy: 'http://p:3128' } } },
      { auths: null },
    ];
    for (const document of documents) {
      assert.deepEqual(parseDockerConfig(document), { auths: [], credHelpers: [], problems: [] });
    }
  });

  it('ignores values of the wrong type, reports them, and keeps the rest', () => {
    const config = parseDockerConfig({ auths: [], credHelpers: { 'a.test': 1, 'b.test': 'pass' }, credsStore: true });
    assert.deepEqual(config, {
      auths: [],
      credHelpers: [{ key: 'b.test', helper: 'pass' }],
      problems: [
        'its "auths" is not an object',
        'one of its "credHelpers" is not a string',
        'its "credsStore" is not a string',
      ],
    });
    assert.deepEqual(parseDockerConfig([]).problems, ['it is not a JSON object']);
  });

  it('never throws', () => {
    const auths = fc.record({ auths: fc.jsonValue(), credHelpers: fc.jsonValue(), credsStore: fc.jsonValue() });
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), auths), (document) => void parseDockerConfig(document)));
  });
});

const base64 = (text: string | Uint8Array): string => Buffer.from(text as string).toString('base64');

/** The credential with its secret revealed, to compare with. */
const open = (credential: StoredCredential | undefined): unknown =>
  credential && [credential.kind, credential.username, secretOf(credential).reveal()];

function parsed(entry: unknown): unknown {
  const credential = parseAuthEntry(entry);
  return credential.ok ? open(credential.value) : { error: credential.error };
}

describe('parseAuthEntry', () => {
  const good: [string, unknown, unknown][] = [
    ['auth', { auth: base64('user:pass') }, ['password', 'user', 'pass']],
    ['colons in the password', { auth: base64('user:pa:ss:word') }, ['password', 'user', 'pa:ss:word']],
    ['NUL bytes around the password', { auth: base64('user:\0pa\0ss\0\0\0') }, ['password', 'user', 'pa\0ss']],
    ['line breaks in auth', { auth: 'dXNlcjpw\r\nYXNz\n' }, ['password', 'user', 'pass']],
    ['trailing bits', { auth: 'dXNlcjpwYXN=' }, ['password', 'user', 'pas']],
    ['a password beyond ASCII', { auth: base64('user:pässwörd') }, ['password', 'user', 'pässwörd']],
    ['an empty password', { auth: base64('user:') }, ['password', 'user', '']],
    ['user name and password fields', { username: 'u', password: 'p' }, ['password', 'u', 'p']],
    [
      'auth before user name and password fields',
      { auth: base64('a:b'), username: 'u', password: 'p' },
      ['password', 'a', 'b'],
    ],
    [
      'an empty auth and user name and password fields',
      { auth: '', username: 'u', password: 'p' },
      ['password', 'u', 'p'],
    ],
    ['field names in any case, as Go reads them', { Username: 'u', PASSWORD: 'p' }, ['password', 'u', 'p']],
    ['an identity token', { identitytoken: 'idt' }, ['identity-token', undefined, 'idt']],
    [
      'what az acr login writes',
      { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'idt' },
      ['identity-token', '00000000-0000-0000-0000-000000000000', 'idt'],
    ],
    ['an identity token and a broken auth', { auth: '!', identitytoken: 'idt' }, ['identity-token', undefined, 'idt']],
    ['an identity token as a password', { auth: base64('<token>:idt') }, ['identity-token', undefined, 'idt']],
    ['a registry token', { registrytoken: 'rt', auth: base64('user:pass') }, ['registry-token', undefined, 'rt']],
    ['an empty user name, which podman sends', { auth: base64(':pass') }, ['password', '', 'pass']],
    ['a special user name', { auth: base64('$oauthtoken:key') }, ['password', '$oauthtoken', 'key']],
    ['an empty entry, as docker writes when a store is used', {}, undefined],
    ['null', null, undefined],
    ['only an email address', { email: 'me@example.com' }, undefined],
    ['empty strings', { auth: '', username: '', password: '', identitytoken: '' }, undefined],
    [
      'bytes that are not UTF-8, which are sent as they are',
      { auth: base64(new Uint8Array([0xfc, 58, 112, 0xc3, 0xa4, 0xe4])) },
      ['password', '\udcfc', 'pä\udce4'],
    ],
    ['null fields', { auth: null, identitytoken: null }, undefined],
  ];
  for (const [name, entry, expected] of good) it(`accepts ${name}`, () => assert.deepEqual(parsed(entry), expected));

  const bad: [string, unknown, string][] = [
    ['invalid base64', { auth: '!!!not-base64!!!' }, 'its "auth" is not base64-encoded'],
    ['missing padding', { auth: 'dXNlcjpwYXN' }, 'its "auth" is not base64-encoded'],
    ['spaces', { auth: 'dXNl cjpwYXNz' }, 'its "auth" is not base64-encoded'],
    ['the URL alphabet', { auth: base64('user:~~~???').replace('/', '_') }, 'its "auth" is not base64-encoded'],
    ['no colon', { auth: base64('userpass') }, 'its "auth" has no colon between user name and password'],
    ['only a colon', { auth: base64(':') }, 'its "auth" contains neither user name nor password'],
    ['a number', { auth: 1 }, 'its "auth" is not a string'],
    ['a list', [], 'it is not an object'],
    ['a string', 'dXNlcjpwYXNz', 'it is not an object'],
  ];
  for (const [name, entry, error] of bad) it(`refuses ${name}`, () => assert.deepEqual(parsed(entry), { error }));

  it('reads everything that docker login can write', () => {
    const username = fc.string({ minLength: 1 }).filter((text) => !text.includes(':'));
    const password = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(username, password, (user, pass) => {
        assert.deepEqual(parsed({ auth: base64(`${user}:${pass}`) }), open(createCredential(user, pass)));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, auth) => void [parseAuthEntry(value), parseAuthEntry({ auth })]),
    );
  });
});
