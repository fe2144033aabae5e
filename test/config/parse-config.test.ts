import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseConfig } from '../../src/config/parse-config.ts';
import { UsageError } from '../../src/core/usage-error.ts';

const parse = (text: string) => parseConfig(text, { name: 'kairos-pull.yaml', locate: (path) => `/at/${path}` });

const refusal = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  return assert.fail('nothing was refused');
};

describe('parseConfig', () => {
  it('reads settings as the text of flags, with their lines', () => {
    const text = '# settings\ntimeout: 5s\nretries: 0\n\nlayers: true\nplatform: linux/amd64\nwarnOn:\n  - denied\n';
    const label = (key: string, line: number) => `${key} in kairos-pull.yaml:${line}`;
    assert.deepEqual(parse(text).values, {
      timeout: { raw: '5s', label: label('timeout', 2) },
      retries: { raw: '0', label: label('retries', 3) },
      layers: { raw: 'true', label: label('layers', 5) },
      platform: { raw: ['linux/amd64'], label: label('platform', 6) },
      warnOn: { raw: ['denied'], label: label('warnOn', 7) },
    });
  });

  it('reads JSON with tabs', () => {
    const text =
      '{\n\t"$schema": "./schema.json",\n\t"timeout": "5s",\n\t"output": ["text", "json=out/report.json"]\n}\n';
    assert.deepEqual(parse(text).values, {
      timeout: { raw: '5s', label: 'timeout in kairos-pull.yaml:3' },
      output: { raw: ['text', 'json=/at/out/report.json'], label: 'output in kairos-pull.yaml:4' },
    });
  });

  it('ignores an empty file, and a key without a value', () => {
    for (const text of ['', '# nothing yet\n', 'timeout:\nregistries:\n', 'registries:\n  r.example:\n']) {
      assert.deepEqual(parse(text), { values: {}, registries: [], ignore: [], search: [] }, text);
    }
  });

  it('reads search rules, with their lines', () =>
    assert.deepEqual(
      parse('search:\n- kind: A\n  path: a.b[].c\\.d/e[*]\n- { kind: B, group: "", skip: true }').search,
      [
        { kind: 'A', path: ['a', 'b', '[]', 'c.d/e', '[]'], skip: false, location: 'kairos-pull.yaml:2' },
        { kind: 'B', group: '', skip: true, location: 'kairos-pull.yaml:4' },
      ],
    ));

  it('reads ignore rules, with their lines', () =>
    assert.deepEqual(
      parse('ignore:\n- image: a/*\n  reason: built later\n- { image: b, reason: c, until: 2026-12-31 }').ignore,
      [
        { image: 'a/*', reason: 'built later', location: 'kairos-pull.yaml:2' },
        { image: 'b', reason: 'c', until: '2026-12-31', location: 'kairos-pull.yaml:4' },
      ],
    ));

  it('resolves paths relative to the file', () => {
    const text = 'file: [images.txt, compose.yaml]\nauthFile: a\ncaFile: b\ncert: c\nkey: d\noutput: json=e=f.json\n';
    const raws = Object.values(parse(text).values).map(({ raw }) => raw);
    assert.deepEqual(raws, [
      ['/at/images.txt', '/at/compose.yaml'],
      '/at/a',
      '/at/b',
      '/at/c',
      '/at/d',
      ['json=/at/e=f.json'],
    ]);
  });

  it("reads the allowed hosts of a registry's token service", () => {
    const realmsOf = (text: string) =>
      parse(`registries:\n  r.example: ${text}\n`).registries.map(({ realms }) => realms);
    assert.deepEqual(realmsOf('{ realms: AUTH.example }'), [['auth.example']]);
    assert.deepEqual(realmsOf('{ realms: [a.example, "b.example:8443"] }'), [['a.example', 'b.example:8443']]);
    assert.deepEqual(realmsOf('{ realms: [] }'), [[]]);
    assert.deepEqual(realmsOf('{ insecure: true }'), [undefined]);
  });

  it('reads settings of single registries', () => {
    const text =
      'registries:\n  index.docker.io: { insecure: true, mirrors: m.example }\n  "[::1]:5000":\n    plainHttp: false\n    caFile: ca.pem\n    mirrors: [n.example/x, http://o.example]\n';
    const registries = parse(text).registries.map(({ labelOf, ...section }) => ({
      ...section,
      caFile: labelOf('caFile'),
    }));
    assert.deepEqual(registries, [
      {
        registry: 'docker.io',
        settings: { insecure: true },
        mirrors: [{ location: 'm.example' }],
        caFile: 'caFile of index.docker.io in kairos-pull.yaml:2',
      },
      {
        registry: '[::1]:5000',
        settings: { plainHttp: false, caFile: '/at/ca.pem' },
        mirrors: [{ location: 'n.example/x' }, { location: 'o.example', plainHttp: true }],
        caFile: 'caFile of [::1]:5000 in kairos-pull.yaml:5',
      },
    ]);
  });

  describe('rejects, with file, line, key and what was expected', () => {
    const SECRET = 'secrets are not allowed in this file. Use docker login, or set authFile.';
    const refusals: readonly (readonly [string, string])[] = [
      ['a: 1\ntimout: 5s', 'kairos-pull.yaml:1: unknown setting "a".'],
      ['\ntimout: 5s', 'kairos-pull.yaml:2: unknown setting "timout". Did you mean timeout?'],
      ['plain-http: true', 'kairos-pull.yaml:1: unknown setting "plain-http". Did you mean plainHttp?'],
      ['config: other.yaml', 'kairos-pull.yaml:1: unknown setting "config".'],
      ['registry: x', 'kairos-pull.yaml:1: unknown setting "registry". Did you mean registries?'],
      ['layers: maybe', 'layers in kairos-pull.yaml:1: expected true or false.'],
      ['timeout: 30', 'timeout in kairos-pull.yaml:1: "30" is missing a unit; use 30s for seconds.'],
      ['timeout: [30s]', 'timeout in kairos-pull.yaml:1: expected a duration such as 30s.'],
      ['resources:\n  - image: a', 'kairos-pull.yaml:1: unknown setting "resources". Put it under monitor.'],
      ['retries: 1.5', 'retries in kairos-pull.yaml:1: expected an integer from 0 to 100.'],
      ['retries: 101', 'retries in kairos-pull.yaml:1: expected an integer from 0 to 100.'],
      ['authFile: [a]', 'authFile in kairos-pull.yaml:1: expected a path.'],
      ['authFile: ""', 'authFile in kairos-pull.yaml:1: expected a path.'],
      ['platform: { os: linux }', 'platform in kairos-pull.yaml:1: expected a string or a list of strings.'],
      ['- nginx', 'kairos-pull.yaml: expected settings such as timeout: 30s.'],
      ['nginx', 'kairos-pull.yaml: expected settings such as timeout: 30s.'],
      ['registries: [a]', 'registries in kairos-pull.yaml:1: expected registries, each with its settings.'],
      ['registries:\n  r.example: true', 'r.example in kairos-pull.yaml:2: expected settings of the registry.'],
      [
        'registries:\n  r.example:\n    insecure: 1',
        'insecure of r.example in kairos-pull.yaml:3: expected true or false.',
      ],
      ['registries:\n  r.example:\n    ca: x', 'kairos-pull.yaml:3: unknown setting "ca of r.example".'],
      [
        'registries:\n  https://r.example: {}',
        'https://r.example in kairos-pull.yaml:2: expected a registry such as docker.io or localhost:5000.',
      ],
      [
        'registries:\n  r.example/org: {}',
        'r.example/org in kairos-pull.yaml:2: expected a registry such as docker.io or localhost:5000.',
      ],
      [
        'registries:\n  quay: {}',
        'quay in kairos-pull.yaml:2: expected a registry such as docker.io or localhost:5000.',
      ],
      [
        'registries:\n  r.example:\n    mirrors: [ok.example, "ftp://m"]',
        'mirrors of r.example in kairos-pull.yaml:3: "ftp://m" is not a mirror; use host[:port][/path].',
      ],
      [
        'registries:\n  r.example:\n    realms: [auth.example, "https://auth.example/token"]',
        'realms of r.example in kairos-pull.yaml:3: expected the host of a token service, such as auth.example.com.',
      ],
      [
        'registries:\n  r.example:\n    realms: 5',
        'realms of r.example in kairos-pull.yaml:3: expected a string or a list of strings.',
      ],
      [
        'registries:\n  r.example:\n    realm: x',
        'kairos-pull.yaml:3: unknown setting "realm of r.example". Did you mean realms?',
      ],
      [
        'registries:\n  r.example:\n    mirror: m',
        'kairos-pull.yaml:3: unknown setting "mirror of r.example". Did you mean mirrors?',
      ],
      ['password: x', `password in kairos-pull.yaml:1: ${SECRET}`],
      ['search: A', 'search in kairos-pull.yaml:1: expected a list of kinds, each with its path.'],
      ['search: [A]', 'search in kairos-pull.yaml:1: expected a kind and a path.'],
      ['search:\n- path: a', 'kind of search in kairos-pull.yaml:2: expected a kind such as MyApp.'],
      ['search:\n- kind: A', 'search in kairos-pull.yaml:2: expected a path, or skip: true.'],
      ['search:\n- kind: A\n  skip: false', 'search in kairos-pull.yaml:2: expected a path, or skip: true.'],
      ['search:\n- kind: A\n  skip: all', 'skip of search in kairos-pull.yaml:3: expected true or false.'],
      ['search:\n- kind: A\n  pth: a', 'kairos-pull.yaml:3: unknown setting "pth of search". Did you mean path?'],
      [
        'search:\n- kind: A\n  path: a..b',
        'path of search in kairos-pull.yaml:3: expected fields separated by dots, such as spec.parts[].image.',
      ],
      [
        'search:\n- kind: A\n  path: a[0]',
        'path of search in kairos-pull.yaml:3: expected fields separated by dots, such as spec.parts[].image.',
      ],
      [
        'search:\n- kind: A\n  path: .spec',
        'path of search in kairos-pull.yaml:3: expected fields separated by dots, such as spec.parts[].image.',
      ],
      [
        'search:\n- kind: A\n  path: a[]b',
        'path of search in kairos-pull.yaml:3: expected fields separated by dots, such as spec.parts[].image.',
      ],
      [
        'search:\n- kind: A\n  path: "[]"',
        'path of search in kairos-pull.yaml:3: expected fields separated by dots, such as spec.parts[].image.',
      ],
      [
        'search:\n- kind: A\n  path: []',
        'path of search in kairos-pull.yaml:3: expected fields separated by dots, such as spec.parts[].image.',
      ],
      [
        'ignore: "x:*"',
        'ignore in kairos-pull.yaml:1: expected a list of images, each with its reason, such as ignore: [{ image: "x:*", reason: "…" }].',
      ],
      [
        'ignore: ["x:*"]',
        'ignore in kairos-pull.yaml:1: expected an image and its reason, such as { image: "x:*", reason: "…" }.',
      ],
      ['ignore:\n  - image: nginx', 'reason of ignore in kairos-pull.yaml:2: expected a reason for ignoring it.'],
      [
        'ignore:\n  - image: a\n    reason: " "',
        'reason of ignore in kairos-pull.yaml:3: expected a reason for ignoring it.',
      ],
      [
        'ignore:\n  - { image: a, reason: b }\n  - { image: a, reason: b, until: 2026-02-30 }',
        'until of ignore in kairos-pull.yaml:3: expected a day such as 2026-12-31.',
      ],
      [
        'ignore:\n  - { image: a, reasn: b }',
        'reason of ignore in kairos-pull.yaml:2: expected a reason for ignoring it.',
      ],
      [
        'ignore:\n  - { image: a, reason: b, untill: 2026-12-31 }',
        'kairos-pull.yaml:2: unknown setting "untill of ignore". Did you mean until?',
      ],
      ['registries:\n  r.example:\n    token: x', `token of r.example in kairos-pull.yaml:3: ${SECRET}`],
      ['auths: {}', `auths in kairos-pull.yaml:1: ${SECRET}`],
      ['timeout: 5s\ntimeout: 6s', 'kairos-pull.yaml:2: Duplicate key "timeout".'],
      ['a: 1\n--- \nb: 2', 'kairos-pull.yaml:3: expected a single YAML document.'],
      ['timeout: *none', 'kairos-pull.yaml:1: Alias (*) without an anchor (&) before it.'],
    ];
    for (const [text, message] of refusals) {
      it(JSON.stringify(text), () => assert.equal(refusal(text), message));
    }
  });

  it('does not repeat a secret', () => {
    for (const text of ['password: hunter2', 'registries:\n  r.example: { identityToken: hunter2 }', 'auth: hunter2']) {
      assert.doesNotMatch(refusal(text), /hunter2/);
    }
  });

  it('rejects any invalid text in one clean line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof UsageError);
          assert.doesNotMatch(error.message, /[\p{Cc}\p{Cf}]/u);
        }
      }),
    );
  });
});
