import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { listTlsFolders, readTlsFolder } from '../../src/http/tls-folder.ts';
import { authority, clientIdentity, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describe('readTlsFolder', { skip: withoutOpenssl }, () => {
  it('is empty without a directory', async () => {
    using home = createTemporaryFolder();
    assert.deepEqual(await readTlsFolder(join(home.path, 'none')), { ca: [], problems: [] });
  });

  it('reads every authority in every *.crt, and the first pair of *.cert and *.key', async () => {
    const [ca, other, client] = [authority().cert.trim(), serverIdentity().cert.trim(), clientIdentity()];
    using folder = createTemporaryFolder({
      'a.crt': `# ours\n${ca}\n${other}\n`,
      'b.crt': other,
      'client.cert': client.cert,
      'client.key': client.key,
      'zz.cert': serverIdentity().cert,
      'zz.key': serverIdentity().key,
      'README.txt': 'not for us',
    });
    assert.deepEqual(await readTlsFolder(folder.path), {
      ca: [ca, other, other],
      client: { cert: client.cert, key: client.key },
      problems: [],
    });
  });

  it('reports every file it cannot use, and uses the others', async () => {
    const { cert, key } = clientIdentity();
    using folder = createTemporaryFolder({
      'a.cert': cert,
      'a.key': serverIdentity().key,
      'b.cert': cert,
      'c.crt': 'not PEM',
      'd.key': key,
      'e.cert': cert,
      'e.key': key,
    });
    mkdirSync(join(folder.path, 'f.crt'));
    const { ca, client, problems } = await readTlsFolder(folder.path);
    assert.deepEqual({ ca, client }, { ca: [], client: { cert, key } });
    assert.match(problems[0] ?? '', /a\.cert and a\.key cannot be used: .*key values mismatch$/);
    const alone = (name: string, partner: string) =>
      `${join(folder.path, name)} has no matching ${partner}; docker and podman would refuse to pull (CA files are named *.crt)`;
    assert.deepEqual(problems.slice(1), [
      alone('b.cert', 'b.key'),
      `${join(folder.path, 'c.crt')} contains no PEM certificate`,
      alone('d.key', 'd.cert'),
      `cannot read ${join(folder.path, 'f.crt')}: it is a directory`,
    ]);
  });
});

describe('listTlsFolders', () => {
  it('lists podman before docker, and the directories of the user before those of the machine', () =>
    assert.deepEqual(listTlsFolders({ HOME: '/home/me' }), [
      '/home/me/.config/containers/certs.d',
      '/etc/containers/certs.d',
      '/home/me/.config/docker/certs.d',
      '/home/me/.docker/certs.d',
      '/etc/docker/certs.d',
    ]));

  it('finds docker without root where XDG_CONFIG_HOME leads', () =>
    assert.ok(listTlsFolders({ HOME: '/home/me', XDG_CONFIG_HOME: '/cfg' }).includes('/cfg/docker/certs.d')));
});
