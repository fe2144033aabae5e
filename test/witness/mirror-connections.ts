// Rows of the witness suite: mirrors that cannot be connected to, that hang, and that do not use TLS.

import { randomBytes } from 'node:crypto';
import { createImage } from '../../src/demo/image.ts';
import type { EmbeddedRegistry } from '../../src/demo/registry.ts';
import { selfSignedIdentity } from '../support/certificates.ts';
import { hang } from '../support/faults.ts';
import { NOT_CONTAINERD, NOT_PODMAN, type Place, start } from './mirrors.ts';
import type { Group, Situation } from './situation.ts';

/** Long enough for a client that goes on, short enough to wait for one that does not. */
const HANGING = {
  limitMs: 3_000,
  says: 'unreachable/timeout',
  why: 'The clients wait for the mirror without a limit.',
};
const BRIEF = ['--timeout', '2s'];

interface Files {
  /** Changes the mirror, which has the image like the registry. */
  readonly at?: (place: Place) => unknown;
  readonly args?: readonly string[];
  readonly limitMs?: number;
}

const IMAGE = 'registry.test/shop/app:v1';

async function fill(place: Place, { at }: Files): Promise<void> {
  for (const one of [place.mirror, place.upstream]) one.put('shop/app', 'v1', place.image);
  await at?.(place);
}

/** A line of registries.conf for each of them. */
const podman =
  (mirrorLine: string, upstreamLine: string, files: Files = {}): Situation['prepare'] =>
  async (scene) => {
    const place = await start(scene);
    await fill(place, files);
    const toml = `[[registry]]
prefix = "registry.test"
location = "${place.upstream.name}"
${upstreamLine}
[[registry.mirror]]
location = "${place.mirror.name}"
${mirrorLine}
`;
    const registriesConf = scene.write('registries.conf', toml);
    const { args = [], limitMs } = files;
    return { image: IMAGE, registriesConf, args: [...args, '--mirrors-from', registriesConf], limitMs };
  };

/** A rule for all registries of a domain, here of an address, without a mirror. */
const glob =
  (line: string): Situation['prepare'] =>
  async (scene) => {
    const { upstream, image } = await start(scene);
    upstream.put('shop/app', 'v1', image);
    const registriesConf = scene.write('registries.conf', `[[registry]]\nprefix = "*.0.0.1"\n${line}\n`);
    return { image: `${upstream.name}/shop/app:v1`, registriesConf, args: ['--mirrors-from', registriesConf] };
  };

/** The same with TLS, and a certificate that no client trusts. */
const selfSigned =
  (line: string): Situation['prepare'] =>
  async (scene) => {
    const registry = await scene.startRegistry({ tls: selfSignedIdentity() });
    registry.put('shop/app', 'v1', createImage({ text: randomBytes(8).toString('hex') }));
    const registriesConf = scene.write('registries.conf', `[[registry]]\nprefix = "*.0.0.1"\n${line}\n`);
    return { image: `${registry.name}/shop/app:v1`, registriesConf, args: ['--mirrors-from', registriesConf] };
  };

/** `hosts`: the URLs of the server and of the mirror; no server: the registry itself. */
const containerd =
  (hosts: (place: Place) => { readonly server?: string; readonly mirror: string }, files: Files = {}) =>
  async (scene: Parameters<Situation['prepare']>[0]) => {
    const place = await start(scene);
    await fill(place, files);
    const { server, mirror } = hosts(place);
    const folder = server === undefined ? place.upstream.name : 'registry.test';
    const line = server === undefined ? '' : `server = "${server}"\n`;
    const file = scene.write(`certs.d/${folder}/hosts.toml`, `${line}[host."${mirror}"]\n`);
    const hostsDir = file.replace(`/${folder}/hosts.toml`, '');
    const { args = [], limitMs } = files;
    const image = server === undefined ? `${place.upstream.name}/shop/app:v1` : IMAGE;
    return { image, hostsDir, args: [...args, '--mirrors-from', hostsDir], limitMs };
  };

const INSECURE = 'insecure = true';
const isGone = ({ mirror }: Place): Promise<void> => mirror.close();
const hangs = ({ mirror }: Place): unknown => mirror.inject(hang());
const hangsForLayers = ({ mirror, image }: Place): unknown =>
  mirror.inject(hang(), { path: `/v2/shop/app/blobs/${image.layers[0]?.digest}` });
const origins = ({ mirror, upstream }: Place) => ({ server: upstream.origin, mirror: mirror.origin });
const withoutScheme = ({ name }: EmbeddedRegistry): string => name;

export const MIRROR_CONNECTIONS: Group = {
  title: 'Mirrors that cannot be connected to, hang, or do not use TLS; the registry has the image',
  rows: [
    {
      name: 'registries.conf: a mirror that refuses connections',
      prepare: podman(INSECURE, INSECURE, { at: isGone }),
      pulls: ['skopeo', 'podman'],
      without: NOT_CONTAINERD,
      says: 'pullable',
      warns: ['mirror-failed'],
    },
    {
      name: 'registries.conf: a mirror that accepts the request and does not respond',
      prepare: podman(INSECURE, INSECURE, { at: hangs, args: BRIEF, limitMs: HANGING.limitMs }),
      pulls: [],
      without: NOT_CONTAINERD,
      says: HANGING.says,
      why: HANGING.why,
    },
    {
      name: 'registries.conf: a loopback mirror without TLS, and without `insecure`',
      prepare: podman('', INSECURE),
      pulls: ['skopeo', 'podman'],
      without: NOT_CONTAINERD,
      says: 'pullable',
      warns: ['mirror-failed'],
    },
    {
      name: 'registries.conf: the same, and the registry likewise',
      prepare: podman('', ''),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'unreachable/tls',
      warns: ['mirror-failed'],
    },
    {
      name: 'registries.conf: a registry without TLS, whose prefix is a glob with `insecure`',
      prepare: glob('insecure = true'),
      pulls: ['skopeo', 'podman'],
      without: NOT_CONTAINERD,
      says: 'pullable',
    },
    {
      name: 'registries.conf: the same without `insecure`',
      prepare: glob(''),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'unreachable/tls',
    },
    {
      name: 'registries.conf: a registry with an untrusted certificate, whose prefix is a glob with `insecure`',
      prepare: selfSigned('insecure = true'),
      pulls: ['skopeo', 'podman'],
      without: NOT_CONTAINERD,
      says: 'pullable',
    },
    {
      name: 'registries.conf: an untrusted certificate, and a glob without `insecure`',
      prepare: selfSigned(''),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'unreachable/tls',
    },
    {
      name: 'hosts.toml: a mirror that refuses connections',
      prepare: containerd(origins, { at: isGone }),
      pulls: ['containerd'],
      without: NOT_PODMAN,
      says: 'pullable',
      warns: ['mirror-failed'],
    },
    {
      name: 'hosts.toml: a mirror that accepts the request and does not respond',
      prepare: containerd(origins, { at: hangs, args: BRIEF, limitMs: HANGING.limitMs }),
      pulls: [],
      without: NOT_PODMAN,
      says: HANGING.says,
      why: HANGING.why,
    },
    {
      name: 'hosts.toml: a mirror that does not respond for a layer',
      prepare: containerd(origins, { at: hangsForLayers, args: [...BRIEF, '--layers'], limitMs: HANGING.limitMs }),
      pulls: [],
      without: NOT_PODMAN,
      says: HANGING.says,
      why: HANGING.why,
    },
    {
      name: 'hosts.toml: a loopback mirror without TLS, and without `http://`',
      prepare: containerd(({ mirror, upstream }) => ({ server: upstream.origin, mirror: withoutScheme(mirror) })),
      pulls: ['containerd'],
      without: NOT_PODMAN,
      says: 'pullable',
      warns: ['mirror-failed'],
    },
    {
      name: 'hosts.toml: the same, and the server likewise',
      prepare: containerd(({ mirror, upstream }) => ({
        server: withoutScheme(upstream),
        mirror: withoutScheme(mirror),
      })),
      pulls: [],
      without: NOT_PODMAN,
      says: 'unreachable/tls',
      warns: ['mirror-failed'],
    },
    {
      name: 'hosts.toml: a loopback registry without TLS, and no `server` in the file',
      prepare: containerd(({ mirror }) => ({ mirror: mirror.origin }), { at: isGone }),
      pulls: ['containerd'],
      without: NOT_PODMAN,
      says: 'pullable',
      warns: ['mirror-failed'],
    },
  ],
};
