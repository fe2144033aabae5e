// Rows of the witness suite: registries that want a login, and hide what they have without one.

import { randomBytes } from 'node:crypto';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import type { EmbeddedRegistry } from '../../src/demo/registry.ts';
import { errorReply, type Headers, jsonReply, type Reply } from '../../src/demo/reply.ts';
import { replyWith } from '../support/faults.ts';
import type { Group, Situation } from './situation.ts';

const LOGIN = { username: 'ada', password: 'right' };
const BASIC = `Basic ${Buffer.from('ada:right').toString('base64')}`;

/** Every request that does not carry `authorization` is answered by `reply`: `/v2/`, and the rest. */
const guarded =
  (
    reply: (path: string, origin: string) => Reply,
    { authorization = BASIC, login }: { authorization?: string; login?: typeof LOGIN } = {},
  ): Situation['prepare'] =>
  async ({ startRegistry }) => {
    const registry: EmbeddedRegistry = await startRegistry();
    registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
    registry.inject(({ path, headers }) =>
      headers.authorization === authorization ? undefined : replyWith(reply(path, registry.origin)),
    );
    return { image: `${registry.name}/team/app:v1`, ...(login && { login }) };
  };

const challenge = (value: string): Reply => {
  const headers: Headers = { 'www-authenticate': value };
  return errorReply(401, 'UNAUTHORIZED', 'authentication required', null, headers);
};

/** Asks for a login at `/v2/` only; everything else is hidden behind this reply. */
const hides =
  (status: number, code: string) =>
  (path: string): Reply =>
    path === '/v2/' ? challenge('Basic realm="x"') : errorReply(status, code, 'hidden');

/** Serves everything to everyone but one part of an image in an index. */
const hidesPart =
  (part: 'child manifest' | 'config' | 'layer', reply: Reply): Situation['prepare'] =>
  async ({ startRegistry }) => {
    const registry = await startRegistry();
    const image = createImage({ text: randomBytes(8).toString('hex') });
    registry.put('team/app', 'v1', createIndex([image]));
    const { digest = '' } =
      { 'child manifest': image.manifest, config: image.config, layer: image.layers[0] }[part] ?? {};
    registry.inject(({ path, headers }) => {
      if (headers.authorization === BASIC) return undefined;
      if (path === '/v2/') return replyWith(challenge('Basic realm="x"'));
      return path.endsWith(digest) ? replyWith(reply) : undefined;
    });
    return { image: `${registry.name}/team/app:v1`, login: LOGIN, args: ['--layers', '--platform', 'linux/amd64'] };
  };

const WORKS_ELSEWHERE =
  'containerd does not request `/v2/`, so it never sends the credentials; docker, podman and crane do.';

export const LOGINS: Group = {
  title: 'Logins',
  rows: [
    ...(
      [
        [404, 'MANIFEST_UNKNOWN'],
        [403, 'DENIED'],
        [410, 'MANIFEST_UNKNOWN'],
      ] as const
    ).map(
      ([status, code]): Situation => ({
        name: `a login required at \`/v2/\` only, and ${status} for a manifest without it`,
        prepare: guarded(hides(status, code), { login: LOGIN }),
        pulls: ['skopeo', 'podman', 'crane'],
        says: 'pullable',
        why: WORKS_ELSEWHERE,
      }),
    ),
    {
      name: 'the same with 404, without a login',
      prepare: guarded(hides(404, 'MANIFEST_UNKNOWN')),
      pulls: [],
      says: 'unauthorized/missing-or-private',
    },
    ...(
      [
        ['405', errorReply(405, 'UNSUPPORTED', 'hidden')],
        ['500', errorReply(500, 'UNKNOWN', 'hidden')],
        [
          'a web page',
          { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><title>Login</title></html>' },
        ],
        ['JSON that is no manifest', jsonReply(200, { message: 'log in' })],
      ] as const
    ).map(
      ([name, reply]): Situation => ({
        name: `a login required at \`/v2/\` only, and ${name} for a manifest without it`,
        prepare: guarded((path) => (path === '/v2/' ? challenge('Basic realm="x"') : reply), { login: LOGIN }),
        pulls: ['skopeo', 'podman', 'crane'],
        says: 'pullable',
        why: WORKS_ELSEWHERE,
      }),
    ),
    ...(['child manifest', 'config', 'layer'] as const).flatMap((part) =>
      (
        [
          ['404', errorReply(404, 'BLOB_UNKNOWN', 'hidden')],
          ['403', errorReply(403, 'DENIED', 'hidden')],
          ['400', errorReply(400, 'UNKNOWN', 'hidden')],
          ['an error message with status 200', errorReply(200, 'UNAUTHORIZED', 'log in')],
        ] as const
      ).map(
        ([name, reply]): Situation => ({
          name: `a login required at \`/v2/\` only, and ${name} for a ${part} without it`,
          prepare: hidesPart(part, reply),
          pulls: ['skopeo', 'podman', 'crane'],
          says: 'pullable',
          why: WORKS_ELSEWHERE,
        }),
      ),
    ),
    {
      name: 'a login required, without a challenge',
      prepare: guarded(() => errorReply(401, 'UNAUTHORIZED', 'authentication required'), { login: LOGIN }),
      pulls: ['crane'],
      says: 'unauthorized/credentials-required',
      why: 'crane sends the credentials without a challenge; docker, podman and containerd do not.',
    },
    {
      name: 'a challenge that begins with a comma',
      prepare: guarded(() => challenge(', Basic realm="x"')),
      pulls: [],
      says: 'not-a-registry/bad-challenge',
    },
    {
      name: 'a manifest that requires Basic, and a `/v2/` that issues anonymous tokens',
      prepare: guarded(
        (path, origin) => {
          if (path === '/token') return { status: 200, body: '{"token":"open"}' };
          return challenge(path === '/v2/' ? `Bearer realm="${origin}/token",service="r"` : 'Basic realm="r"');
        },
        { authorization: 'Bearer open' },
      ),
      pulls: ['skopeo', 'podman', 'crane'],
      says: 'pullable',
      why: 'containerd and oras answer the challenge of the manifest only.',
    },
    {
      name: 'valid credentials',
      prepare: guarded(() => challenge('Basic realm="x"'), { login: LOGIN }),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'invalid credentials',
      prepare: guarded(() => challenge('Basic realm="x"'), { login: { ...LOGIN, password: 'wrong' } }),
      pulls: [],
      says: 'unauthorized/bad-credentials',
    },
  ],
};
