// Rows of the witness suite: TLS, certificates and proxies.

import { randomBytes } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import { createImage } from '../../src/demo/image.ts';
import {
  authority,
  expiredIdentity,
  filesOf,
  namedIdentity,
  rsaIdentity,
  serverIdentity,
} from '../support/certificates.ts';
import { type ProxyOptions, startProxy } from '../support/proxy.ts';
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
