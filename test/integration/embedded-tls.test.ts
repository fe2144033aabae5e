// Trusted authorities and client certificates over real sockets: the settings of one host apply to no other.

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { createChecker } from '../../src/check/checker.ts';
import type { CheckerSettings } from '../../src/check/checker-settings.ts';
import type { Result } from '../../src/core/result.ts';
import { createImage } from '../../src/demo/image.ts';
import { type EmbeddedRegistry, type EmbeddedRegistryOptions, startRegistry } from '../../src/demo/registry.ts';
import type { Reply } from '../../src/demo/reply.ts';
import {
  authority,
  clientIdentity,
  selfSignedIdentity,
  serverIdentity,
  withoutOpenssl,
} from '../support/certificates.ts';
import { runCommand } from '../support/command.ts';
import { spawnCheck } from '../support/process.ts';
import { startProxy } from '../support/proxy.ts';
import { startTlsWitness } from '../support/servers.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const image = createImage();

async function startTlsRegistry(options: EmbeddedRegistryOptions = {}): Promise<EmbeddedRegistry> {
  const registry = await startRegistry({ tls: serverIdentity(), ...options });
  registry.put('app', '1', image);
  return registry;
}

/** Nothing of the person's or the machine's own has a part, unless the test says so. */
async function check(reference: string, options: CheckerSettings): Promise<Result> {
  const checker = createChecker({ env: {}, tlsFolders: [], anonymous: true, retries: 0, ...options });
  try {
    return await checker.check(reference);
  } finally {
    await checker.close();
  }
}

const judged = ({ verdict, cause }: Result) => [verdict, cause];
const PULLABLE = ['pullable', null];
const UNTRUSTED = ['undetermined', 'tls'];
/** A server that turns away who shows no certificate; TLS 1.2 says so within the handshake. */
const demanding = () => ({
  ...serverIdentity(),
  ca: authority().cert,
  requestCert: true,
  maxVersion: 'TLSv1.2' as const,
});

const isManifest = ({ url }: IncomingMessage): boolean => url?.includes('/manifests/') === true;
const manifestAnswer = (): Reply => ({
  status: 200,
  headers: { 'content-type': image.manifest.mediaType },
  body: image.manifest.bytes,
});

describe('--wait', { skip: withoutOpenssl }, () => {
  it('does not wait for a certificate that no retry makes acceptable, and says so', async () => {
    for (const tls of [serverIdentity(), selfSignedIdentity()]) {
      await using registry = await startTlsRegistry({ tls });
      const { exitCode, stderr } = await runCommand(['check', `${registry.name}/app:1`, '--wait', '1h']);
      assert.equal(exitCode, 5);
      assert.equal(stderr, 'Did not wait: waiting would not change the result.\n');
    }
  });
});

describe('authorities', { skip: withoutOpenssl }, () => {
  it('in the directory of a host are trusted for that host and port only', async () => {
    await using registry = await startTlsRegistry();
    await using other = await startTlsRegistry();
    using certs = createTemporaryFolder({ [`${registry.name}/ca.crt`]: authority().cert });
    const options = { tlsFolders: [certs.path] };
    assert.deepEqual(judged(await check(`${registry.name}/app:1`, options)), PULLABLE);
    assert.deepEqual(judged(await check(`${other.name}/app:1`, options)), UNTRUSTED);
    assert.deepEqual(other.log, []);
  });

  it('in the home directory are found where podman keeps them', async () => {
    await using registry = await startTlsRegistry();
    using home = createTemporaryFolder({
      [`.config/containers/certs.d/${registry.name}/ca.crt`]: authority().cert,
    });
    const options = { tlsFolders: undefined, env: { HOME: home.path } };
    assert.deepEqual(judged(await check(`${registry.name}/app:1`, options)), PULLABLE);
  });

  it('chosen for a registry are trusted for that registry alone', async () => {
    await using registry = await startTlsRegistry();
    await using other = await startTlsRegistry();
    const options = { registries: { [registry.name]: { ca: authority().cert } } };
    assert.deepEqual(judged(await check(`${registry.name}/app:1`, options)), PULLABLE);
    assert.deepEqual(judged(await check(`${other.name}/app:1`, options)), UNTRUSTED);
  });

  for (const variable of ['SSL_CERT_FILE', 'SSL_CERT_DIR']) {
    it(`of ${variable} are trusted`, async () => {
      await using registry = await startTlsRegistry();
      using folder = createTemporaryFolder();
      const file = folder.write('bundle.pem', authority().cert);
      const env = { [variable]: variable === 'SSL_CERT_FILE' ? file : folder.path };
      assert.deepEqual(judged(await check(`${registry.name}/app:1`, { env })), PULLABLE);
    });
  }

  it('in NODE_EXTRA_CA_CERTS are still trusted in addition to others', async () => {
    await using registry = await startTlsRegistry();
    await using other = await startTlsRegistry({ tls: selfSignedIdentity() });
    using folder = createTemporaryFolder();
    const env = { NODE_EXTRA_CA_CERTS: folder.write('extra.pem', authority().cert) };
    const options = { env, ca: selfSignedIdentity().cert };
    assert.deepEqual(judged(await check(`${registry.name}/app:1`, options)), PULLABLE);
    assert.deepEqual(judged(await check(`${other.name}/app:1`, options)), PULLABLE);
  });

  it('in NODE_EXTRA_CA_CERTS are trusted by the command too, whatever else is', async () => {
    await using registry = await startTlsRegistry();
    await using other = await startTlsRegistry({ tls: selfSignedIdentity() });
    using folder = createTemporaryFolder();
    const [one, two] = [folder.write('one.pem', authority().cert), folder.write('two.pem', selfSignedIdentity().cert)];
    for (const [extra, added] of [
      [one, two],
      [two, one],
    ] as const) {
      for (const { name } of [registry, other]) {
        const env = { NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: added };
        assert.equal((await spawnCheck([`${name}/app:1`], env)).exitCode, 0, name);
      }
    }
  });

  it('in the directory of a registry are not trusted for its token service on another host', async () => {
    await using tokens = await startTlsWitness(serverIdentity(), () => ({ status: 200, body: '{"token":"t"}' }));
    await using registry = await startTlsWitness(serverIdentity(), () => ({
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="${tokens.origin}/token"` },
    }));
    using certs = createTemporaryFolder({ [`${registry.name}/ca.crt`]: authority().cert });
    const result = await check(`${registry.name}/app:1`, { tlsFolders: [certs.path] });
    assert.deepEqual(judged(result), UNTRUSTED);
    assert.match(result.message, new RegExp(`the token service ${tokens.name} is issued by `));
    assert.deepEqual(tokens.log, []);
  });
});

describe('--insecure for one registry', { skip: withoutOpenssl }, () => {
  it('accepts the certificate of that registry and of no other', async () => {
    await using registry = await startTlsRegistry({ tls: selfSignedIdentity() });
    await using other = await startTlsRegistry({ tls: selfSignedIdentity() });
    const options = { registries: { [registry.name]: { insecure: true } } };
    assert.deepEqual(judged(await check(`${registry.name}/app:1`, options)), PULLABLE);
    assert.deepEqual(judged(await check(`${other.name}/app:1`, options)), UNTRUSTED);
  });

  it('does not cover where that registry redirects to', async () => {
    await using storage = await startTlsWitness(serverIdentity(), manifestAnswer);
    await using registry = await startTlsWitness(serverIdentity(), () => ({
      status: 307,
      headers: { location: `${storage.origin}/manifest` },
    }));
    const options = { registries: { [registry.name]: { insecure: true } } };
    const result = await check(`${registry.name}/app:1`, options);
    assert.deepEqual(judged(result), UNTRUSTED);
    assert.deepEqual(storage.log, []);
  });
});

describe('plain HTTP for one registry', { skip: withoutOpenssl }, () => {
  it('is spoken with that registry and with no other', async () => {
    await using registry = await startTlsRegistry();
    await using other = await startTlsRegistry();
    const options = { ca: authority().cert, registries: { [registry.name]: { plainHttp: true } } };
    const { requests } = await check(`${registry.name}/app:1`, options);
    assert.deepEqual(
      requests.map(({ url }) => new URL(url).protocol),
      ['http:'],
    );
    assert.deepEqual(judged(await check(`${other.name}/app:1`, options)), PULLABLE);
  });
});

describe('a client certificate', { skip: withoutOpenssl }, () => {
  const ways: readonly (readonly [string, (name: string, certs: string) => CheckerSettings])[] = [
    ['given for all registries', () => clientIdentity()],
    ['given for the registry', (name) => ({ registries: { [name]: clientIdentity() } })],
    ['from the folder of the registry', (_name, certs) => ({ tlsFolders: [certs] })],
  ];
  for (const [way, optionsFor] of ways) {
    it(`opens a registry that demands one: ${way}`, async () => {
      await using registry = await startTlsRegistry({ tls: demanding() });
      const { cert, key } = clientIdentity();
      using certs = createTemporaryFolder({
        [`${registry.name}/client.cert`]: cert,
        [`${registry.name}/client.key`]: key,
      });
      const image = `${registry.name}/app:1`;
      const ca = authority().cert;
      assert.deepEqual(judged(await check(image, { ca, ...optionsFor(registry.name, certs.path) })), PULLABLE);
      assert.deepEqual(judged(await check(image, { ca })), UNTRUSTED);
    });

    it(`is shown to the registry, never to its token service: ${way}`, async () => {
      await using tokens = await startTlsWitness(serverIdentity(), () => ({ status: 200, body: '{"token":"t"}' }));
      await using registry = await startTlsWitness(serverIdentity(), ({ headers }) =>
        headers.authorization === undefined
          ? { status: 401, headers: { 'www-authenticate': `Bearer realm="${tokens.origin}/token"` } }
          : manifestAnswer(),
      );
      const { cert, key } = clientIdentity();
      using certs = createTemporaryFolder(
        // The token service has a folder of its own: what lies in it is for when it is asked as a registry.
        Object.fromEntries(
          [registry.name, tokens.name].flatMap((name) => [
            [`${name}/client.cert`, cert],
            [`${name}/client.key`, key],
          ]),
        ),
      );
      const options = { ca: authority().cert, ...optionsFor(registry.name, certs.path) };
      assert.deepEqual(judged(await check(`${registry.name}/app:1`, options)), PULLABLE);
      assert.deepEqual(new Set(registry.log), new Set(['GET /v2/app/manifests/1 from client']));
      assert.equal(tokens.log.length, 1);
      assert.match(tokens.log[0] ?? '', /^GET \/token\?.* from nobody$/);
    });

    it(`is shown to the registry, never to where it redirects: ${way}`, async () => {
      await using storage = await startTlsWitness(serverIdentity(), manifestAnswer);
      await using registry = await startTlsWitness(serverIdentity(), (request) =>
        isManifest(request) ? { status: 307, headers: { location: `${storage.origin}/manifest` } } : { status: 404 },
      );
      const { cert, key } = clientIdentity();
      using certs = createTemporaryFolder({
        [`${registry.name}/client.cert`]: cert,
        [`${registry.name}/client.key`]: key,
      });
      const options = { ca: authority().cert, ...optionsFor(registry.name, certs.path) };
      assert.deepEqual(judged(await check(`${registry.name}/app:1`, options)), PULLABLE);
      assert.deepEqual(registry.log, ['GET /v2/app/manifests/1 from client']);
      assert.deepEqual(storage.log, ['GET /manifest from nobody']);
    });
  }

  it('given for one registry is not shown to another', async () => {
    await using registry = await startTlsWitness(serverIdentity(), manifestAnswer);
    await using other = await startTlsWitness(serverIdentity(), manifestAnswer);
    const options = { ca: authority().cert, registries: { [registry.name]: clientIdentity() } };
    await check(`${registry.name}/app:1`, options);
    await check(`${other.name}/app:1`, options);
    assert.deepEqual(registry.log, ['GET /v2/app/manifests/1 from client']);
    assert.deepEqual(other.log, ['GET /v2/app/manifests/1 from nobody']);
  });

  it('is not shown to an https proxy', async () => {
    await using registry = await startTlsRegistry();
    await using proxy = await startProxy({ tls: demanding() });
    const env = { HTTPS_PROXY: proxy.origin };
    const result = await check(`${registry.name}/app:1`, { env, ca: authority().cert, ...clientIdentity() });
    assert.equal(result.reason, 'unreachable');
    assert.deepEqual(proxy.log, []);
  });
});

describe('a certificate file that cannot be used', { skip: withoutOpenssl }, () => {
  it('is named in a warning, and the others are used', async () => {
    await using registry = await startTlsRegistry();
    using certs = createTemporaryFolder({
      [`${registry.name}/a.crt`]: authority().cert,
      [`${registry.name}/b.crt`]: 'nonsense',
    });
    const result = await check(`${registry.name}/app:1`, { tlsFolders: [certs.path] });
    assert.deepEqual(judged(result), PULLABLE);
    assert.deepEqual(result.warnings, [
      {
        code: 'certificates-file',
        message: `${certs.path}/${registry.name}/b.crt contains no PEM certificate; ignored.`,
      },
    ]);
  });

  it('is reported together with a failed handshake', async () => {
    await using registry = await startTlsRegistry();
    const result = await check(`${registry.name}/app:1`, { env: { SSL_CERT_FILE: '/none.pem' } });
    assert.deepEqual(judged(result), UNTRUSTED);
    assert.deepEqual(
      result.warnings.map(({ message }) => message),
      ['SSL_CERT_FILE: cannot read /none.pem: no such file or directory; ignored.'],
    );
  });

  it('does not affect a registry over plain HTTP', async () => {
    await using registry = await startRegistry();
    registry.put('app', '1', image);
    const result = await check(`${registry.name}/app:1`, { env: { SSL_CERT_FILE: '/none.pem' } });
    assert.deepEqual(judged(result), PULLABLE);
    assert.deepEqual(result.warnings, []);
  });
});
