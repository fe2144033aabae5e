import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findSyntaxProblem, type StoredCredential } from '../../src/credentials/credential.ts';
import { Secret } from '../../src/credentials/secret.ts';

const password = (username: string, text: string): StoredCredential => ({
  kind: 'password',
  username,
  password: new Secret(text),
});
const registryToken = (text: string): StoredCredential => ({ kind: 'registry-token', token: new Secret(text) });
const identityToken = (text: string, username?: string): StoredCredential => ({
  kind: 'identity-token',
  token: new Secret(text),
  ...(username !== undefined && { username }),
});

const JSON_KEY = JSON.stringify({ type: 'service_account', private_key: '-----BEGIN\nx\n-----END' }, null, 2);

describe('a credential that can be sent', () => {
  for (const [name, credential] of [
    ['a password', password('ada', 'secret')],
    ['a password beyond ASCII', password('ädä', 'pässwörd ☃ \u{1f511}')],
    ['a user name with a colon', password('domain:ada', 'secret')],
    ['the key of a Google service account', password('_json_key', JSON_KEY)],
    ['the same with Windows line endings', password('_json_key', JSON_KEY.replaceAll('\n', '\r\n'))],
    ['a password with a tab', password('ada', 'tab\tword')],
    ['only a password', password('', 'secret')],
    ['a token', registryToken('eyJhbGciOi.J9-_~+/==')],
    ['an identity token', identityToken('0.AX/+=')],
    ['an identity token with spaces', identityToken('two words', 'ada')],
  ] as const) {
    it(`is ${name}`, () => assert.equal(findSyntaxProblem(credential), undefined));
  }
});

describe('a credential that cannot be sent', () => {
  const TOKEN = 'the registry token contains an invalid character, such as a space or a line break';
  const IDENTITY_TOKEN = 'the identity token contains an invalid character, such as a line break';
  const USER = 'the user name contains a control character';
  const PASSWORD = 'the password contains a control character';

  for (const text of ['a\r\nX: 1', 'line\n', ' blank', 'two words', '\0', 'a\u001b[2J', '\u007f', '☃', 'é', '\u0085']) {
    it(`has a registry token ${JSON.stringify(text)}`, () =>
      assert.equal(findSyntaxProblem(registryToken(text)), TOKEN));
  }
  for (const text of ['a\r\nb', 'line\n', 'tab\t', '\0', '☃']) {
    it(`has an identity token ${JSON.stringify(text)}`, () =>
      assert.equal(findSyntaxProblem(identityToken(text)), IDENTITY_TOKEN));
  }
  for (const text of ['ada\r', 'a\nb', 'a\tb', '\0', '\u001b', '\u0085']) {
    it(`has a user name ${JSON.stringify(text)}`, () => {
      assert.equal(findSyntaxProblem(password(text, 'pw')), USER);
      assert.equal(findSyntaxProblem(identityToken('x', text)), USER);
    });
  }
  for (const text of ['a\0b', 'esc\u001b[2J', 'bell\u0007', 'del\u007f', 'nel\u0085']) {
    it(`has a password ${JSON.stringify(text)}`, () =>
      assert.equal(findSyntaxProblem(password('ada', text)), PASSWORD));
  }

  it('is described without quoting it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 6 }), (text) => {
        for (const credential of [registryToken(text), identityToken(text), password(text, text)]) {
          assert.equal(findSyntaxProblem(credential)?.includes(text) ?? false, false);
        }
      }),
    );
  });
});
