import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  formatPlatform,
  isRunnable,
  normalizePlatform,
  type Platform,
  parsePlatform,
  selectPlatform,
} from '../../src/core/platform.ts';

function read(text: string): Platform {
  const parsed = parsePlatform(text);
  assert.ok(parsed.ok, `${text} should be a platform`);
  return parsed.value;
}

function refusal(text: string): string {
  const parsed = parsePlatform(text);
  assert.ok(!parsed.ok, `${text} should not be a platform`);
  return parsed.error.message;
}

/** An index entry of a platform, spelled as the index would spell it: nothing normalized. */
function entry(text: string): { platform?: unknown } {
  if (text === '(none)') return {};
  const [, os, version, architecture, variant] = /^(\w*)(?:\((.*)\))?\/(\w*)(?:\/(.*))?$/.exec(text) ?? [];
  return {
    platform: { os, architecture, ...(variant && { variant }), ...(version && { 'os.version': version }) },
  };
}

const select = (wanted: string, published: string): number => selectPlatform(wanted, published.split(', ').map(entry));

describe('parsePlatform', () => {
  it('gives the parts', () => {
    assert.deepEqual(parsePlatform('linux/amd64'), { ok: true, value: { os: 'linux', architecture: 'amd64' } });
    assert.deepEqual(read('linux/arm/v6'), { os: 'linux', architecture: 'arm', variant: 'v6' });
    assert.deepEqual(read('windows(10.0.17763+win32k+b+b)/amd64'), {
      os: 'windows',
      architecture: 'amd64',
      osVersion: '10.0.17763',
      osFeatures: ['b', 'win32k'],
    });
    assert.deepEqual(read('linux(1%2B2)/amd64'), { os: 'linux', architecture: 'amd64', osVersion: '1+2' });
  });

  const good: [text: string, normalized: string][] = [
    ['linux/arm', 'linux/arm/v7'],
    ['armhf', 'linux/arm/v7'],
    ['armel', 'linux/arm/v6'],
    ['linux/armel/v7', 'linux/arm/v6'],
    ['linux/armhf/v6', 'linux/arm/v7'],
    ['linux/arm/5', 'linux/arm/v5'],
    ['linux/arm/8', 'linux/arm/v8'],
    ['linux/arm/4', 'linux/arm/4'],
    ['arm64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/arm64/v8.0', 'linux/arm64'],
    ['linux/arm64/v9.0', 'linux/arm64/v9'],
    ['linux/arm64/9', 'linux/arm64/v9'],
    ['linux/arm64/v8.2', 'linux/arm64/v8.2'],
    ['Aarch64', 'linux/arm64'],
    ['arm/v7', 'arm/v7'],
    ['arm64/v8', 'arm64/v8'],
    ['i386', 'linux/386'],
    ['linux/i386/foo', 'linux/386'],
    ['x86_64', 'linux/amd64'],
    ['x86-64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v2', 'linux/amd64/v2'],
    ['LINUX/AMD64/V3', 'linux/amd64/v3'],
    ['linux/x86', 'linux/x86'],
    ['linux/foo.bar', 'linux/foo.bar'],
    ['s390x', 'linux/s390x'],
    ['macos/arm64', 'darwin/arm64'],
    ['macos(Abcd.Efgh.123-4)/aarch64', 'darwin(Abcd.Efgh.123-4)/arm64'],
    ['windows(10.0.17763)/amd64', 'windows(10.0.17763)/amd64'],
    ['windows()/amd64', 'windows/amd64'],
    ['windows(+win32k)/amd64', 'windows(+win32k)/amd64'],
    ['linux(%28%2f%29%25)/amd64', 'linux(%28%2F%29%25)/amd64'],
    ['unknown/unknown', 'unknown/unknown'],
  ];
  for (const [text, normalized] of good) {
    it(`reads ${text} as ${normalized}`, () => assert.equal(formatPlatform(read(text)), normalized));
  }

  for (const text of [
    '',
    '/',
    'linux/',
    '/linux/arm',
    'linux/arm/',
    'linux /arm',
    'linux/&arm',
    'linux/arm/v7/x',
  ].concat(
    ['LİNUX/amd64', '*', 'linux/*', 'amd64/windows(1)/x', 'windows(1/amd64', 'windows(1)x/amd64', 'windows(+)/amd64'],
    ['..', '../arm', 'linux/arm\n'],
  )) {
    it(`refuses ${JSON.stringify(text)} and shows the form`, () =>
      assert.equal(
        refusal(text),
        `"${text.trim()}" is not a platform; use os/architecture[/variant], for example linux/arm/v7.`,
      ));
  }

  for (const text of ['linux', 'windows', 'macos', 'windows(10.0.17763)', 'x86', 'amd64(1)']) {
    it(`refuses ${text} alone`, () =>
      assert.equal(refusal(text), `"${text}" is not a platform; use os/architecture, for example linux/amd64.`));
  }

  it('refuses a percent sign that is no escape', () => {
    const message = '"linux(1%2)/amd64" contains an invalid percent-encoding.';
    assert.equal(refusal('linux(1%2)/amd64'), message);
    assert.equal(refusal('linux(+%ff)/amd64'), message.replace('1%2', '+%ff'));
  });

  it('never throws, and says nothing that could drive a terminal', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'aA1/()+%._-\u001b') })),
        (text) => {
          const parsed = parsePlatform(text);
          const shown = parsed.ok ? formatPlatform(parsed.value) : parsed.error.message;
          assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        },
      ),
      { numRuns: 1000 },
    );
    assert.equal(parsePlatform(undefined as unknown as string).ok, false);
  });
});

const part = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/),
  fc.constantFrom('linux', 'arm', 'arm64', 'amd64', 'x86_64', 'armhf', '8', 'v8', 'v1', 'v9.0'),
);
const platformOf = fc
  .record(
    {
      os: part,
      architecture: part,
      variant: part,
      'os.version': fc.string({ unit: 'binary', maxLength: 6 }),
      'os.features': fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), { maxLength: 3 }),
    },
    { requiredKeys: ['os', 'architecture'] },
  )
  .map((raw) => normalizePlatform(raw))
  .filter((platform) => platform !== undefined);

describe('formatPlatform', () => {
  it('gives text that reads as the same platform, whatever the version and features are', () => {
    fc.assert(
      fc.property(platformOf, (platform) => {
        assert.deepEqual(read(formatPlatform(platform)), platform);
      }),
    );
  });

  it('replaces half a surrogate pair', () =>
    assert.equal(
      formatPlatform({ os: 'linux', architecture: 'amd64', osVersion: '1\ud83d' }),
      'linux(1%EF%BF%BD)/amd64',
    ));
});

describe('normalizePlatform', () => {
  it('reads the platform of an index entry', () => {
    assert.deepEqual(
      normalizePlatform({
        os: 'Windows',
        architecture: 'x86_64',
        'os.version': '10.0.1.2',
        'os.features': ['b', 'a', 'b'],
      }),
      { os: 'windows', architecture: 'amd64', osVersion: '10.0.1.2', osFeatures: ['a', 'b'] },
    );
    assert.deepEqual(normalizePlatform({ os: 'linux', architecture: 'arm64', variant: 'v8', 'os.features': null }), {
      os: 'linux',
      architecture: 'arm64',
    });
  });

  it('takes a missing os for Linux, as a Linux host does', () =>
    assert.deepEqual(normalizePlatform({ architecture: 'amd64' }), { os: 'linux', architecture: 'amd64' }));

  for (const raw of [
    undefined,
    null,
    7,
    'linux/amd64',
    [],
    {},
    { os: 'linux' },
    { os: 'linux', architecture: '' },
    { os: 'linux', architecture: 'a/b' },
    { os: 'a.b', architecture: 'amd64' },
    { os: '\u001b[31m', architecture: 'amd64' },
    { os: 7, architecture: 'amd64' },
    { os: 'linux', architecture: ['amd64'] },
    { os: 'linux', architecture: 'arm', variant: 7 },
    { os: 'linux', architecture: 'amd64', 'os.version': 7 },
    { os: 'linux', architecture: 'amd64', 'os.features': 'x' },
    { os: 'linux', architecture: 'amd64', 'os.features': [7] },
    { os: 'linux', architecture: 'amd64', 'os.features': [''] },
    Object.create({ os: 'linux', architecture: 'amd64' }),
  ]) {
    it(`cannot use ${JSON.stringify(raw)}`, () => assert.equal(normalizePlatform(raw), undefined));
  }

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(platformOf, ({ osVersion, osFeatures, ...cpu }) => {
        const raw = { ...cpu, 'os.version': osVersion, 'os.features': osFeatures };
        assert.deepEqual(normalizePlatform(raw), {
          ...cpu,
          ...(osVersion && { osVersion }),
          ...(osFeatures && { osFeatures }),
        });
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (raw) => void normalizePlatform(raw)));
  });
});

describe('selectPlatform', () => {
  const all =
    'linux/amd64, linux/arm/v6, linux/arm/v7, linux/arm64/v8, linux/386, linux/ppc64le, linux/riscv64, linux/s390x';
  const windows = 'windows(10.0.17763.5696)/amd64, windows(10.0.20348.2402)/amd64, windows(10.0.26100.1)/amd64';
  const cases: [wanted: string, published: string, index: number][] = [
    // the same, other spellings
    ['linux/amd64', 'linux/amd64', 0],
    ['linux/amd64', 'linux/x86_64, linux/aarch64', 0],
    ['x86_64', 'linux/arm64, linux/amd64', 1],
    ['linux/arm64/v8', 'linux/arm64', 0],
    ['linux/arm64', 'linux/arm64/v8', 0],
    ['linux/arm64', 'linux/arm64/v8, linux/arm64', 0],
    ['linux/ppc64le', all, 5],
    ['linux/amd64', 'linux/amd64, linux/amd64', 0],
    // a CPU runs what older ones of its line run, the nearest first
    ['linux/arm', all, 2],
    ['linux/arm/v7', 'linux/arm/v5, linux/arm/v6', 1],
    ['linux/arm/v6', 'linux/arm/v7', -1],
    ['linux/arm/v6', 'linux/arm', -1],
    ['linux/arm/v8', 'linux/arm64, linux/arm/v5, linux/arm/v6, linux/arm', 3],
    ['linux/arm/v5', 'linux/arm/v6, linux/arm/v4', -1],
    ['linux/arm/v4', 'linux/arm/v4', 0],
    ['linux/arm64', 'linux/arm/v7', 0],
    ['linux/arm64', 'linux/arm/v6, linux/arm/v8, linux/arm64/v9, linux/arm64', 3],
    ['linux/arm64', 'linux/arm/v5, linux/arm/v8', 1],
    ['linux/arm64', 'linux/arm64/v9, linux/arm64/v8.1, linux/arm/v4, linux/arm/v9', -1],
    ['linux/arm64/v8.2', 'linux/arm64/v8.3, linux/arm64, linux/arm64/v8.1', 2],
    ['linux/arm64/v8.2', 'linux/arm/v7', 0],
    ['linux/arm64/v9', 'linux/arm64/v8.6, linux/arm64/v8.4, linux/arm64/v8.5, linux/arm64/v9.1', 2],
    ['linux/arm64/v9', 'linux/arm64, linux/arm64/v9.0', 1],
    ['linux/arm64/v9.2', 'linux/arm64/v8.7, linux/arm64/v9, linux/arm64/v9.1', 2],
    ['linux/arm64/v9.5', 'linux/arm64/v8, linux/arm64/v8.9', 1],
    ['linux/amd64', 'linux/386', 0],
    ['linux/amd64', 'linux/386, linux/amd64/v1', 1],
    ['linux/386', 'linux/amd64', -1],
    ['linux/amd64', 'linux/amd64/v4, linux/amd64/v3, linux/amd64/v2, linux/amd64', 3],
    ['linux/amd64', 'linux/amd64/v1, linux/amd64/v2', 0],
    ['linux/amd64', 'linux/amd64/v3', -1],
    ['linux/amd64/v3', 'linux/386, linux/amd64/v4, linux/amd64, linux/amd64/v2', 3],
    ['linux/riscv64', 'linux/riscv64/rva22u64', -1],
    // the operating system is never another one
    ['linux/amd64', 'windows/amd64, darwin/amd64', -1],
    ['darwin/arm64', 'linux/arm64, macos/aarch64', 1],
    // entries that nothing runs
    ['linux/amd64', 'unknown/unknown, unknown/unknown, linux/amd64, linux/arm64', 2],
    ['unknown/unknown', 'unknown/unknown', -1],
    ['linux/amd64', '(none), linux/amd64', 1],
    ['linux/arm64', '(none)', -1],
    ['linux/amd64', '(none)', -1],
    ['linux/amd64', '/, linux/arm64', -1],
    // Windows: the build of the host must fit, from Server 2022 on older builds do too
    ['windows(10.0.20348)/amd64', windows, 1],
    ['windows(10.0.17763)/amd64', windows, 0],
    ['windows(10.0.17763.1)/amd64', windows, 0],
    ['windows(10.0.14393)/amd64', windows, -1],
    ['windows(10.0.22621)/amd64', windows, 1],
    ['windows(10.0.26100)/amd64', 'windows(10.0.17763)/amd64, windows(10.0.26100)/amd64', 1],
    ['windows(6.3.17763)/amd64', windows, -1],
    ['windows(10.0.17763)/amd64', 'windows(10.0.1776)/amd64, windows(latest)/amd64', -1],
    ['windows(10.0.17763)/amd64', 'windows/amd64', 0],
    ['windows/amd64', windows, 0],
    ['linux(1.0.0)/amd64', 'linux(2.0.0)/amd64', 0],
  ];
  for (const [wanted, published, index] of cases) {
    it(`${wanted} takes ${index} of ${published}`, () => assert.equal(select(wanted, published), index));
  }

  it('wants every feature of the entry, and prefers the entry with more of them', () => {
    const entries = [undefined, ['a'], ['b', 'a'], ['c']].map((features) => ({
      platform: { os: 'linux', architecture: 'amd64', 'os.features': features },
    }));
    assert.equal(selectPlatform('linux/amd64', entries), 0);
    assert.equal(selectPlatform('linux(+a)/amd64', entries), 1);
    assert.equal(selectPlatform('linux(+a+b+x)/amd64', entries), 2);
    assert.equal(selectPlatform('linux/amd64', entries.slice(1)), -1);
  });

  it('does not mind win32k, which every Windows but Nano Server has', () => {
    const platform = { os: 'windows', architecture: 'amd64', 'os.features': ['win32k'] };
    assert.equal(selectPlatform('windows/amd64', [{ platform }]), 0);
    assert.equal(selectPlatform('linux/amd64', [{ platform: { ...platform, os: 'linux' } }]), -1);
  });

  it('never takes an attestation, whatever platform it claims', () => {
    const platform = { os: 'linux', architecture: 'amd64' };
    const attestation = { platform, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
    assert.equal(selectPlatform('linux/amd64', [attestation]), -1);
    assert.equal(selectPlatform('linux/amd64', [attestation, { platform, annotations: null }]), 1);
  });

  it('takes a platform as an object too, in any spelling', () =>
    assert.equal(
      selectPlatform({ os: 'Linux', architecture: 'aarch64' }, [entry('linux/amd64'), entry('linux/arm64')]),
      1,
    ));

  it('finds nothing for text that is no platform', () => assert.equal(select('linux/', 'linux/amd64'), -1));

  it('always runs its own platform, and what it runs it lists', () => {
    fc.assert(
      fc.property(platformOf, fc.array(platformOf), (wanted, others) => {
        fc.pre(wanted.os !== 'unknown' && wanted.architecture !== 'unknown');
        const entries = [...others, wanted].map(({ osVersion, osFeatures, ...cpu }) => ({
          platform: { ...cpu, 'os.version': osVersion, 'os.features': osFeatures },
        }));
        const index = selectPlatform(wanted, entries);
        const chosen = entries[index];
        assert.ok(chosen !== undefined && isRunnable(chosen));
        assert.equal(normalizePlatform(chosen.platform)?.os, wanted.os);
      }),
    );
  });

  it('never throws, whatever the index holds', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (entries) =>
        assert.equal(selectPlatform('linux/amd64', entries as { platform?: unknown }[]), -1),
      ),
    );
  });
});

describe('isRunnable', () => {
  it('is true of images', () => assert.equal(isRunnable(entry('linux/arm/v6')), true));

  for (const [what, thing] of Object.entries({
    'no platform': {},
    'unknown/unknown': entry('unknown/unknown'),
    'an unknown architecture': entry('linux/unknown'),
    'an unknown os': entry('unknown/amd64'),
    'an attestation': { ...entry('linux/amd64'), annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
  })) {
    it(`is false of ${what}`, () => assert.equal(isRunnable(thing), false));
  }
});
