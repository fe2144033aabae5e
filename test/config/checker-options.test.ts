import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readCheckerOptions } from '../../src/config/checker-options.ts';
import { settleSettings } from '../../src/config/contradiction.ts';
import type { RegistrySection } from '../../src/config/registry-section.ts';
import { type Given, resolveSettings } from '../../src/config/resolve.ts';
import { createSchema } from '../../src/config/schema.ts';
import { SETTING_NAMES } from '../../src/config/setting.ts';
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
  const read = (flags: Given['flags'], env: Given['env'] = {}) => {
    const resolved = resolveSettings(SETTING_NAMES, createSchema(['text']), { flags, env });
    return readCheckerOptions(settleSettings(resolved), resolved.sources);
  };
  const refuses = (message: string, flags: Given['flags'], env: Given['env'] = {}) =>
    assert.rejects(read(flags, env), new UsageError(message));

  it('hands on what needs no file', async () => {
    const options = await read({
      platform: ['linux/amd64'],
      timeout: '5s',
      retries: '0',
      concurrency: '3',
      insecure: true,
    });
    assert.deepEqual(options, {
      proof: 'manifest',
      platforms: ['linux/amd64'],
      authFile: undefined,
      anonymous: undefined,
      plainHttp: undefined,
      insecure: true,
      ca: undefined,
      noCache: undefined,
      timeoutMs: 5000,
      retries: 0,
      concurrency: 3,
    });
  });

  it('reads the texts of certificate files, and leaves the login file to the checker', async () => {
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

  it('takes certificate and key from one file, by either option', async () => {
    for (const name of ['cert', 'key']) {
      const { cert, key } = await read({ [name]: path('both.pem') });
      assert.deepEqual({ cert, key }, { cert: KEY + CERTIFICATE, key: KEY + CERTIFICATE });
    }
  });

  it('refuses a certificate without a key', () =>
    refuses(`--cert needs its private key (key): ${path('cert.pem')} holds none.`, { cert: path('cert.pem') }));

  it('refuses a key without a certificate', () =>
    refuses(`--key needs its certificate (cert): ${path('key.pem')} holds none.`, { key: path('key.pem') }));

  it('refuses a certificate and a key that do not belong together', () =>
    assert.rejects(read({ cert: path('cert.pem'), key: path('other-key.pem') }), ({ message }: UsageError) => {
      assert.match(message, /^--cert: \S+cert\.pem and \S+other-key\.pem cannot be used: .*key values mismatch\.$/);
      return true;
    }));

  it('refuses a file that holds something else', async () => {
    const rest = 'in PEM form (-----BEGIN …-----).';
    await refuses(`--ca-file: ${path('key.pem')} holds no certificate ${rest}`, { caFile: path('key.pem') });
    await refuses(`--cert: ${path('key.pem')} holds no certificate ${rest}`, {
      cert: path('key.pem'),
      key: path('key.pem'),
    });
    await refuses(`--key: ${path('cert.pem')} holds no private key ${rest}`, {
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
    const readSection = async (settings: RegistrySection['settings'], given: Partial<Given> = {}) => {
      const resolved = resolveSettings(SETTING_NAMES, createSchema(['text']), { flags: {}, env: {}, ...given });
      const options = await readCheckerOptions(settleSettings(resolved), resolved.sources, {
        registries: [section(settings)],
      });
      return options.registries?.['r.example'];
    };

    it('reads the texts of their files', async () => {
      const files = { caFile: path('cert.pem'), cert: path('both.pem') };
      assert.deepEqual(await readSection({ plainHttp: false, insecure: true, ...files }), {
        plainHttp: false,
        insecure: true,
        ca: CERTIFICATE,
        cert: KEY + CERTIFICATE,
        key: KEY + CERTIFICATE,
      });
    });

    it('names the line of a file that cannot be used', async () => {
      const label = 'caFile of r.example in kairos-pull.yaml:7';
      await assert.rejects(
        readSection({ caFile: path('none') }),
        new UsageError(`${label}: cannot read ${path('none')}: no such file or directory.`),
      );
      await assert.rejects(
        readSection({ caFile: path('key.pem') }),
        new UsageError(`${label}: ${path('key.pem')} holds no certificate in PEM form (-----BEGIN …-----).`),
      );
    });

    it('gives way to flags and environment, and adds authorities', async () => {
      const settings = { plainHttp: false, insecure: false, caFile: path('cert.pem'), cert: path('both.pem') };
      const flags = { plainHttp: true, insecure: true, key: path('both.pem'), caFile: path('both.pem') };
      const nothing = { plainHttp: undefined, insecure: undefined, ca: CERTIFICATE };
      assert.deepEqual(await readSection(settings, { flags }), nothing);
      const env = { KAIROS_PULL_INSECURE: '1', KAIROS_PULL_PLAIN_HTTP: 'no', KAIROS_PULL_CERT: path('both.pem') };
      assert.deepEqual(await readSection(settings, { env }), nothing);
    });

    it('brings the hosts of its token service along', async () => {
      const resolved = resolveSettings(SETTING_NAMES, createSchema(['text']), { flags: {}, env: {} });
      const registries = [{ ...section({}), realms: ['auth.example'] }];
      const options = await readCheckerOptions(settleSettings(resolved), resolved.sources, { registries });
      assert.deepEqual(
        Object.values(options.registries ?? {}).map(({ realms }) => realms),
        [['auth.example']],
      );
    });

    it('brings its mirrors along', async () => {
      const resolved = resolveSettings(SETTING_NAMES, createSchema(['text']), { flags: {}, env: {} });
      const registries = [section({}), { ...section({}), registry: 'docker.io', mirrors: [{ location: 'm.example' }] }];
      const { mirrors } = await readCheckerOptions(settleSettings(resolved), resolved.sources, { registries });
      assert.deepEqual(mirrors, [{ prefix: 'docker.io', mirrors: [{ location: 'm.example' }] }]);
    });

    it('stands before the rest of the file', async () => {
      const written = { insecure: { raw: 'true', label: 'insecure in kairos-pull.yaml:1' } };
      assert.equal((await readSection({ insecure: false }, { written }))?.insecure, false);
    });
  });

  it('names the variable a bad path came from', () =>
    refuses(`KAIROS_PULL_CA_FILE: cannot read ${folder}: it is a directory.`, {}, { KAIROS_PULL_CA_FILE: folder }));
});
