// Rows of the witness suite: TLS, certificates and proxies.

import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { TlsOptions } from 'node:tls';
import { createImage } from '../../src/demo/image.ts';
import {
  authority,
  expiredIdentity,
  filesOf,
  type Identity,
  namedIdentity,
  type Purposes,
  purposeChain,
  rsaIdentity,
  serverIdentity,
} from '../support/certificates.ts';
import { type ProxyOptions, startProxy } from '../support/proxy.ts';
import { listen } from '../support/servers.ts';
import { startSocksProxy } from '../support/socks-proxy.ts';
import type { ClientName } from './client.ts';
import type { Group, Prepared, Scene, Situation } from './situation.ts';

/** Reached through a proxy: clients take other ways to a loopback address than to a name. */
const HOST = 'registry.test';

const trusted = (): Record<string, string> => ({ SSL_CERT_FILE: filesOf(authority()).cert });

async function startTls({ startRegistry }: Scene, tls: TlsOptions, host = HOST): Promise<Prepared> {
  const registry = await startRegistry({ tls });
  registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
  return { image: `${registry.name.replace('127.0.0.1', host)}/team/app:v1`, tls: true };
}

const overTls =
  (tls: () => TlsOptions, { host = HOST, env = trusted }: { host?: string; env?: typeof trusted } = {}) =>
  async (scene: Scene): Promise<Prepared> => {
    const proxy = await scene.use(startProxy({ toLoopback: true }));
    return { ...(await startTls(scene, tls(), host)), env: { HTTPS_PROXY: proxy.origin, ...env() } };
  };

/** `without`: clients that a current Go builds to fail, and whose versions here are older. */
const unreachable = (name: string, prepare: Situation['prepare'], without: readonly ClientName[] = []): Situation => ({
  name,
  prepare,
  pulls: [],
  without,
  says: 'unreachable/tls',
});

/** `trusts`: what is in the file of authorities. */
const withPurposes = (
  name: string,
  purposes: Purposes,
  says: string,
  {
    pulls = 'all',
    trusts = 'root',
    why,
  }: Pick<Situation, 'why'> & {
    readonly pulls?: Situation['pulls'];
    readonly trusts?: 'root' | 'issuer';
  } = {},
): Situation => {
  const chain = (): Record<'server' | 'root' | 'issuer', Identity> =>
    purposeChain({ ...purposes, names: `DNS:${HOST}` });
  const env = (): Record<string, string> => ({ SSL_CERT_FILE: filesOf(chain()[trusts]).cert });
  return { name, prepare: overTls(() => chain().server, { env }), pulls, says, ...(why !== undefined && { why }) };
};

const ANY = 'extendedKeyUsage=anyExtendedKeyUsage';
const CLIENT = 'extendedKeyUsage=clientAuth';

const CERTIFICATES: readonly Situation[] = [
  withPurposes('a certificate of an intermediate, which alone is trusted', { intermediate: '' }, 'pullable', {
    trusts: 'issuer',
  }),
  withPurposes('a certificate for any purpose (extended key usage)', { server: ANY }, 'pullable'),
  withPurposes(
    'a certificate for any purpose, below an intermediate for any purpose',
    { server: ANY, intermediate: ANY },
    'pullable',
  ),
  withPurposes(
    'a certificate whose key may only sign certificates (key usage)',
    { server: 'keyUsage=critical,keyCertSign' },
    'pullable',
  ),
  withPurposes(
    'a certificate for any purpose, below two intermediates',
    { server: ANY, intermediate: '', isDeep: true },
    'unreachable/tls',
    {
      why: 'Node refuses the purpose, and hides what else is wrong; the second verification here accepts one intermediate, and no name constraints. The message says so.',
    },
  ),
  withPurposes('a certificate for clients only (extended key usage)', { server: CLIENT }, 'unreachable/tls', {
    pulls: [],
  }),
  withPurposes('a certificate of a CA for clients only', { root: CLIENT }, 'unreachable/tls', { pulls: [] }),
];

/** Speaks HTTP/2 alone, and asks the registry behind it. */
async function overHttp2(scene: Scene): Promise<Prepared> {
  const registry = await scene.startRegistry();
  registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
  const server = createSecureServer(serverIdentity(HOST));
  server.on('stream', (stream, { ':method': method, ':path': path, accept }) => {
    const asked = request(`${registry.origin}${path}`, { method, headers: { accept: accept ?? '*/*' } }, (response) => {
      const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...fields } = response.headers;
      stream.respond({ ':status': response.statusCode, ...fields });
      response.pipe(stream);
    });
    stream.on('error', () => asked.destroy());
    asked.end();
  });
  const front = await scene.use(listen(server, 'https'));
  const proxy = await scene.use(startProxy({ toLoopback: true }));
  return { image: `${HOST}:${front.port}/team/app:v1`, tls: true, env: { HTTPS_PROXY: proxy.origin, ...trusted() } };
}

export const TLS: Group = {
  title: 'TLS and certificates',
  rows: [
    {
      name: 'TLS 1.2',
      prepare: overTls(() => ({ ...serverIdentity(HOST), maxVersion: 'TLSv1.2' })),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'a certificate for `*.internal`, at `registry.internal`',
      prepare: overTls(() => namedIdentity('DNS:*.internal'), { host: 'registry.internal' }),
      pulls: 'all',
      says: 'pullable',
    },
    unreachable(
      'a certificate for `*.internal`, at `a.registry.internal`',
      overTls(() => namedIdentity('DNS:*.internal'), { host: 'a.registry.internal' }),
    ),
    unreachable(
      'a certificate for another name',
      overTls(() => namedIdentity('DNS:elsewhere.example')),
    ),
    ...CERTIFICATES,
    {
      name: 'HTTP/2 only',
      prepare: overHttp2,
      pulls: ['crane', 'oras'],
      says: 'pullable',
      warns: ['http2-only'],
      why: 'skopeo, podman and ctr do not offer HTTP/2.',
    },
    unreachable(
      'an expired certificate',
      overTls(() => expiredIdentity(HOST)),
    ),
    unreachable(
      'a certificate of an unknown authority',
      overTls(() => serverIdentity(HOST), { env: () => ({}) }),
    ),
    ...(['TLSv1.2', 'TLSv1.3'] as const).map((version) =>
      unreachable(
        `a client certificate required (${version.replace('v', ' ')})`,
        overTls(() => ({
          ...serverIdentity(HOST),
          ca: authority().cert,
          requestCert: true,
          minVersion: version,
          maxVersion: version,
        })),
      ),
    ),
    unreachable(
      'TLS 1.1 or older only',
      overTls(() => ({
        ...serverIdentity(HOST),
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      })),
      ['skopeo', 'podman'],
    ),
    ...(
      [
        ['RSA', 'AES128-GCM-SHA256', ['oras', 'containerd']],
        ['DHE', 'DHE-RSA-AES128-GCM-SHA256', []],
      ] as const
    ).map(([exchange, ciphers, without]) =>
      unreachable(
        `${exchange} key exchange only`,
        overTls(() => ({ ...rsaIdentity(HOST), maxVersion: 'TLSv1.2', ciphers, dhparam: 'auto' })),
        without,
      ),
    ),
  ],
};

const throughProxy =
  (options: ProxyOptions, userinfo = '') =>
  async (scene: Scene): Promise<Prepared> => {
    const proxy = await scene.use(startProxy({ toLoopback: true, ...options }));
    const HTTPS_PROXY = proxy.origin.replace('://', `://${userinfo}`);
    return { ...(await startTls(scene, serverIdentity(HOST))), env: { HTTPS_PROXY, ...trusted() } };
  };

const credential = { username: 'ada', password: 'p@ss:word' };

const refused = (name: string, prepare: Situation['prepare']): Situation => ({
  name,
  prepare,
  pulls: [],
  says: 'unreachable/proxy',
});

export const PROXIES: Group = {
  title: 'Proxies',
  rows: [
    { name: 'an HTTP proxy', prepare: throughProxy({}), pulls: 'all', says: 'pullable' },
    {
      name: 'a proxy with a password that contains `@` and `:`',
      prepare: throughProxy({ credential }, 'ada:p%40ss%3Aword@'),
      pulls: 'all',
      says: 'pullable',
    },
    refused('a proxy that requires credentials, without them', throughProxy({ credential })),
    refused('a proxy that rejects the credentials', throughProxy({ credential }, 'ada:wrong@')),
    refused(
      'a proxy that accepts only Negotiate and NTLM',
      throughProxy({ credential, challenges: ['Negotiate', 'NTLM'] }, 'ada:wrong@'),
    ),
    refused('a proxy that refuses the host (403)', throughProxy({ refuseWith: 403 })),
    {
      name: 'a SOCKS proxy',
      prepare: async (scene) => {
        const proxy = await scene.use(startSocksProxy());
        return { ...(await startTls(scene, serverIdentity(HOST))), env: { HTTPS_PROXY: proxy.origin, ...trusted() } };
      },
      pulls: 'all',
      says: 'unreachable/proxy',
      why: 'SOCKS proxies are not supported, and the message says so.',
    },
  ],
};
