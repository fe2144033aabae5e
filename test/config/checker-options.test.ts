import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readCheckerOptions } from '../../src/config/checker-options.ts';
import { resolveConflicts } from '../../src/config/conflicts.ts';
import type { RegistrySection } from '../../src/config/registry-section.ts';
import { resolveSettings, type SettingInputs } from '../../src/config/resolve.ts';
import { SETTING_NAMES } from '../../src/config/setting.ts';
import { createSettingParsers } from '../../src/config/setting-parsers.ts';
import { UsageError } from '../../src/core/usage-error.ts';
import { clientIdentity, serverIdentity, withoutOpenssl } from '../support/certificates.ts';

describe('readCheckerOptions', { skip: withoutOpenssl }, () => {
  let [folder, CERTIFICATE, KEY] = ['', '', ''];
  before(async () => {
    ({ cert: CERTIFICATE, key: KEY } = clientIdentity());
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    await Promise.all(
      Object.entries({
        'cert.pem': CERTIFICATE,
        'key.pem': KEY,
        'both.pem': KEY + CERTIFICATE,
        'other-key.pem': serverIdentity().key,
        'auth.json': '{}',
      }).map(([name, text]) => writeFile(join(folder, name), text)),
    );
  });
  after(() => rm(folder, { recursive: true }));

  const path = (name: string) => join(folder, name);
  const read = (flags: SettingInputs['flags'], env: SettingInputs['env'] = {}) => {
    const resolved = resolveSettings(SETTING_NAMES, createSettingParsers(['text']), { flags, env });
    return readCheckerOptions({
      settings: resolveConflicts(resolved),
      sources: resolved.sources,
      env: { XDG_CACHE_HOME: '/cache' },
    });
  };
  const refuses = (message: string, flags: SettingInputs['flags'], env: SettingInputs['env'] = {}) =>
    assert.rejects(read(flags, env), new UsageError(message));

  it('passes on settings without files', async () => {
    const options = await read({
      platform: ['linux/amd64'],
      timeout: '5s',
      retries: '0',
      concurrency: '3',
      insecure: true,
      allowPrivate: true,
    });
    assert.deepEqual(options, {
      proof: 'manifest',
      platforms: ['linux/amd64'],
      authFile: undefined,
      anonymous: undefined,
      plainHttp: undefined,
      insecure: true,
      allowPrivate: true,
      ca: undefined,
      noCache: undefined,
      timeoutMs: 5000,
      retries: 0,
      concurrency: 3,
      challengeFile: '/cache/kairos-pull/challenges.json',
      env: { XDG_CACHE_HOME: '/cache' },
    });
  });

  it('reads certificate files, and passes on the credential file', async () => {
    const { ca, cert, key, authFile } = await read({
      caFile: path('cert.pem'),
      cert: path('cert.pem'),
      key: path('key.pem'),
      authFile: path('auth.json'),
    });
    assert.deepEqual(
      { ca, cert, key, authFile },
      { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY, authFile: path('auth.json') },
    );
  });

  it('reads certificate and key from one file, by either option', async () => {
    for (const name of ['cert', 'key']) {
      const { cert, key } = await read({ [name]: path('both.pem') });
      assert.deepEqual({ cert, key }, { cert: KEY + CERTIFICATE, key: KEY + CERTIFICATE });
    }
  });

  it('rejects a certificate without a key', () =>
    refuses(`--cert requires a private key (key): ${path('cert.pem')} contains none.`, { cert: path('cert.pem') }));

  it('rejects a key without a certificate', () =>
    refuses(`--key requires a certificate (cert): ${path('key.pem')} contains none.`, { key: path('key.pem') }));

  it('rejects a certificate and a key that do not match', () =>
    assert.rejects(read({ cert: path('cert.pem'), key: path('other-key.pem') }), ({ message }: UsageError) => {
      assert.match(message, /^--cert: \S+cert\.pem and \S+other-key\.pem cannot be used: .*key values mismatch\.$/);
      return true;
    }));

  it('rejects a file with other content', async () => {
    const rest = '(-----BEGIN …-----).';
    await refuses(`--ca-file: ${path('key.pem')} contains no PEM certificate ${rest}`, { caFile: path('key.pem') });
    await refuses(`--cert: ${path('key.pem')} contains no PEM certificate ${rest}`, {
      cert: path('key.pem'),
      key: path('key.pem'),
    });
    await refuses(`--key: ${path('cert.pem')} contains no PEM private key ${rest}`, {
      cert: path('cert.pem'),
      key: path('cert.pem'),
    });
  });

  for (const name of ['authFile', 'caFile', 'cert', 'key']) {
    it(`names a file that cannot be read: ${name}`, () => {
      const flag = { authFile: '--auth-file', caFile: '--ca-file', cert: '--cert', key: '--key' }[name];
      return refuses(`${flag}: cannot read ${path('none')}: no such file or directory.`, { [name]: path('none') });
    });
  }

  describe('for single registries', () => {
    const section = (settings: RegistrySection['settings']): RegistrySection => ({
      registry: 'r.example',
      settings,
      labelOf: (name) => `${name} of r.example in kairos-pull.yaml:7`,
      mirrors: [],
    });
    const readSection = async (settings: RegistrySection['settings'], given: Partial<SettingInputs> = {}) => {
      const resolved = resolveSettings(SETTING_NAMES, createSettingParsers(['text']), { flags: {}, env: {}, ...given });
      const options = await readCheckerOptions({
        settings: resolveConflicts(resolved),
        sources: resolved.sources,
        file: { registries: [section(settings)] },
        env: {},
      });
      return options.registries?.['r.example'];
    };

    it('reads their files', async () => {
      const files = { caFile: path('cert.pem'), cert: path('both.pem') };
      assert.deepEqual(await readSection({ plainHttp: false, insecure: true, allowPrivate: true, ...files }), {
        plainHttp: false,
        insecure: true,
        allowPrivate: true,
        ca: CERTIFICATE,
        cert: KEY + CERTIFICATE,
        key: KEY + CERTIFICATE,
      });
    });

    it('names the line of a file that cannot be read', async () => {
      const label = 'caFile of r.example in kairos-pull.yaml:7';
      await assert.rejects(
        readSection({ caFile: path('none') }),
        new UsageError(`${label}: cannot read ${path('none')}: no such file or directory.`),
      );
      await assert.rejects(
        readSection({ caFile: path('key.pem') }),
        new UsageError(`${label}: ${path('key.pem')} contains no PEM certificate (-----BEGIN …-----).`),
      );
    });

    it('are overridden by flags and environment, and add CAs', async () => {
      const settings = {
        plainHttp: false,
        insecure: false,
        allowPrivate: false,
        caFile: path('cert.pem'),
        cert: path('both.pem'),
      };
      const flags = {
        plainHttp: true,
        insecure: true,
        allowPrivate: true,
        key: path('both.pem'),
        caFile: path('both.pem'),
      };
      const nothing = { plainHttp: undefined, insecure: undefined, allowPrivate: undefined, ca: CERTIFICATE };
      assert.deepEqual(await readSection(settings, { flags }), nothing);
      const env = {
        KAIROS_PULL_INSECURE: '1',
        KAIROS_PULL_ALLOW_PRIVATE: '1',
        KAIROS_PULL_PLAIN_HTTP: 'no',
        KAIROS_PULL_CERT: path('both.pem'),
      };
      assert.deepEqual(await readSection(settings, { env }), nothing);
    });

    it('include the allowed hosts of the token service', async () => {
      const resolved = resolveSettings(SETTING_NAMES, createSettingParsers(['text']), { flags: {}, env: {} });
      const registries = [{ ...section({}), realms: ['auth.example'] }];
      const options = await readCheckerOptions({
        settings: resolveConflicts(resolved),
        sources: resolved.sources,
        file: { registries },
        env: {},
      });
      assert.deepEqual(
        Object.values(options.registries ?? {}).map(({ realms }) => realms),
        [['auth.example']],
      );
    });

    it('include the mirrors', async () => {
      const resolved = resolveSettings(SETTING_NAMES, createSettingParsers(['text']), { flags: {}, env: {} });
      const registries = [section({}), { ...section({}), registry: 'docker.io', mirrors: [{ location: 'm.example' }] }];
      const { mirrors } = await readCheckerOptions({
        settings: resolveConflicts(resolved),
        sources: resolved.sources,
        file: { registries },
        env: {},
      });
      assert.deepEqual(mirrors, [{ prefix: 'docker.io', mirrors: [{ location: 'm.example' }] }]);
    });

    it('override the rest of the file', async () => {
      const fileValues = { insecure: { raw: 'true', label: 'insecure in kairos-pull.yaml:1' } };
      assert.equal((await readSection({ insecure: false }, { fileValues }))?.insecure, false);
    });
  });

  it('names the variable of an invalid path', () =>
    refuses(`KAIROS_PULL_CA_FILE: cannot read ${folder}: it is a directory.`, {}, { KAIROS_PULL_CA_FILE: folder }));
});
