import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { vetRealm } from '../../src/auth/realm.ts';
import { cleanText } from '../../src/core/text.ts';

const SECURE = 'https://registry.test/v2/app/manifests/1';

describe('vetRealm', () => {
  const good: [string, string, string, string][] = [
    ['another host', 'https://auth.test/token', SECURE, 'https://auth.test/token'],
    ['a trailing slash', 'https://public.ecr.aws/token/', SECURE, 'https://public.ecr.aws/token/'],
    ['a query of its own', 'https://auth.test/token?host=x', SECURE, 'https://auth.test/token?host=x'],
    ['a path alone', '/service/token', SECURE, 'https://registry.test/service/token'],
    ['a host without scheme', '//auth.test/token', SECURE, 'https://auth.test/token'],
    ['without the fragment', 'https://auth.test/token#x', SECURE, 'https://auth.test/token'],
    ['http of an http registry', 'http://auth.test/token', 'http://registry.test/v2/', 'http://auth.test/token'],
    ['https of an http registry', 'https://auth.test/token', 'http://registry.test/v2/', 'https://auth.test/token'],
    [
      "the registry's own address, whatever it is",
      'http://169.254.10.10:5001/token',
      'http://169.254.10.10:5000/v2/',
      'http://169.254.10.10:5001/token',
    ],
    // Whether the registry is in that network too is known only when it is connected to.
    ['a private address', 'https://10.0.0.5/token', SECURE, 'https://10.0.0.5/token'],
  ];
  for (const [name, realm, challenged, expected] of good) {
    it(`takes ${name}`, () => {
      const vetted = vetRealm(realm, new URL(challenged), cleanText);
      assert.equal(vetted.ok && vetted.value.href, expected);
    });
  }

  const bad: [string, string | undefined, string][] = [
    ['none', undefined, 'has no address (the challenge has no realm)'],
    ['an empty one', ' ', 'has no address (the challenge has no realm)'],
    [
      'http of an https registry',
      'http://registry.test/token',
      'is not encrypted (http://registry.test), although the registry is',
    ],
    ['a user name', 'https://user@auth.test/token', 'has a login in its address (auth.test)'],
    ['a password', 'https://:word@auth.test/token', 'has a login in its address (auth.test)'],
    ['what is no URL', 'https://[', 'is not a URL: https://['],
    ['another scheme', 'file:///etc/passwd', 'is not a web address: file:'],
    ['a metadata service', 'https://169.254.169.254/token', 'is a link-local or reserved address (169.254.169.254)'],
    ['the same in disguise', 'https://0xA9FEA9FE/token', 'is a link-local or reserved address (169.254.169.254)'],
    [
      'the same with a dot behind it',
      'https://169.254.169.254./token',
      'is a link-local or reserved address (169.254.169.254)',
    ],
    [
      'the same inside IPv6',
      'https://[::ffff:169.254.169.254]/token',
      'is a link-local or reserved address ([::ffff:a9fe:a9fe])',
    ],
    ['a link-local IPv6 address', 'https://[fe80::1]:8443/', 'is a link-local or reserved address ([fe80::1]:8443)'],
    ['no address at all', 'https://0.0.0.0/token', 'is a link-local or reserved address (0.0.0.0)'],
  ];
  for (const [name, realm, problem] of bad) {
    it(`refuses ${name}`, () =>
      assert.deepEqual(vetRealm(realm, new URL(SECURE), cleanText), { ok: false, error: problem }));
  }

  it('quotes a realm without its control characters, and not all of it', () => {
    const vetted = vetRealm(`https://[\u001b[31m${'x'.repeat(500)}`, new URL(SECURE), cleanText);
    assert.equal(!vetted.ok && vetted.error.includes('\u001b'), false);
    assert.equal(!vetted.ok && vetted.error.length, 'is not a URL: '.length + 80);
  });
});
