import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRegistriesConf } from '../../src/config/registries-conf.ts';
import { UsageError } from '../../src/core/usage-error.ts';

const read = (text: string) => JSON.parse(JSON.stringify(readRegistriesConf(text, 'registries.conf')));

const refused = (problem: string): string => `registries.conf: ${problem}; podman refuses the whole file.`;
const withScheme = (location: string): string =>
  `"${location}" has a scheme; use host[:port][/path], and insecure = true for a server without TLS`;

const overHttps = (location: string) => ({
  location,
  httpsOnly: `If it uses plain HTTP, set insecure = true for ${location} in registries.conf.`,
});

describe('readRegistriesConf', () => {
  it('reads mirrors in order', () => {
    const text = `
unqualified-search-registries = ["docker.io"]
[[registry]]
prefix = "docker.io"
location = "docker.io"
[[registry.mirror]]
location = "one.example/hub"
[[registry.mirror]]
location = "two.example:5000"
insecure = true
`;
    assert.deepEqual(read(text), [
      {
        prefix: 'docker.io',
        mirrors: [
          overHttps('one.example/hub'),
          { location: 'two.example:5000', tls: { insecure: true }, allowsPlainHttp: true },
        ],
        upstream: overHttps('docker.io'),
        usedBy: 'podman',
      },
    ]);
  });

  it('reads the new location of a registry', () =>
    assert.deepEqual(read('[[registry]]\nprefix = "r.example/old"\nlocation = "new.example/team"\ninsecure = true'), [
      {
        prefix: 'r.example/old',
        mirrors: [],
        upstream: { location: 'new.example/team', tls: { insecure: true }, allowsPlainHttp: true },
        usedBy: 'podman',
      },
    ]));

  it('uses location for a missing prefix', () =>
    assert.deepEqual(read('[[registry]]\nlocation = "r.example"'), [
      { prefix: 'r.example', mirrors: [], upstream: overHttps('r.example'), usedBy: 'podman' },
    ]));

  it('does not move the registries of a glob', () =>
    assert.deepEqual(read('[[registry]]\nprefix = "*.example.com"\n[[registry.mirror]]\nlocation = "m.example"'), [
      {
        prefix: '*.example.com',
        mirrors: [overHttps('m.example')],
        upstream: { httpsOnly: overHttps('*.example.com').httpsOnly },
        usedBy: 'podman',
      },
    ]));

  it('allows plain HTTP for every registry of a glob', () =>
    assert.deepEqual(read('[[registry]]\nprefix = "*.example.com"\ninsecure = true')[0].upstream, {
      tls: { insecure: true },
      allowsPlainHttp: true,
    }));

  for (const prefix of ['*.example.com:5000', '*.example.com/team', '*.', '*.-x', '*.*.example.com']) {
    it(`refuses the glob ${prefix}, as podman does`, () =>
      assert.throws(() => read(`[[registry]]\nprefix = "${prefix}"`), {
        message: refused(`the prefix "${prefix}" must be like *.example.com, without a port or path`),
      }));
  }

  it('reads which file blocks a registry', () =>
    assert.equal(read('[[registry]]\nlocation = "r.example"\nblocked = true')[0].blockedBy, 'registries.conf'));

  const uses: readonly (readonly [string, string, string | undefined])[] = [
    ['', '', undefined],
    ['', 'pull-from-mirror = "all"', undefined],
    ['', 'pull-from-mirror = "digest-only"', 'digest'],
    ['', 'pull-from-mirror = "tag-only"', 'tag'],
    ['mirror-by-digest-only = true', '', 'digest'],
  ];
  for (const [registry, mirror, only] of uses) {
    it(`uses a mirror for ${only ?? 'everything'}: ${registry}${mirror}`, () => {
      const text = `[[registry]]\nlocation = "r.example"\n${registry}\n[[registry.mirror]]\nlocation = "m.example"\n${mirror}`;
      assert.equal(read(text)[0].mirrors[0].only, only);
    });
  }

  it('returns nothing for a file without registries', () =>
    assert.deepEqual(read('short-name-mode = "enforcing"'), []));

  it('rejects invalid TOML, with the line', () =>
    assert.throws(() => read('\n[[registry]'), /^UsageError: registries\.conf:2: Invalid TOML document: .*[^.]\.$/));

  const refusals: readonly (readonly [string, string])[] = [
    [
      '[registries.search]\nregistries = ["docker.io"]',
      'registries.conf: registries: version 1 does not support mirrors; use [[registry]] tables.',
    ],
    ['[[registry]]\ninsecure = true', refused('a [[registry]] has neither prefix nor location')],
    ['[[registry]]\nprefix = "r.example"', refused('the [[registry]] for "r.example" has no location')],
    ['[[registry]]\nlocation = "https://r.example"', refused(withScheme('https://r.example'))],
    ['[[registry]]\nprefix = "http://r.example"\nlocation = "r.example"', refused(withScheme('http://r.example'))],
    [
      '[[registry]]\nlocation = "r.example"\n[[registry.mirror]]\nlocation = "docker://m.example"',
      refused(withScheme('docker://m.example')),
    ],
    [
      '[[registry]]\nlocation = "r.example"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "m.example"\npull-from-mirror = "all"',
      refused('mirror-by-digest-only and pull-from-mirror exclude each other'),
    ],
    ...(['insecure', 'blocked'] as const).map((name): [string, string] => [
      `[[registry]]\nlocation = "r.example"\n[[registry]]\nprefix = "s.example"\nlocation = "r.example"\n${name} = true`,
      refused(`"r.example" occurs twice, with different values of ${name}`),
    ]),
    [
      '[[registry]]\nlocation = "r.example"\n[[registry.mirror]]\nlocation = "M!"',
      'registries.conf: "M!" is not a mirror; use host[:port][/path].',
    ],
  ];
  for (const [text, message] of refusals) {
    it(`rejects ${JSON.stringify(text)}`, () => assert.throws(() => read(text), new UsageError(message)));
  }
});
