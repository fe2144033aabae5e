import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLogin, type Login, parseLogin } from '../../src/credentials/login.ts';

const base64 = (text: string | Uint8Array): string => Buffer.from(text as string).toString('base64');

/** The login with its secret laid open, to compare with. */
const open = (login: Login | undefined): unknown =>
  login === undefined
    ? undefined
    : login.kind === 'password'
      ? [login.kind, login.username, login.password.reveal()]
      : [login.kind, login.username, login.token.reveal()];

function parsed(entry: unknown): unknown {
  const login = parseLogin(entry);
  return login.ok ? open(login.value) : { error: login.error };
}

describe('parseLogin', () => {
  const good: [string, unknown, unknown][] = [
    ['auth', { auth: base64('user:pass') }, ['password', 'user', 'pass']],
    ['colons in the password', { auth: base64('user:pa:ss:word') }, ['password', 'user', 'pa:ss:word']],
    ['NUL bytes around the password', { auth: base64('user:\0pa\0ss\0\0\0') }, ['password', 'user', 'pa\0ss']],
    ['line ends within', { auth: 'dXNlcjpw\r\nYXNz\n' }, ['password', 'user', 'pass']],
    ['left-over bits', { auth: 'dXNlcjpwYXN=' }, ['password', 'user', 'pas']],
    ['a password beyond ASCII', { auth: base64('user:pässwörd') }, ['password', 'user', 'pässwörd']],
    ['an empty password', { auth: base64('user:') }, ['password', 'user', '']],
    ['user name and password fields', { username: 'u', password: 'p' }, ['password', 'u', 'p']],
    ['auth before the fields', { auth: base64('a:b'), username: 'u', password: 'p' }, ['password', 'a', 'b']],
    ['an empty auth beside the fields', { auth: '', username: 'u', password: 'p' }, ['password', 'u', 'p']],
    ['names in any case, as Go reads them', { Username: 'u', PASSWORD: 'p' }, ['password', 'u', 'p']],
    ['an identity token', { identitytoken: 'idt' }, ['identity-token', undefined, 'idt']],
    [
      'what az acr login writes',
      { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'idt' },
      ['identity-token', '00000000-0000-0000-0000-000000000000', 'idt'],
    ],
    [
      'an identity token beside a broken auth',
      { auth: '!', identitytoken: 'idt' },
      ['identity-token', undefined, 'idt'],
    ],
    ['an identity token as a password', { auth: base64('<token>:idt') }, ['identity-token', undefined, 'idt']],
    ['a registry token', { registrytoken: 'rt', auth: base64('user:pass') }, ['registry-token', undefined, 'rt']],
    ['an empty user name: podman sends it', { auth: base64(':pass') }, ['password', '', 'pass']],
    ['a special user name', { auth: base64('$oauthtoken:key') }, ['password', '$oauthtoken', 'key']],
    ['an empty entry, as docker writes beside a store', {}, undefined],
    ['null', null, undefined],
    ['an e-mail address alone', { email: 'me@example.com' }, undefined],
    ['empty texts', { auth: '', username: '', password: '', identitytoken: '' }, undefined],
    ['null texts', { auth: null, identitytoken: null }, undefined],
  ];
  for (const [name, entry, expected] of good) it(`takes ${name}`, () => assert.deepEqual(parsed(entry), expected));

  const bad: [string, unknown, string][] = [
    ['text that is not base64', { auth: '!!!not-base64!!!' }, 'its "auth" is not base64 of a text'],
    ['missing padding', { auth: 'dXNlcjpwYXN' }, 'its "auth" is not base64 of a text'],
    ['spaces', { auth: 'dXNl cjpwYXNz' }, 'its "auth" is not base64 of a text'],
    ['the URL alphabet', { auth: base64('user:~~~???').replace('/', '_') }, 'its "auth" is not base64 of a text'],
    [
      'bytes that are not text',
      { auth: base64(new Uint8Array([117, 58, 0xff])) },
      'its "auth" is not base64 of a text',
    ],
    ['no colon', { auth: base64('userpass') }, 'its "auth" has no colon between user name and password'],
    ['a colon alone', { auth: base64(':') }, 'its "auth" holds neither user name nor password'],
    ['a number', { auth: 1 }, 'its "auth" is not a string'],
    ['a list', [], 'it is not an object'],
    ['a text', 'dXNlcjpwYXNz', 'it is not an object'],
  ];
  for (const [name, entry, error] of bad) it(`refuses ${name}`, () => assert.deepEqual(parsed(entry), { error }));

  it('reads back whatever docker login could have written', () => {
    const username = fc.string({ minLength: 1 }).filter((text) => !text.includes(':'));
    const password = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(username, password, (user, pass) => {
        assert.deepEqual(parsed({ auth: base64(`${user}:${pass}`) }), open(createLogin(user, pass)));
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, auth) => void [parseLogin(value), parseLogin({ auth })]),
    );
  });
});
