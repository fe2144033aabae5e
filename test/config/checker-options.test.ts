import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readCheckerOptions } from '../../src/config/checker-options.ts';
import { settleSettings } from '../../src/config/contradiction.ts';
import { type Given, resolveSettings } from '../../src/config/resolve.ts';
import { createSchema } from '../../src/config/schema.ts';
import { SETTING_NAMES } from '../../src/config/setting.ts';
import { UsageError } from '../../src/core/usage-error.ts';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n';

describe('readCheckerOptions', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kairos-pull-'));
    await Promise.all(
      Object.entries({ 'cert.pem': CERTIFICATE, 'key.pem': KEY, 'both.pem': KEY + CERTIFICATE, 'auth.json': '{}' }).map(
        ([name, text]) => writeFile(join(folder, name), text),
      ),
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
    refuses(`--cert needs --key: ${path('cert.pem')} holds no private key.`, { cert: path('cert.pem') }));

  it('refuses a key without a certificate', () =>
    refuses(`--key needs --cert: ${path('key.pem')} holds no certificate.`, { key: path('key.pem') }));

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
      return refuses(`${flag}: cannot read ${path('none')}: no such file or folder.`, { [name]: path('none') });
    });
  }

  it('names the variable a bad path came from', () =>
    refuses(`KAIROS_PULL_CA_FILE: cannot read ${folder}: it is a folder.`, {}, { KAIROS_PULL_CA_FILE: folder }));
});
