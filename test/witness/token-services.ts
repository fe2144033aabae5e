// Rows of the witness suite: token services, and the realms that name them.

import { randomBytes } from 'node:crypto';
import { createImage } from '../../src/demo/image.ts';
import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import type { EmbeddedRegistry } from '../../src/demo/registry.ts';
import { errorReply, jsonReply, type Reply } from '../../src/demo/reply.ts';
import { startServer } from '../../src/demo/server.ts';
import { authority, filesOf, serverIdentity } from '../support/certificates.ts';
import { replyWith } from '../support/faults.ts';
import { startProxy } from '../support/proxy.ts';
import type { Group, Prepared, Scene, Situation } from './situation.ts';

const LOGIN = { username: 'ada', password: 'right' };
const BASIC = `Basic ${Buffer.from('ada:right').toString('base64')}`;

interface Tokens {
  /** The challenge, for the URL of the token service; default: a quoted realm. */
  readonly challenge?: (realm: string) => string;
  /** Default: a token for every request. */
  readonly respond?: (request: LoggedRequest) => Reply;
  /** The token that the registry accepts. */
  readonly accepts?: string;
  readonly login?: typeof LOGIN;
}

const refusal = (status: number): Reply => errorReply(status, 'DENIED', 'denied');
const issue = (token = 'open'): Reply => jsonReply(200, { token });
const quoted = (realm: string): string => `Bearer realm="${realm}",service="r"`;

/** The registry has the token service at `/token`, unless `realm` is elsewhere. */
function guard(
  registry: EmbeddedRegistry,
  { challenge = quoted, respond = () => issue(), accepts = 'open' }: Tokens,
  realm = `${registry.origin}/token`,
): void {
  registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
  registry.inject((request) => {
    if (request.path.endsWith('/token')) return replyWith(respond(request));
    const { authorization } = request.headers;
    if (authorization === `Bearer ${accepts}`) return undefined;
    const error = authorization === undefined ? '' : ',error="invalid_token"';
    const headers = { 'www-authenticate': `${challenge(realm)}${error}` };
    return replyWith(errorReply(401, 'UNAUTHORIZED', 'authentication required', null, headers));
  });
}

const guarded =
  (tokens: Tokens): Situation['prepare'] =>
  async ({ startRegistry }) => {
    const registry = await startRegistry();
    guard(registry, tokens);
    return { image: `${registry.name}/team/app:v1`, ...(tokens.login && { login: tokens.login }) };
  };

/** A registry with TLS, whose realm is an address that redirects to the token service. */
const redirected =
  ({ from, login }: { from: 'http' | 'another host'; login?: typeof LOGIN }): Situation['prepare'] =>
  async (scene: Scene): Promise<Prepared> => {
    const tls = serverIdentity('registry.test', 'tokens.registry.test');
    const registry = await scene.startRegistry({ tls });
    const named = (name: string, host: string): string => name.replace('127.0.0.1', host);
    const target = `https://${named(registry.name, 'registry.test')}/token`;
    const location = (url: string): string => target + url.slice('/token'.length);
    const redirector = startServer(
      ({ url }) => ({ status: 307, headers: { location: location(url) } }),
      from === 'http' ? {} : { tls },
    );
    const { origin } = await scene.use(redirector);
    const realm = `${named(origin, from === 'http' ? 'registry.test' : 'tokens.registry.test')}/token`;
    const respond = ({ headers }: LoggedRequest): Reply =>
      headers.authorization === (login && BASIC) ? issue() : refusal(401);
    guard(registry, { respond }, realm);
    const proxy = await scene.use(startProxy({ toLoopback: true }));
    const env = { HTTPS_PROXY: proxy.origin, HTTP_PROXY: proxy.origin, SSL_CERT_FILE: filesOf(authority()).cert };
    return {
      image: `${named(registry.name, 'registry.test')}/team/app:v1`,
      tls: true,
      env,
      ...(login && { login }),
    };
  };

export const TOKEN_SERVICES: Group = {
  title: 'Token services',
  rows: [
    { name: 'anonymous tokens', prepare: guarded({}), pulls: 'all', says: 'pullable' },
    {
      name: 'a token whose `expires_in` is text',
      prepare: guarded({ respond: () => jsonReply(200, { token: 'open', expires_in: '300' }) }),
      pulls: ['oras'],
      says: 'registry-error/token-service',
      why: 'docker and the others cannot decode it; oras does not read the field.',
    },
    {
      name: 'a response without a token',
      prepare: guarded({ respond: () => jsonReply(200, {}) }),
      pulls: [],
      says: 'registry-error/token-service',
    },
    {
      name: 'tokens by POST only, with credentials',
      prepare: guarded({
        login: LOGIN,
        accepts: 'ada',
        respond: ({ method, body }) =>
          method !== 'POST'
            ? { status: 405 }
            : new URLSearchParams(body).get('password') === LOGIN.password
              ? jsonReply(200, { access_token: 'ada' })
              : refusal(401),
      }),
      pulls: ['containerd'],
      says: 'pullable',
      why: 'containerd sends a POST first; the others send only a GET.',
    },
    {
      name: 'tokens by POST only, without credentials',
      prepare: guarded({ respond: ({ method }) => (method === 'POST' ? issue() : { status: 405 }) }),
      pulls: [],
      says: 'registry-error/token-service',
    },
    {
      name: '403 for credentials, and anonymous tokens',
      prepare: guarded({
        login: LOGIN,
        respond: ({ headers, method }) =>
          headers.authorization === undefined && method === 'GET' ? issue() : refusal(403),
      }),
      pulls: [],
      says: 'unauthorized/bad-credentials',
    },
    {
      name: '400 for credentials',
      prepare: guarded({ login: LOGIN, respond: () => errorReply(400, 'BAD', 'bad request') }),
      pulls: [],
      says: 'not-a-registry/bad-challenge',
    },
    {
      name: 'a token of another realm for the blobs',
      prepare: async ({ startRegistry }) => {
        const registry = await startRegistry();
        registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
        registry.inject(({ path, headers: { authorization } }) => {
          const tokens = /^\/token-(\w+)/.exec(path)?.[1];
          if (tokens !== undefined) return replyWith(issue(tokens));
          const part = path.includes('/blobs/') ? 'blobs' : 'manifests';
          if (authorization === `Bearer ${part}`) return undefined;
          const headers = { 'www-authenticate': quoted(`${registry.origin}/token-${part}`) };
          return replyWith(errorReply(401, 'UNAUTHORIZED', 'authentication required', null, headers));
        });
        return { image: `${registry.name}/team/app:v1`, args: ['--layers'] };
      },
      pulls: ['oras'],
      says: 'unauthorized/token-rejected',
      why: 'docker, podman and containerd use the token of the manifest for the blobs as well.',
    },
    {
      name: 'a token that the registry never accepts',
      prepare: guarded({ accepts: 'other' }),
      pulls: [],
      says: 'unauthorized/token-rejected',
    },
    {
      name: 'a token that the registry never accepts, with credentials',
      prepare: guarded({ accepts: 'other', login: LOGIN }),
      pulls: [],
      says: 'unauthorized/token-rejected',
    },
  ],
};

export const REALMS: Group = {
  title: 'The realm of a token service',
  rows: [
    {
      name: 'a realm without quotes',
      prepare: guarded({ challenge: (realm) => `Bearer realm=${realm},service=r` }),
      pulls: [],
      says: 'not-a-registry/bad-challenge',
    },
    {
      name: 'a realm that begins with a space',
      prepare: guarded({ challenge: (realm) => `Bearer realm=" ${realm}",service="r"` }),
      pulls: [],
      says: 'not-a-registry/bad-challenge',
    },
    {
      name: 'a realm with a user name and password',
      prepare: guarded({ challenge: (realm) => quoted(realm.replace('://', '://a:b@')) }),
      pulls: 'all',
      says: 'not-a-registry/bad-challenge',
      why: 'Credentials in a URL are not sent on the word of a registry: the message says so.',
    },
    {
      name: 'two Bearer challenges, of which only the second has a token service',
      prepare: async ({ startRegistry }) => {
        const registry = await startRegistry();
        registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
        registry.inject(({ path, headers: { authorization } }) => {
          if (path === '/token') return replyWith(issue());
          if (path === '/gone') return replyWith(refusal(401));
          if (authorization === 'Bearer open') return undefined;
          const headers = {
            'www-authenticate': [quoted(`${registry.origin}/gone`), quoted(`${registry.origin}/token`)],
          };
          return replyWith(errorReply(401, 'UNAUTHORIZED', 'authentication required', null, headers));
        });
        return { image: `${registry.name}/team/app:v1` };
      },
      pulls: [],
      says: 'unauthorized/credentials-required',
    },
    {
      name: 'a relative realm',
      prepare: guarded({ challenge: () => 'Bearer realm="/token",service="r"' }),
      pulls: [],
      says: 'not-a-registry/bad-challenge',
    },
    {
      name: 'a realm with `/../` in its path, which its token service requires',
      prepare: guarded({
        challenge: (realm) => quoted(realm.replace('/token', '/x/../token')),
        respond: ({ url }) => (url.startsWith('/x/../token?') ? issue() : refusal(404)),
      }),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'a registry with TLS, and an http realm that redirects to https',
      prepare: redirected({ from: 'http' }),
      pulls: ['skopeo', 'podman', 'crane', 'containerd'],
      says: 'pullable',
      why: 'oras refuses an http realm here; an anonymous request has nothing to protect.',
    },
    {
      name: 'a registry with TLS, and an http realm that redirects to https, with credentials',
      prepare: redirected({ from: 'http', login: LOGIN }),
      pulls: [],
      says: 'not-a-registry/bad-challenge',
    },
    {
      name: 'a realm on another host that redirects to the registry',
      prepare: redirected({ from: 'another host' }),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'a realm on another host that redirects to the registry, with credentials',
      prepare: redirected({ from: 'another host', login: LOGIN }),
      pulls: [],
      says: 'unauthorized/credentials-required',
    },
  ],
};
