// Rows of the witness suite: where a registry redirects to.

import { randomBytes } from 'node:crypto';
import { createImage } from '../../src/demo/image.ts';
import type { LoggedRequest } from '../../src/demo/logged-request.ts';
import type { EmbeddedRegistry } from '../../src/demo/registry.ts';
import { type Fault, redirect } from '../support/faults.ts';
import { atRegistry, type Group, isManifest, type Situation } from './situation.ts';

/** Every blob redirects to what `to` makes of it: once, as the target has a query. */
const redirected = (to: (registry: EmbeddedRegistry, path: string) => string): Situation['prepare'] =>
  atRegistry((registry) => {
    registry.put('team/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
    registry.inject(({ path }): Fault => redirect(to(registry, path)), {
      where: ({ path, query }) => path.includes('/blobs/') && query.size === 0,
    });
    return ['--layers'];
  });

const row = (name: string, pulls: Situation['pulls'], to: (origin: string, path: string) => string): Situation => ({
  name,
  prepare: redirected(({ origin }, path) => to(origin, path)),
  pulls,
  says: pulls === 'all' ? 'pullable' : 'not-a-registry/not-oci',
});

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
