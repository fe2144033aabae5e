// Rows of the witness suite: the media types of layers, and how blobs are served.

import { randomBytes } from 'node:crypto';
import type { Content } from '../../src/demo/content.ts';
import { createImage, type Flavor } from '../../src/demo/image.ts';
import { type Fault, raw, replyWith } from '../support/faults.ts';
import type { ClientName } from './client.ts';
import { atRegistry, type Group, type Situation } from './situation.ts';

const OCI = 'application/vnd.oci.image.layer.v1.tar';
const ENCRYPTED = `${OCI}+gzip+encrypted`;

/** An image with a layer of each type; an encrypted one is random bytes, as without its key. */
const typed = (types: readonly string[], flavor: Flavor = 'oci'): Situation['prepare'] =>
  atRegistry((registry) => {
    const encrypted = types.some((type) => type.endsWith('+encrypted'));
    const text = randomBytes(8).toString('hex');
    const options = {
      flavor,
      text,
      layers: encrypted ? types.map(() => randomBytes(200)) : types.length,
    };
    const { layers } = createImage(options);
    const named = layers.map(({ digest, size }, at) => ({ mediaType: types[at], digest, size }));
    registry.put('team/app', 'v1', createImage({ ...options, manifest: { layers: named } }));
    return ['--layers'];
  });

const COPIED = 'A plain copy does not open the layers.';
const BY_TYPE = 'podman goes by the bytes; containerd goes by the type and refuses it, so a node cannot run it.';

export const LAYER_TYPES: Group = {
  title: 'The media type of a layer',
  rows: [
    {
      name: 'an OCI foreign layer that the registry has',
      prepare: typed([`${OCI.replace('v1', 'nondistributable.v1')}+gzip`]),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'every layer encrypted',
      prepare: typed([ENCRYPTED, ENCRYPTED]),
      pulls: ['skopeo', 'crane', 'oras'],
      says: 'not-an-image',
      why: COPIED,
    },
    {
      name: 'one of two layers encrypted',
      prepare: typed([`${OCI}+gzip`, ENCRYPTED]),
      pulls: ['skopeo', 'crane', 'oras'],
      says: 'pullable',
      warns: ['layer-media-type'],
      why: 'It can be pulled with the key: a warning.',
    },
    {
      name: 'every layer of an unknown type',
      prepare: typed(['application/vnd.example.data']),
      pulls: ['skopeo', 'podman', 'crane', 'oras'],
      says: 'not-an-image',
      why: BY_TYPE,
    },
    {
      name: 'one of two layers of an unknown type',
      prepare: typed([`${OCI}+gzip`, 'application/vnd.example.data']),
      pulls: ['skopeo', 'podman', 'crane', 'oras'],
      says: 'pullable',
      warns: ['layer-media-type'],
      why: BY_TYPE,
    },
    {
      name: 'zstd in a Docker manifest',
      prepare: typed(['application/vnd.docker.image.rootfs.diff.tar.zstd'], 'docker'),
      pulls: ['crane', 'oras'],
      without: ['skopeo', 'podman', 'containerd'],
      says: 'pullable',
      warns: ['layer-media-type'],
      why: 'Newer runtimes pull it, older ones do not: a warning.',
    },
    {
      name: 'an OCI layer in a Docker manifest',
      prepare: typed([`${OCI}+gzip`], 'docker'),
      pulls: ['crane', 'oras', 'containerd'],
      says: 'pullable',
      warns: ['layer-media-type'],
      why: 'containerd pulls it, podman does not: a warning.',
    },
  ],
};

type Response = readonly [status: string, headers: readonly string[], body: string | Uint8Array];

interface Responses {
  readonly head?: Response;
  /** To a request for the first byte. */
  readonly range?: Response;
  readonly get?: Response;
}

/** A layer of these bytes whose requests are answered so; what is unset is answered as it should be. */
const answered = (respond: (layer: Uint8Array) => Responses): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({ text: randomBytes(8).toString('hex') });
    registry.put('team/app', 'v1', image);
    const [layer] = image.layers;
    const responses = respond(layer?.bytes ?? new Uint8Array());
    registry.inject(
      ({ method, headers }): Fault | undefined => {
        const response = responses[method === 'HEAD' ? 'head' : headers.range === undefined ? 'get' : 'range'];
        if (response === undefined) return undefined;
        const [status, lines, body] = response;
        const start = [`HTTP/1.1 ${status}`, ...lines, 'Connection: close', '', ''].join('\r\n');
        return raw(start + (method === 'HEAD' ? '' : Buffer.from(body).toString('latin1')));
      },
      { path: `/v2/team/app/blobs/${layer?.digest}` },
    );
    return ['--layers'];
  });

const same = (respond: (layer: Uint8Array) => Response): Situation['prepare'] =>
  answered((layer) => ({ head: respond(layer), range: respond(layer), get: respond(layer) }));

const length = (bytes: string | Uint8Array): string => `Content-Length: ${bytes.length}`;
const chunked = (bytes: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')]);
const MISSING: Response = ['404 Not Found', ['Content-Length: 0'], ''];
const NO_RANGE: Response = ['416 Range Not Satisfiable', ['Content-Length: 0'], ''];
const NO_HEAD: Response = ['405 Method Not Allowed', ['Content-Length: 0'], ''];
const PAGE = '<html><head><title>Blocked</title></head></html>';

const row = (name: string, says: string, prepare: Situation['prepare'], why?: string): Situation => ({
  name,
  prepare,
  pulls: says === 'pullable' && why === undefined ? 'all' : [],
  says,
  ...(why && { why }),
});

/** The registry has the layer, and the first of its URLs answers so; undefined: nothing listens there. */
const urlRow = (status: 403 | 404 | undefined): Situation => ({
  name: `a layer that the registry has, with a URL that ${status === undefined ? 'does not respond' : `returns ${status}`}`,
  prepare: async ({ startRegistry }) => {
    const [registry, other] = await Promise.all([startRegistry(), startRegistry()]);
    const options = { text: randomBytes(8).toString('hex') };
    const [layer] = createImage(options).layers;
    const url = status === undefined ? 'http://127.0.0.1:9/layer' : `http://${other.name}/layer`;
    other.inject(replyWith({ status: status ?? 404, headers: {} }), { path: '/layer' });
    const { mediaType, digest, size } = layer as Content;
    const layers = [{ mediaType: mediaType.replace('v1', 'nondistributable.v1'), digest, size, urls: [url] }];
    registry.put('team/app', 'v1', createImage({ ...options, manifest: { layers } }));
    return { image: `${registry.name}/team/app:v1`, args: ['--layers'] };
  },
  pulls: URL_PULLS[String(status)] ?? [],
  says: 'pullable',
  warns: ['layer-url'],
  why: 'containerd and podman request the URLs first, crane and oras go to the registry: a warning.',
});

const URL_PULLS: Readonly<Record<string, readonly ClientName[]>> = {
  403: ['crane', 'oras'],
  404: ['crane', 'oras', 'containerd'],
  undefined: ['skopeo', 'podman', 'crane', 'oras'],
};

export const BLOBS: Group = {
  title: 'How a layer is served',
  rows: [
    row(
      'a layer without a length',
      'pullable',
      same((layer) => ['200 OK', [], layer]),
    ),
    row(
      'HEAD refused',
      'pullable',
      answered(() => ({ head: NO_HEAD })),
    ),
    row(
      '416 for a range of a layer, and HEAD refused',
      'pullable',
      answered(() => ({ head: NO_HEAD, range: NO_RANGE })),
    ),
    row(
      '416 for a layer, for every request',
      'not-a-registry/not-oci',
      same(() => NO_RANGE),
    ),
    row(
      'a layer that HEAD finds without a length, and GET does not find',
      'incomplete/layer',
      answered(() => ({ head: ['200 OK', [], ''], range: MISSING, get: MISSING })),
    ),
    row(
      'a layer that is gone',
      'incomplete/layer',
      same(() => MISSING),
    ),
    row(
      'a web page for a layer',
      'not-a-registry/intercepted',
      same(() => ['200 OK', ['Content-Type: text/html', length(PAGE)], PAGE]),
    ),
    row(
      'a web page of the size of the layer',
      'not-a-registry/intercepted',
      same((layer) => ['200 OK', ['Content-Type: text/html', length(layer)], PAGE.padEnd(layer.length)]),
    ),
    row(
      'a compressed layer with `Content-Encoding: gzip` and its own length',
      'corrupt/layer',
      same((layer) => ['200 OK', ['Content-Encoding: gzip', length(layer)], layer]),
    ),
    row(
      'a layer with an unknown `Content-Encoding`',
      'pullable',
      same((layer) => ['200 OK', ['Content-Encoding: aws-chunked', length(layer)], layer]),
    ),
    ...['br', 'zstd', 'deflate', 'x-gzip', 'identity, gzip'].map((coding) =>
      row(
        `a layer labeled \`Content-Encoding: ${coding}\``,
        'pullable',
        same((layer) => ['200 OK', [`Content-Encoding: ${coding}`, length(layer)], layer]),
      ),
    ),
    ...([403, 404, undefined] as const).map((status) => urlRow(status)),
    row(
      'a layer with both `Content-Length` and `Transfer-Encoding: chunked`',
      'pullable',
      same((layer) => ['200 OK', [length(layer), 'Transfer-Encoding: chunked'], chunked(layer)]),
    ),
    row(
      'other bytes with both',
      'corrupt/layer',
      same((layer) => [
        '200 OK',
        [length(layer), 'Transfer-Encoding: chunked'],
        chunked(Buffer.alloc(layer.length, 1)),
      ]),
    ),
    row(
      'other bytes of the same length',
      'pullable',
      same((layer) => ['200 OK', [length(layer)], Buffer.alloc(layer.length, 1)]),
      'Layers are not downloaded: `--layers` proves only that the registry has one of this size.',
    ),
  ],
};
