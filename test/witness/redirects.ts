// Rows of the witness suite: where a registry redirects to.

import { randomBytes } from 'node:crypto';
import { createImage } from '../../src/demo/image.ts';
import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import type { EmbeddedRegistry } from '../../src/demo/registry.ts';
import { errorReply } from '../../src/demo/reply.ts';
import { type Fault, redirect, replyWith } from '../support/faults.ts';
import { atRegistry, type Group, isManifest, type Situation } from './situation.ts';

const isBlob = ({ path }: LoggedRequest): boolean => path.includes('/blobs/');

/** Every blob redirects to what `to` makes of it: once, as the target has a query. */
const redirected = (to: (registry: EmbeddedRegistry, path: string) => string): Situation['prepare'] =>
  atRegistry((registry) => {
    registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
    registry.inject(({ path }): Fault => redirect(to(registry, path)), {
      where: (request) => isBlob(request) && request.query.size === 0,
    });
    return ['--layers'];
  });

const row = (name: string, pulls: Situation['pulls'], to: (origin: string, path: string) => string): Situation => ({
  name,
  prepare: redirected(({ origin }, path) => to(origin, path)),
  pulls,
  says: pulls === 'all' ? 'pullable' : 'not-a-registry/not-oci',
});

/** Every blob redirects to a path that begins and ends with these; the storage returns 404 for any other. */
const verbatim =
  (before: string, after: string): Situation['prepare'] =>
  async (scene) => {
    const [registry, storage] = await Promise.all([scene.startRegistry(), scene.startRegistry()]);
    const image = createImage({ text: randomBytes(8).toString('hex') });
    registry.put('team/app', 'v1', image);
    const written = (path: string): string => `${before}${path.split('/').at(-1)}${after}`;
    registry.inject(({ path }): Fault => redirect(`${storage.origin}${written(path)}`), { where: isBlob });
    const respond = ({ url }: LoggedRequest): Fault => {
      const blob = [image.config, ...image.layers].find(({ digest }) => url === written(digest));
      return replyWith(
        blob === undefined
          ? errorReply(404, 'NOT_FOUND', 'no such object')
          : { status: 200, headers: {}, body: blob.bytes },
      );
    };
    storage.inject(respond);
    return { image: `${registry.name}/team/app:v1`, args: ['--layers'] };
  };

const chain = (length: number): Situation['prepare'] =>
  atRegistry((registry) => {
    registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
    const hopOf = ({ query }: LoggedRequest): number => Number(query.get('hop'));
    const next = (request: LoggedRequest): Fault => redirect(`${request.path}?hop=${hopOf(request) + 1}`);
    registry.inject(next, { where: (request) => isManifest(request) && hopOf(request) < length });
    return undefined;
  });

export const REDIRECTS: Group = {
  title: 'Redirects',
  rows: [
    row('a Location with a host', 'all', (origin, path) => `${origin}${path}?x`),
    row('a Location without a host', 'all', (_, path) => `${path}?x`),
    row('a Location without a scheme', 'all', (origin, path) => `${origin.replace('http:', '')}${path}?x`),
    row('a Location with `%zz` in its query', 'all', (origin, path) => `${origin}${path}?%zz`),
    row('a Location with `%zz` in its path', [], (origin, path) => `${origin}/%zz/..${path}?x`),
    row('a Location with backslashes for slashes', [], (origin, path) => `${origin}${path}?x`.replaceAll('/', '\\')),
    row('a Location with one slash before its host', [], (origin, path) => `${origin}${path}?x`.replace('//', '/')),
    row('a Location with a space in its query', [], (origin, path) => `${origin}${path}?x y`),
    row('a Location with `/../` in its path', 'all', (_, path) => `/x/..${path}?x`),
    row('a Location with characters that need no encoding', 'all', (_, path) => `${path}?a='b'|"c"<d>`),
    {
      name: 'a Location that is served only as it is written: `%2e%2e`, quotes and an empty query',
      prepare: verbatim("/a/%2e%2e/b'c/", '?'),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'storage that serves only what it is referred to by a registry (`Referer`)',
      prepare: async (scene) => {
        const [registry, storage] = await Promise.all([scene.startRegistry(), scene.startRegistry()]);
        const image = createImage({ text: randomBytes(8).toString('hex') });
        for (const one of [registry, storage]) one.put('team/app', 'v1', image);
        const isReferred = ({ headers }: LoggedRequest): boolean =>
          headers.referer?.startsWith(`${registry.origin}/`) === true;
        storage.inject(replyWith(errorReply(403, 'DENIED', 'no hotlinks')), {
          where: (request) => !isReferred(request),
        });
        registry.inject(({ url }): Fault => redirect(`${storage.origin}${url}`), { where: isBlob });
        return { image: `${registry.name}/team/app:v1`, args: ['--layers'] };
      },
      pulls: 'all',
      says: 'pullable',
    },
    row('a Location with a short IPv4 address', [], (origin, path) =>
      `${origin}${path}?x`.replace('127.0.0.1', '127.1'),
    ),
    {
      name: 'nine redirects in a row',
      prepare: chain(9),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'ten redirects in a row',
      prepare: chain(10),
      pulls: ['oras'],
      says: 'not-a-registry/redirect-loop',
      why: 'Clients written in Go stop at the tenth, unless they count themselves, as oras does.',
    },
  ],
};
