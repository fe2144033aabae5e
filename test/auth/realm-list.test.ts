import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isListed, parseRealmHost } from '../../src/auth/realm-list.ts';

describe('parseRealmHost', () => {
  const good: readonly [text: string, host: string][] = [
    ['auth.example.com', 'auth.example.com'],
    ['AUTH.Example.com:8443', 'auth.example.com:8443'],
    ['auth.example.com:443', 'auth.example.com:443'],
    ['auth.example.com.', 'auth.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['localhost:5001', 'localhost:5001'],
    ['10.0.0.1', '10.0.0.1'],
    ['::1', '[::1]'],
    ['[::1]:5001', '[::1]:5001'],
    ['[FD00:0::5]', '[fd00::5]'],
  ];
  for (const [text, host] of good) {
    it(`accepts ${text}`, () => assert.deepEqual(parseRealmHost(text), { ok: true, value: host }));
  }

  for (const text of [
    '',
    ' ',
    'https://auth.example.com',
    'https://auth.example.com/token',
    'auth.example.com/token',
    'ada@auth.example.com',
    'auth.example.com:99999',
    'auth.example.com:',
    'a b',
    '[::1',
    '1.2.3.4.5:x',
    '%41',
    '.',
    '..',
    '.example.com',
    'a..b',
    'a?b',
    'a\n',
  ]) {
    it(`rejects ${JSON.stringify(text)}`, () =>
      assert.deepEqual(parseRealmHost(text), {
        ok: false,
        error: 'the host of a token service, such as auth.example.com',
      }));
  }
});

describe('isListed', () => {
  const cases: readonly [realm: string, host: string, isListed: boolean][] = [
    ['https://auth.example.com/token', 'auth.example.com', true],
    ['https://auth.example.com./token', 'auth.example.com', true],
    ['https://auth.example.com:8443/token', 'auth.example.com', true],
    ['https://auth.example.com:8443/token', 'auth.example.com:8443', true],
    ['https://auth.example.com/token', 'auth.example.com:443', true],
    ['http://auth.example.com/token', 'auth.example.com:80', true],
    ['https://auth.example.com:8443/token', 'auth.example.com:443', false],
    ['https://auth.example.com/token', 'example.com', false],
    ['https://example.com/token', 'auth.example.com', false],
    ['https://auth.example.com.evil.test/token', 'auth.example.com', false],
    ['https://evilauth.example.com/token', 'auth.example.com', false],
    ['https://[::1]:5001/token', '[::1]', true],
    ['https://2130706433/token', '127.0.0.1', true],
  ];
  for (const [realm, host, expected] of cases) {
    it(`${realm} is ${expected ? '' : 'not '}listed by ${host}`, () =>
      assert.equal(isListed(new URL(realm), ['other.test', host]), expected));
  }

  it('lists nothing if the list is empty', () => assert.equal(isListed(new URL('https://a.example/'), []), false));
});
