import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scopesFor, vetRealm } from '../../src/auth/token-endpoint.ts';
import { cleanText } from '../../src/core/text.ts';

const SECURE = 'https://registry.test/v2/app/manifests/1';

describe('vetRealm', () => {
  const good: [string, string, string, string][] = [
    ['another host', 'https://auth.test/token', SECURE, 'https://auth.test/token'],
    ['a trailing slash', 'https://public.ecr.aws/token/', SECURE, 'https://public.ecr.aws/token/'],
    ['a query', 'https://auth.test/token?host=x', SECURE, 'https://auth.test/token?host=x'],
    // No credentials are sent there.
    ['http of an https registry', 'http://auth.test/token', SECURE, 'http://auth.test/token'],
    [
      'a query that Go encodes again',
      'https://auth.test/token?a=b c&d=%zz',
      SECURE,
      'https://auth.test/token?a=b%20c&d=%zz',
    ],
    ['without the fragment', 'https://auth.test/token#x', SECURE, 'https://auth.test/token'],
    ['http of an http registry', 'http://auth.test/token', 'http://registry.test/v2/', 'http://auth.test/token'],
    ['https of an http registry', 'https://auth.test/token', 'http://registry.test/v2/', 'https://auth.test/token'],
    [
      "the registry's own address, of any kind",
      'http://169.254.10.10:5001/token',
      'http://169.254.10.10:5000/v2/',
      'http://169.254.10.10:5001/token',
    ],
    // Whether the registry is in the same network is known only once it is connected.
    ['a private address', 'https://10.0.0.5/token', SECURE, 'https://10.0.0.5/token'],
  ];
  for (const [name, realm, challenged, expected] of good) {
    it(`accepts ${name}`, () => {
      const vetted = vetRealm(realm, new URL(challenged), cleanText);
      assert.equal(vetted.ok && vetted.value.url.href, expected);
    });
  }

  const bad: [string, string | undefined, string][] = [
    ['none', undefined, 'its challenge names no token service (no realm)'],
    ['an empty one', ' ', 'its challenge names no token service (no realm)'],
    ['only a path', '/service/token', 'the token service it names is not an absolute URL: /service/token'],
    [
      'a host without scheme',
      '//auth.test/token',
      'the token service it names is not an absolute URL: //auth.test/token',
    ],
    [
      'a user name',
      'https://user@auth.test/token',
      'the token service it names has credentials in its URL (auth.test)',
    ],
    [
      'a password',
      'https://:word@auth.test/token',
      'the token service it names has credentials in its URL (auth.test)',
    ],
    ['what is not a URL', 'https://[', 'the token service it names is not an absolute URL: https://['],
    // A browser repairs these; Go does not.
    ...[
      ' https://auth.test/token',
      'https://auth.test/token ',
      'https://auth.test/to\tken',
      'https:/auth.test/token',
      'https:auth.test/token',
      'https:\\\\auth.test\\token',
      'https://auth.test\\token',
      'https://auth.test/%zz/token',
      'https://0x7f.1/token',
    ].map((realm): [string, string, string] => [
      JSON.stringify(realm),
      realm,
      `the token service it names is not a URL that clients can parse: "${cleanText(realm)}"`,
    ]),
    ['another scheme', 'file:///etc/passwd', 'the token service it names is not an http or https URL: file:'],
    [
      'a metadata service',
      'https://169.254.169.254/token',
      'the token service it names has a link-local or reserved address (169.254.169.254)',
    ],
    [
      'the same in disguise',
      'https://0xA9FEA9FE/token',
      'the token service it names has a link-local or reserved address (169.254.169.254)',
    ],
    [
      'the same with a trailing dot',
      'https://169.254.169.254./token',
      'the token service it names has a link-local or reserved address (169.254.169.254)',
    ],
    [
      'the same inside IPv6',
      'https://[::ffff:169.254.169.254]/token',
      'the token service it names has a link-local or reserved address ([::ffff:a9fe:a9fe])',
    ],
    [
      'a link-local IPv6 address',
      'https://[fe80::1]:8443/',
      'the token service it names has a link-local or reserved address ([fe80::1]:8443)',
    ],
    [
      'the unspecified address',
      'https://0.0.0.0/token',
      'the token service it names has a link-local or reserved address (0.0.0.0)',
    ],
  ];
  for (const [name, realm, problem] of bad) {
    it(`rejects ${name}`, () =>
      assert.deepEqual(vetRealm(realm, new URL(SECURE), cleanText), { ok: false, error: problem }));
  }

  it('quotes a realm without control characters, up to a limit', () => {
    const vetted = vetRealm(`https://[\u001b[31m${'x'.repeat(500)}`, new URL(SECURE), cleanText);
    assert.equal(!vetted.ok && vetted.error.includes('\u001b'), false);
    assert.equal(!vetted.ok && vetted.error.length, 'the token service it names is not an absolute URL: '.length + 80);
  });
});

describe('scopesFor', () => {
  const own = ['repository:team/app:pull'];
  const cases: [string, string | undefined, string[]][] = [
    ['uses the scope of the challenge', 'repository:team/app:pull', own],
    ['does not correct a scope that omits the repository key', 'repository:app:pull', ['repository:app:pull']],
    ['accepts several actions', 'repository:team/app:pull,push', ['repository:team/app:pull,push']],
    ['accepts a fixed word', 'aws', ['aws']],
    ['accepts an asterisk', '*', ['*']],
    ['splits several', 'repository:a:pull repository:b:pull', ['repository:a:pull', 'repository:b:pull']],
    [
      'splits several at any number of spaces',
      '  repository:a:pull   repository:b:pull ',
      ['repository:a:pull', 'repository:b:pull'],
    ],
    ['uses its own if there is none', undefined, own],
    ['uses its own if it is empty', '', own],
    ['uses its own if it is blank', '  ', own],
    ['uses its own instead of a placeholder', 'repository:user/image:pull', own],
    ['uses its own if it has control characters', 'repository:team/app:pull\u0000', own],
    ['uses its own if it is not ASCII', 'repository:größe:pull', own],
    ['uses its own if it is too long', 'a'.repeat(5_000), own],
  ];
  for (const [name, challenged, expected] of cases) {
    it(name, () => assert.deepEqual(scopesFor(challenged, 'team/app'), expected));
  }
});

describe('the path of a realm', () => {
  for (const [realm, path] of [
    ['https://auth.test', '/'],
    ['https://auth.test?x=/y', '/'],
    ['https://auth.test/x/../token?y', '/x/../token'],
    ['https://auth.test/x/%2e%2e/token', '/x/%2e%2e/token'],
    ['https://auth.test//token', '//token'],
    ["https://auth.test/a'b/token", "/a'b/token"],
    ['https://auth.test/a|b/token#x', '/a%7Cb/token'],
  ] as const) {
    it(`${realm}: ${path}`, () => {
      const vetted = vetRealm(realm, new URL(SECURE), cleanText);
      assert.equal(vetted.ok && vetted.value.path, path);
    });
  }
});
