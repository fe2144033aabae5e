// Rows of the witness suite: the codings and lengths of responses, and HTTP itself.

import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { createSecureServer } from 'node:http2';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { createImage, type Image } from '../../src/demo/image.ts';
import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import type { EmbeddedRegistry } from '../../src/demo/registry.ts';
import { errorReply } from '../../src/demo/reply.ts';
import { authority, filesOf, serverIdentity } from '../support/certificates.ts';
import { type Fault, raw, replyWith } from '../support/faults.ts';
import { startProxy } from '../support/proxy.ts';
import { listen } from '../support/servers.ts';
import { atRegistry, type Group, isManifest, type Situation } from './situation.ts';

function putImage(registry: EmbeddedRegistry, layers = 1): Image {
  const image = createImage({ text: randomBytes(8).toString('hex'), layers });
  registry.put('team/app', 'v1', image);
  return image;
}

const READS_CONFIG = ['--platform', 'linux/amd64'];

/** The manifest and the config have this Content-Encoding, and are what `change` makes of them. */
const coded = (
  coding: string,
  change?: (body: Uint8Array) => Uint8Array,
  { ifAccepted = false }: { ifAccepted?: boolean } = {},
): Situation['prepare'] =>
  atRegistry((registry) => {
    const { config } = putImage(registry);
    const fault: Fault = { headers: { 'content-encoding': coding }, ...(change && { changeBody: change }) };
    const isCoded = (request: LoggedRequest): boolean => isManifest(request) || request.path.endsWith(config.digest);
    registry.inject(fault, { where: (request) => isCoded(request) && (!ifAccepted || accepts(request, coding)) });
    return READS_CONFIG;
  });

const accepts = ({ headers }: LoggedRequest, coding: string): boolean =>
  headers['accept-encoding']?.includes(coding) === true;

export const CODINGS: Group = {
  title: 'The coding of a response',
  rows: [
    ...['aws-chunked', 'zstd', 'br', 'deflate'].map(
      (coding): Situation => ({
        name: `\`Content-Encoding: ${coding}\` on plain bytes`,
        prepare: coded(coding),
        pulls: 'all',
        says: 'pullable',
      }),
    ),
    {
      name: '`Content-Encoding: gzip` on plain bytes',
      prepare: coded('gzip'),
      pulls: [],
      says: 'not-a-registry/not-oci',
    },
    {
      name: 'bytes compressed by gzip, for clients that accept it',
      prepare: coded('gzip', gzipSync, { ifAccepted: true }),
      pulls: 'all',
      says: 'pullable',
    },
    { name: 'bytes compressed by br', prepare: coded('br', brotliCompressSync), pulls: [], says: 'corrupt' },
    { name: 'bytes compressed by deflate', prepare: coded('deflate', deflateSync), pulls: [], says: 'corrupt' },
  ],
};

type Wire = (body: Uint8Array) => { readonly fields: readonly string[]; readonly body: Uint8Array };

/** Every manifest is sent with these fields and this body, byte by byte as here. */
const sent = (write: Wire): Situation['prepare'] =>
  atRegistry((registry) => {
    const { manifest } = putImage(registry);
    const { fields, body } = write(manifest.bytes);
    const { mediaType, digest } = manifest;
    const known = [`Content-Type: ${mediaType}`, `Docker-Content-Digest: ${digest}`, 'Connection: close'];
    const head = ['HTTP/1.1 200 OK', ...known, ...fields, '', ''];
    const respond = ({ method }: LoggedRequest): Fault =>
      raw(head.join('\r\n') + (method === 'HEAD' ? '' : Buffer.from(body).toString('latin1')));
    registry.inject(respond, { where: isManifest });
    return undefined;
  });

const CHUNKED = 'Transfer-Encoding: chunked';
const lengthOf = (body: Uint8Array): string => `Content-Length: ${body.length}`;
const chunked = (body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);

export const LENGTHS: Group = {
  title: 'The length of a response',
  rows: [
    {
      name: 'both `Content-Length` and `Transfer-Encoding: chunked`',
      prepare: sent((body) => ({ fields: [lengthOf(body), CHUNKED], body: chunked(body) })),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'the same with a wrong length',
      prepare: sent((body) => ({ fields: ['Content-Length: 1', CHUNKED], body: chunked(body) })),
      pulls: ['skopeo', 'podman', 'crane', 'containerd'],
      says: 'pullable',
      why: 'oras trusts the length of a HEAD.',
    },
    {
      name: 'the same `Content-Length` twice',
      prepare: sent((body) => ({ fields: [lengthOf(body), lengthOf(body)], body })),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'two different `Content-Length`',
      prepare: sent((body) => ({ fields: [lengthOf(body), 'Content-Length: 1'], body })),
      pulls: [],
      says: 'not-a-registry/not-oci',
    },
  ],
};

/** A front of the registry: HTTP/2 that ends each connection after three blobs, and HTTP/1.1 for clients without it. */
async function startLeaving({ origin }: EmbeddedRegistry, host: string) {
  const server = createSecureServer({ ...serverIdentity(host), allowHTTP1: true });
  const blobs = new WeakMap<object, number>();
  server.on('session', (session) => session.on('error', () => {}));
  server.on('request', ({ method, url, headers: { accept = '*/*', range }, stream, httpVersionMajor }, response) => {
    const headers = { accept, ...(range && { range }) };
    const forwarded = httpRequest(`${origin}${url}`, { method, headers, agent: false });
    forwarded.end().once('response', (answer) => {
      const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...fields } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, fields);
      answer.pipe(response);
    });
    const session = httpVersionMajor === 2 ? stream.session : undefined;
    if (!session || !url.includes('/blobs/')) return;
    const count = (blobs.get(session) ?? 0) + 1;
    blobs.set(session, count);
    // The requests that have arrived are still answered; later ones are refused.
    if (count === 3) session.goaway();
  });
  return listen(server, 'https');
}

const ping = (headers: Readonly<Record<string, string>>): Fault =>
  replyWith(errorReply(401, 'UNAUTHORIZED', 'authentication required', null, headers));

export const HTTP: Group = {
  title: 'HTTP',
  rows: [
    {
      name: 'HEAD answered with a body',
      prepare: atRegistry((registry) => {
        const { manifest } = putImage(registry);
        const head = `HTTP/1.1 200 OK\r\nContent-Type: ${manifest.mediaType}\r\n${lengthOf(manifest.bytes)}\r\n\r\n`;
        registry.inject(raw(head + Buffer.from(manifest.bytes).toString('latin1')), {
          method: 'HEAD',
          where: isManifest,
        });
        return undefined;
      }),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'HTTP/2 that ends a connection (GOAWAY) after three blobs',
      prepare: async (scene) => {
        const registry = await scene.startRegistry();
        putImage(registry, 10);
        const front = await scene.use(startLeaving(registry, 'registry.test'));
        const proxy = await scene.use(startProxy({ toLoopback: true }));
        return {
          image: `registry.test:${front.port}/team/app:v1`,
          tls: true,
          env: { HTTPS_PROXY: proxy.origin, SSL_CERT_FILE: filesOf(authority()).cert },
          args: ['--layers'],
        };
      },
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'a tag with a digest, at a cache that has only the tag',
      prepare: async ({ startRegistry }) => {
        const registry = await startRegistry();
        const { manifest } = putImage(registry);
        const unknown = errorReply(404, 'MANIFEST_UNKNOWN', 'unknown');
        registry.inject(replyWith(unknown), { where: ({ path }) => path.endsWith(manifest.digest) });
        return { image: `${registry.name}/team/app:v1@${manifest.digest}` };
      },
      pulls: [],
      says: 'not-found/digest',
    },
    ...[404, 500].map(
      (status): Situation => ({
        name: `a tag whose digest is answered with ${status}`,
        prepare: atRegistry((registry) => {
          const { manifest } = putImage(registry);
          const refused = errorReply(status, 'MANIFEST_UNKNOWN', 'unknown');
          registry.inject(replyWith(refused), { where: ({ path }) => path.endsWith(manifest.digest) });
          return ['--layers', '--retries', '0'];
        }),
        pulls: ['skopeo', 'podman', 'crane', 'oras'],
        says: status === 404 ? 'corrupt' : 'registry-error/registry',
        why: 'containerd and docker resolve the tag and pull by digest; the others pull by tag.',
      }),
    ),
    {
      name: 'an open manifest, and `/v2/` that refuses anonymous tokens',
      prepare: atRegistry((registry) => {
        putImage(registry);
        registry.inject(ping({ 'www-authenticate': `Bearer realm="${registry.origin}/token",service="r"` }), {
          path: '/v2/',
        });
        registry.inject(ping({}), { path: '/token' });
        return undefined;
      }),
      pulls: ['oras', 'containerd'],
      says: 'pullable',
      why: 'docker, podman and crane request a token after `/v2/` and fail; containerd does not, so a node can run it.',
    },
  ],
};
