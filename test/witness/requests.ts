// Rows of the witness suite: blobs that only a plain GET serves, content with another status than 200, and who may ask.

import { randomBytes } from 'node:crypto';
import { createImage } from '../../src/demo/image.ts';
import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import type { EmbeddedRegistry } from '../../src/demo/registry.ts';
import { errorReply } from '../../src/demo/reply.ts';
import { type Fault, redirect, replyWith, reset } from '../support/faults.ts';
import { atRegistry, type Group, isManifest, type Situation } from './situation.ts';

const isBlob = ({ path }: LoggedRequest): boolean => path.includes('/blobs/');

const LAYERS = ['--layers'];

const withImage = (
  put: (registry: EmbeddedRegistry, image: ReturnType<typeof createImage>) => readonly string[],
): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({ text: randomBytes(8).toString('hex') });
    registry.put('team/app', 'v1', image);
    return put(registry, image);
  });

/** A HEAD of a blob, and with `ranges` a GET of a part of it, meets this. */
const plainGetOnly = (name: string, fault: Fault | ((request: LoggedRequest) => Fault), ranges = false): Situation => ({
  name,
  prepare: withImage((registry) => {
    registry.inject(fault, {
      where: (request) =>
        isBlob(request) && (request.method === 'HEAD' || (ranges && request.headers.range !== undefined)),
    });
    return [...LAYERS, '--retries', '0'];
  }),
  pulls: 'all',
  says: 'pullable',
});

const refusal = (status: number): Fault => replyWith(errorReply(status, 'DENIED', 'not that method'));

export const REQUESTS: Group = {
  title: 'Blobs that only a plain GET serves',
  rows: [
    plainGetOnly('403 for HEAD', refusal(403)),
    plainGetOnly('500 for HEAD', refusal(500)),
    plainGetOnly('a HEAD that redirects in a loop', ({ url }: LoggedRequest) => redirect(url)),
    plainGetOnly('a HEAD that closes the connection', reset()),
    plainGetOnly('403 for HEAD and for a range, as signed URLs of storage', refusal(403), true),
    plainGetOnly('501 for HEAD and for a range', refusal(501), true),
    plainGetOnly('500 for HEAD and for a range', refusal(500), true),
  ],
};

/** Containerd alone. */
const odd = (what: string, status: number, isIn: (request: LoggedRequest) => boolean, headers = {}): Situation => ({
  name: `${what} with the status ${status}`,
  prepare: withImage((registry, { manifest, config, layers }) => {
    const respond = ({ path }: LoggedRequest): Fault => {
      const content = [manifest, config, ...layers].find(({ digest }) => path.endsWith(digest)) ?? manifest;
      return replyWith({
        status,
        headers: { 'content-type': content.mediaType, 'docker-content-digest': content.digest, ...headers },
        body: content.bytes,
      });
    };
    registry.inject(respond, { where: isIn });
    return LAYERS;
  }),
  pulls: ['containerd'],
  says: 'pullable',
  warns: ['response-status'],
  why: 'containerd accepts every status of success, so a node can run it: a warning.',
});

export const STATUSES: Group = {
  title: 'Success with another status than 200',
  rows: [
    ...[201, 203, 206, 299].map((status) => odd('a manifest', status, isManifest)),
    ...[201, 203, 206].map((status) => odd('layers and config', status, isBlob)),
    {
      name: 'a manifest with the status 204',
      prepare: withImage((registry) => {
        registry.inject(replyWith({ status: 204 }), { where: isManifest });
        return [];
      }),
      pulls: [],
      says: 'not-a-registry/not-oci',
    },
  ],
};

/** Firewalls of this kind go by User-Agent. */
const PULLERS = /docker|containers|skopeo|containerd|oras|go-containerregistry|go-http-client/i;

export const CLIENT_NAMES: Group = {
  title: 'The name of the client',
  rows: [
    {
      name: '403 with a web page for every User-Agent but those of usual clients',
      prepare: withImage((registry) => {
        const page = '<html><title>Blocked</title></html>';
        registry.inject(replyWith({ status: 403, headers: { 'content-type': 'text/html' }, body: page }), {
          where: ({ headers }) => !PULLERS.test(headers['user-agent'] ?? ''),
        });
        return [];
      }),
      pulls: 'all',
      says: 'denied/network-block',
      why: 'The check names itself in User-Agent, and does not pretend to be another client: allow kairos-pull there.',
    },
  ],
};
