// Rows of the witness suite: heads of responses in ways of writing that a strict reader refuses, and large ones.

import { randomBytes } from 'node:crypto';
import { createImage } from '../../src/demo/image.ts';
import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import { type Fault, raw } from '../support/faults.ts';
import { atRegistry, type Group, isManifest, type Situation } from './situation.ts';

interface Served {
  readonly mediaType: string;
  readonly digest: string;
  readonly length: number;
}

/** The head of every response to a request for the manifest. */
const headed = (write: (served: Served) => string, encode = (bytes: string) => bytes): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({ text: randomBytes(8).toString('hex') });
    registry.put('team/app', 'v1', image);
    const { bytes, mediaType, digest } = image.manifest;
    const respond = ({ method }: LoggedRequest): Fault => {
      const head = write({ mediaType, digest, length: bytes.length });
      return raw(head + (method === 'HEAD' ? '' : encode(Buffer.from(bytes).toString('latin1'))));
    };
    registry.inject(respond, { where: isManifest });
    return undefined;
  });

const usual = (
  { mediaType, digest, length }: Served,
  { version = 'HTTP/1.1', more = [] as readonly string[], end = '\r\n' } = {},
): string =>
  [
    `${version} 200 OK`,
    `Content-Type: ${mediaType}`,
    `Docker-Content-Digest: ${digest}`,
    `Content-Length: ${length}`,
    ...more,
    'Connection: close',
    '',
    '',
  ].join(end);

const read = (name: string, write: (served: Served) => string): Situation => ({
  name,
  prepare: headed(write),
  pulls: 'all',
  says: 'pullable',
});

const refused = (name: string, write: (served: Served) => string, older: Situation['without'] = []): Situation => ({
  name,
  prepare: headed(write),
  pulls: [],
  without: older,
  says: 'not-a-registry/not-oci',
});

/** The Go they are built with here still accepts it. */
const OLDER = ['skopeo', 'podman', 'containerd'] as const;

export const SYNTAX: Group = {
  title: 'The syntax of a response',
  rows: [
    read('lines that end with LF alone', (served) => usual(served, { end: '\n' })),
    read('a folded header field', (served) => usual(served, { more: ['X-A: b', '  c'] })),
    read('a space between the name of a header field and its colon', (served) => usual(served, { more: ['X-A : b'] })),
    read('HTTP/1.2', (served) => usual(served, { version: 'HTTP/1.2' })),
    read('a 100 that was not requested', (served) => `HTTP/1.1 100 Continue\r\n\r\n${usual(served)}`),
    read('`Docker-Content-Digest` twice', (served) =>
      usual(served, { more: [`Docker-Content-Digest: ${served.digest}`] }),
    ),
    read('`Content-Type` twice', (served) => usual(served, { more: [`Content-Type: ${served.mediaType}`] })),
    ...([17, 200, 1000] as const).map((kilobytes) =>
      read(`${kilobytes} kB of headers`, (served) =>
        usual(served, { more: Array.from({ length: kilobytes }, (_, at) => `X-${at}: ${'y'.repeat(990)}`) }),
      ),
    ),
    {
      name: 'HTTP/1.0 with a chunked body',
      prepare: headed(
        (served) => `HTTP/1.0 200 OK\r\nContent-Type: ${served.mediaType}\r\nTransfer-Encoding: chunked\r\n\r\n`,
        (bytes) => `${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n`,
      ),
      pulls: [],
      says: 'pullable',
      why: 'HTTP/1.0 has no chunks: clients written in Go take them for content. The parser here reads them.',
    },
    {
      name: 'an empty line before the status line',
      prepare: headed((served) => `\r\n${usual(served)}`),
      pulls: [],
      says: 'pullable',
      why: 'Clients written in Go refuse it; the parser here skips the line, and does not say that there was one.',
    },
    refused('a header line without a colon', (served) => usual(served, { more: ['X-A'] })),
    refused('a control character in a header field', (served) => usual(served, { more: ['X-A: b\x01c'] }), OLDER),
    refused('`Transfer-Encoding: chunked` twice', (served) =>
      usual(served, { more: ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'] }),
    ),
  ],
};
