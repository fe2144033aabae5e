import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { publicAuthorities } from '../../src/http/tls-authority.ts';
import { createTlsStore, type TlsStore } from '../../src/http/tls-store.ts';
import { authority, clientIdentity, serverIdentity, withoutOpenssl } from '../support/certificates.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

/** Whether that host gets what a host gets of which nobody has said anything. */
async function isUsual(store: TlsStore, host: string, mayIdentify: boolean): Promise<boolean> {
  const [one, usual] = [await store.settingsFor(host, mayIdentify), await store.settingsFor('nobody.example', false)];
  return one.secureContext() === usual.secureContext();
}

describe('createTlsStore', { skip: withoutOpenssl }, () => {
  it('leaves everything to Node.js if nothing is configured', async () => {
    const store = createTlsStore({ env: {} });
    assert.equal((await store.settingsFor('r.example', true)).insecure, false);
    assert.ok(await isUsual(store, 'r.example', true));
    assert.deepEqual(store.problemsOf('r.example'), []);
  });

  it('makes the same context once for all hosts: each costs tens of milliseconds', async () => {
    const store = createTlsStore({ env: {}, ca: authority().cert });
    const [one, two] = await Promise.all(['a.example', 'b.example:5000'].map((host) => store.settingsFor(host, true)));
    assert.equal(one?.secureContext(), two?.secureContext());
  });

  for (const [how, env] of [
    ['as Node was started', { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS }],
    ['of another environment', { NODE_EXTRA_CA_CERTS: '/nonexistent' }],
  ] as const) {
    it(`never trusts others for a host with an authority of its own alone, ${how}`, async () => {
      const ca = authority().cert;
      const hosts = new Map([['alone.example', { ca, caOnly: true }]]);
      const store = createTlsStore({ env, ca, hosts });
      const [alone, other] = await Promise.all(['alone.example', 'r.example'].map((h) => store.settingsFor(h, true)));
      assert.notEqual(alone?.secureContext(), other?.secureContext());
    });
  }

  it('leaves authorities to Node that it has anyway: a copy of them is what SSL_CERT_FILE mostly is', async () => {
    using folder = createTemporaryFolder({ 'bundle.pem': publicAuthorities().join('\n') });
    const env = { SSL_CERT_FILE: join(folder.path, 'bundle.pem') };
    assert.ok(await isUsual(createTlsStore({ env }), 'r.example', true));
    const hosts = new Map([['r.example', { ca: authority().cert }]]);
    assert.ok(!(await isUsual(createTlsStore({ env, hosts }), 'r.example', true)));
  });

  it('reports each file and directory of the environment with the number of certificates in it', async () => {
    const cert = authority().cert;
    using folder = createTemporaryFolder({
      'one.pem': cert,
      'extra.pem': serverIdentity().cert,
      'certs/a.pem': cert,
      'certs/a.0': cert,
      'certs/bundle.crt': `${cert}\n${serverIdentity().cert}`,
    });
    const [file, extra, directory] = ['one.pem', 'extra.pem', 'certs'].map((name) => join(folder.path, name));
    const events: string[] = [];
    const store = createTlsStore({
      env: { SSL_CERT_FILE: file, SSL_CERT_DIR: directory, NODE_EXTRA_CA_CERTS: extra },
      onEvent: (event) => events.push(event.type === 'file' ? `${event.path}: ${event.content}` : event.type),
    });
    await store.settingsFor('r.example', false);
    assert.deepEqual(events, [
      `${file}: 1 CA certificate (SSL_CERT_FILE)`,
      `${directory}: 2 CA certificates (SSL_CERT_DIR)`,
      `${extra}: 1 CA certificate (NODE_EXTRA_CA_CERTS)`,
    ]);
  });

  it('brings the client certificate only where it may', async () => {
    const store = createTlsStore({ env: {}, ...clientIdentity() });
    assert.ok(await isUsual(store, 'r.example', false));
    assert.ok(!(await isUsual(store, 'r.example', true)));
  });

  it('keeps what was chosen for a host to that host and port', async () => {
    const hosts = new Map([['r.example:5000', { insecure: true }]]);
    const store = createTlsStore({ env: {}, hosts });
    assert.equal((await store.settingsFor('r.example:5000', true)).insecure, true);
    for (const other of ['r.example', 'r.example:5001', 'sub.r.example:5000']) {
      assert.equal((await store.settingsFor(other, true)).insecure, false, other);
    }
  });

  it('prefers what was chosen for the host', async () => {
    const store = createTlsStore({ env: {}, insecure: true, hosts: new Map([['r.example', { insecure: false }]]) });
    assert.equal((await store.settingsFor('r.example', true)).insecure, false);
    assert.equal((await store.settingsFor('other.example', true)).insecure, true);
  });

  const names: readonly (readonly [string, string])[] = [
    ['r.example', 'r.example'],
    ['r.example', 'r.example:443'],
    ['r.example:5000', 'r.example:5000'],
    ['[::1]:5000', '[::1]:5000'],
    ['registry-1.docker.io', 'docker.io'],
  ];
  for (const [host, name] of names) {
    it(`finds the directory ${name} of ${host}`, async () => {
      using certs = createTemporaryFolder({ [`${name}/ca.crt`]: authority().cert });
      const store = createTlsStore({ env: {}, tlsFolders: [certs.path] });
      assert.ok(!(await isUsual(store, host, false)));
    });
  }

  it('uses no other directory for a host', async () => {
    using certs = createTemporaryFolder({ 'r.example/ca.crt': authority().cert });
    const store = createTlsStore({ env: {}, tlsFolders: [certs.path] });
    for (const other of ['r.example:5000', 'a.r.example', 'docker.io']) {
      assert.ok(await isUsual(store, other, true), other);
    }
  });

  it('reads a directory once, when its host is first used', async () => {
    using certs = createTemporaryFolder();
    const store = createTlsStore({ env: {}, tlsFolders: [certs.path] });
    certs.write('r.example/ca.crt', 'nonsense');
    await store.settingsFor('r.example', true);
    certs.write('r.example/other.crt', 'nonsense');
    const settings = await store.settingsFor('r.example', false);
    assert.deepEqual(store.problemsOf('r.example'), [], 'no handshake, no problem');
    settings.use();
    assert.deepEqual(store.problemsOf('r.example'), [
      `${join(certs.path, 'r.example', 'ca.crt')} contains no PEM certificate`,
    ]);
    assert.deepEqual(store.problemsOf('never-met.example'), []);
  });

  it('refuses a configured pair that does not match', async () => {
    const store = createTlsStore({ env: {}, cert: clientIdentity().cert, key: serverIdentity().key });
    const { secureContext } = await store.settingsFor('r.example', true);
    assert.throws(secureContext, /key values mismatch/);
    assert.ok(await isUsual(store, 'r.example', false));
  });
});
