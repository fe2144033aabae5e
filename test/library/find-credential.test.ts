import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CredentialQuery, findCredential } from '../../src/index.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describe('findCredential of the library', () => {
  it('finds a credential', async () => {
    const auths = { 'ghcr.io': { auth: Buffer.from('me:secret').toString('base64') } };
    using folder = createTemporaryFolder({ 'config.json': JSON.stringify({ auths }) });
    const env = { HOME: '/nonexistent', DOCKER_CONFIG: folder.path };
    const found = await findCredential({ registry: 'ghcr.io', env });
    assert.equal(found?.kind === 'password' && found.username, 'me');
  });

  const rows: readonly [unknown, RegExp][] = [
    [undefined, /^findCredential: expected an object such as \{ registry \}, not undefined\.$/],
    ['ghcr.io', /^findCredential: expected an object such as \{ registry \}, not a string\.$/],
    [{}, /^findCredential: registry: is required, such as "ghcr\.io"\.$/],
    [{ registri: 'ghcr.io' }, /^findCredential: registri: there is no such option\. Did you mean registry\?$/],
    [{ registry: 5 }, /^findCredential: registry: expected a registry such as "ghcr\.io", not 5\.$/],
    [{ registry: 'https://ghcr.io' }, /"https:\/\/ghcr\.io" is not a registry: .* Use "ghcr\.io"\.$/],
    [{ registry: 'ghcr.io', files: 'config.json' }, /^findCredential: files: expected an array, not a string\.$/],
  ];
  for (const [query, message] of rows) {
    it(`rejects ${JSON.stringify(query)}`, async () => {
      await assert.rejects(findCredential(query as CredentialQuery), { code: 'ERR_INVALID_OPTION', message });
    });
  }
});
