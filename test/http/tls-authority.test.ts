import assert from 'node:assert/strict';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { readAddedAuthorities, readUsualAuthorities } from '../../src/http/tls-authority.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const pem = (content: string) => `-----BEGIN CERTIFICATE-----\n${content}\n-----END CERTIFICATE-----`;

describe('readAddedAuthorities', () => {
  it('finds none where the environment names none', async () =>
    assert.deepEqual(await readAddedAuthorities({ SSL_CERT_FILE: '', SSL_CERT_DIR: '' }), {
      ca: [],
      problems: [],
      read: [],
    }));

  it('reads the bundle of SSL_CERT_FILE and every file in the directories of SSL_CERT_DIR', async () => {
    using folder = createTemporaryFolder({
      'bundle.pem': `${pem('ONE=')}\n${pem('TWO=')}\n`,
      'first/a.pem': pem('THREE'),
      'first/README': 'nothing',
      'second/b.0': pem('FOUR'),
      'second/folder/c.pem': pem('FIVE'),
    });
    const env = {
      SSL_CERT_FILE: join(folder.path, 'bundle.pem'),
      SSL_CERT_DIR: ['first', 'second'].map((name) => join(folder.path, name)).join(delimiter),
    };
    assert.deepEqual(await readAddedAuthorities(env), {
      ca: [pem('ONE='), pem('TWO='), pem('THREE'), pem('FOUR')],
      problems: [],
      read: [
        { variable: 'SSL_CERT_FILE', path: join(folder.path, 'bundle.pem'), certificates: 2 },
        { variable: 'SSL_CERT_DIR', path: join(folder.path, 'first'), certificates: 1 },
        { variable: 'SSL_CERT_DIR', path: join(folder.path, 'second'), certificates: 1 },
      ],
    });
  });

  it('names the variable and the file it cannot use', async () => {
    using folder = createTemporaryFolder({ empty: '' });
    const [none, empty] = [join(folder.path, 'none'), join(folder.path, 'empty')];
    assert.deepEqual((await readAddedAuthorities({ SSL_CERT_FILE: none, SSL_CERT_DIR: none })).problems, [
      `SSL_CERT_FILE: cannot read ${none}: no such file or directory`,
      `SSL_CERT_DIR: cannot read ${none}: no such file or directory`,
    ]);
    assert.deepEqual((await readAddedAuthorities({ SSL_CERT_FILE: empty })).problems, [
      `SSL_CERT_FILE: ${empty} contains no PEM certificate`,
    ]);
  });
});

describe('readUsualAuthorities', () => {
  it('are those of Node, a hundred and more', async () => {
    const { ca, problems } = await readUsualAuthorities({});
    assert.ok(ca.length >= 100, `${ca.length}`);
    assert.deepEqual(problems, []);
  });

  it('include NODE_EXTRA_CA_CERTS', async () => {
    using folder = createTemporaryFolder();
    const path = folder.write('extra.pem', pem('EXTRA'));
    assert.equal((await readUsualAuthorities({ NODE_EXTRA_CA_CERTS: path })).ca.at(-1), pem('EXTRA'));
  });

  it('say which file of NODE_EXTRA_CA_CERTS cannot be used', async () =>
    assert.deepEqual((await readUsualAuthorities({ NODE_EXTRA_CA_CERTS: '/none.pem' })).problems, [
      'NODE_EXTRA_CA_CERTS: cannot read /none.pem: no such file or directory',
    ]));
});
