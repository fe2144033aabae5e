// Rows of the witness suite: mirrors, as podman's registries.conf and containerd's hosts.toml describe them.

import { randomBytes } from 'node:crypto';
import type { FaultSource } from '../../src/demo/fault.ts';
import { createImage, type Image } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from '../../src/demo/registry.ts';
import { errorReply } from '../../src/demo/reply.ts';
import { replyWith } from '../support/faults.ts';
import type { Group, Scene, Situation } from './situation.ts';

const NEVER = ['crane', 'oras'] as const;
export const NOT_CONTAINERD = [...NEVER, 'containerd'] as const;
export const NOT_PODMAN = ['skopeo', 'podman', ...NEVER] as const;

export interface Place {
  readonly mirror: EmbeddedRegistry;
  readonly upstream: EmbeddedRegistry;
  readonly image: Image;
  readonly scene: Scene;
}

export async function start(scene: Scene, ofMirror: EmbeddedRegistryOptions = {}): Promise<Place> {
  const [mirror, upstream] = await Promise.all([scene.startRegistry(ofMirror), scene.startRegistry()]);
  return { mirror, upstream, image: createImage({ text: randomBytes(8).toString('hex') }), scene };
}

type Toml = (place: Place) => string;

const BLOCKED: Toml = ({ mirror }) => `
[[registry]]
location = "registry.test/shop"
blocked = true
[[registry.mirror]]
location = "${mirror.name}/copy"
insecure = true
`;

const OPEN: Toml = ({ mirror, upstream }) => `
[[registry]]
prefix = "registry.test/shop"
location = "${upstream.name}/shop"
insecure = true
[[registry.mirror]]
location = "${mirror.name}/copy"
insecure = true
`;

/** `fill` puts images into both and returns which to pull; of registry.test/shop/app:v1 the mirror's name is copy/app:v1. */
const podman =
  (toml: Toml, fill: (place: Place) => string | undefined, args: readonly string[] = []): Situation['prepare'] =>
  async (scene) => {
    const place = await start(scene);
    const image = fill(place) ?? 'registry.test/shop/app:v1';
    const registriesConf = scene.write('registries.conf', toml(place));
    return { image, registriesConf, args: [...args, '--mirrors-from', registriesConf] };
  };

export const REGISTRIES_CONF: Group = {
  title: "Mirrors of podman's registries.conf",
  rows: [
    {
      name: 'a blocked registry, whose mirror has the image',
      prepare: podman(BLOCKED, ({ mirror, image }) => {
        mirror.put('copy/app', 'v1', image);
        return undefined;
      }),
      pulls: ['skopeo', 'podman'],
      without: NOT_CONTAINERD,
      says: 'pullable',
    },
    {
      name: 'a blocked registry, whose mirror lacks the image',
      prepare: podman(BLOCKED, () => undefined),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'denied/policy-block',
    },
    {
      name: 'a mirror that fails, and a registry that lacks the image',
      prepare: podman(OPEN, ({ mirror }) => {
        mirror.inject(replyWith(errorReply(500, 'UNKNOWN', 'oops')));
        return undefined;
      }),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'registry-error/registry',
    },
    {
      name: 'a mirror that answers a manifest request with a web page, and a registry that has the image',
      prepare: podman(OPEN, ({ mirror, upstream, image }) => {
        mirror.inject(
          replyWith({
            status: 200,
            headers: { 'content-type': 'text/html' },
            body: '<html><title>Login</title></html>',
          }),
        );
        upstream.put('shop/app', 'v1', image);
        return undefined;
      }),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'not-a-registry/intercepted',
    },
    ...([403, 500] as const).map(
      (status): Situation => ({
        name: `a mirror that answers ${status} for the blobs, and a registry that has them`,
        prepare: podman(
          OPEN,
          ({ mirror, upstream, image }) => {
            mirror.put('copy/app', 'v1', image);
            upstream.put('shop/app', 'v1', image);
            mirror.inject(({ path }) =>
              path.includes('/blobs/') ? replyWith(errorReply(status, 'DENIED', 'no')) : undefined,
            );
            return undefined;
          },
          ['--layers', '--retries', '0'],
        ),
        pulls: [],
        without: NOT_CONTAINERD,
        says: status === 403 ? 'denied/missing-or-no-access' : 'registry-error/registry',
      }),
    ),
    {
      name: 'a blocked registry, whose mirror fails',
      prepare: podman(BLOCKED, ({ mirror }) => {
        mirror.inject(replyWith(errorReply(500, 'UNKNOWN', 'oops')));
        return undefined;
      }),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'registry-error/registry',
    },
    ...(['mirror-by-digest-only = true', undefined] as const).map(
      (byDigest): Situation => ({
        name: `a blocked registry, with a mirror for digests only${byDigest ? '' : ' (pull-from-mirror)'}, and a tag`,
        prepare: podman(
          (place) =>
            byDigest
              ? BLOCKED(place).replace('blocked', `${byDigest}\nblocked`)
              : `${BLOCKED(place)}pull-from-mirror = "digest-only"\n`,
          ({ mirror, image }) => {
            mirror.put('copy/app', 'v1', image);
            return undefined;
          },
        ),
        pulls: [],
        without: NOT_CONTAINERD,
        says: 'denied/policy-block',
      }),
    ),
    {
      name: 'the same, and a digest',
      prepare: podman(
        (place) => BLOCKED(place).replace('blocked', 'mirror-by-digest-only = true\nblocked'),
        ({ mirror, image }) => {
          mirror.put('copy/app', 'v1', image);
          return `registry.test/shop/app@${image.manifest.digest}`;
        },
      ),
      pulls: ['skopeo', 'podman'],
      without: NOT_CONTAINERD,
      says: 'pullable',
    },
    {
      name: 'a mirror for tags only, and a digest',
      prepare: podman(
        (place) => `${BLOCKED(place)}pull-from-mirror = "tag-only"\n`,
        ({ mirror, image }) => {
          mirror.put('copy/app', 'v1', image);
          return `registry.test/shop/app@${image.manifest.digest}`;
        },
      ),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'denied/policy-block',
    },
    {
      name: 'a prefix that is relocated and blocked',
      prepare: podman(
        ({ mirror }) => `
[[registry]]
prefix = "registry.test/shop"
location = "${mirror.name}/copy"
insecure = true
blocked = true
[[registry]]
location = "${mirror.name}"
insecure = true
`,
        ({ mirror, image }) => {
          mirror.put('copy/app', 'v1', image);
          return undefined;
        },
      ),
      pulls: ['skopeo', 'podman'],
      without: NOT_CONTAINERD,
      says: 'pullable',
    },
    {
      name: 'a mirror that is blocked under its own name',
      prepare: podman(
        (place) => `${BLOCKED(place)}
[[registry]]
location = "${place.mirror.name}"
blocked = true
`,
        ({ mirror, image }) => {
          mirror.put('copy/app', 'v1', image);
          return undefined;
        },
      ),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'denied/policy-block',
      warns: ['mirror-failed'],
    },
    {
      name: 'a blocked repository in a registry that is not blocked',
      prepare: podman(
        ({ mirror }) => `
[[registry]]
prefix = "registry.test"
location = "${mirror.name}/copy"
insecure = true
[[registry]]
location = "registry.test/shop/app"
blocked = true
`,
        ({ mirror, image }) => {
          mirror.put('copy/shop/app', 'v1', image);
          return undefined;
        },
      ),
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'denied/policy-block',
    },
    {
      name: 'a mirror with the index, without the manifest of the platform, which the registry has',
      prepare: async (scene) => {
        const place = await start(scene);
        const { mirror, upstream, image } = place;
        const toml = `
[[registry]]
prefix = "registry.test/shop"
location = "${upstream.name}/shop"
insecure = true
[[registry.mirror]]
location = "${mirror.name}/copy"
insecure = true
`;
        mirror.put('copy/app', 'v1', createIndex([image]));
        mirror.remove('copy/app', image.manifest.digest);
        upstream.put('shop/app', 'v1', createIndex([image]));
        const registriesConf = scene.write('registries.conf', toml);
        const args = ['--platform', 'linux/amd64', '--mirrors-from', registriesConf];
        return { image: 'registry.test/shop/app:v1', registriesConf, args };
      },
      pulls: [],
      without: NOT_CONTAINERD,
      says: 'incomplete/child-manifest',
    },
  ],
};

const BOTH = ['pull', 'resolve'];
const HEAD_REFUSALS = [403, 404, 500] as const;

/** Nothing but the challenge of `/v2/` says that a token is required. */
const hiddenBehindPing: FaultSource = ({ path, headers }) =>
  headers.authorization === undefined && path.startsWith('/v2/shop/')
    ? replyWith(errorReply(404, 'MANIFEST_UNKNOWN', 'hidden'))
    : undefined;

/** `capabilities`: of the mirror. */
const containerd =
  (
    fill: (place: Place) => string | undefined,
    args: readonly string[] = [],
    capabilities = BOTH,
    ofMirror?: EmbeddedRegistryOptions,
  ) =>
  async (scene: Scene) => {
    const place = await start(scene, ofMirror);
    const { mirror, upstream } = place;
    const image = fill(place) ?? 'registry.test/shop/app:v1';
    const toml = `server = "${upstream.origin}"
[host."${mirror.origin}"]
  capabilities = ${JSON.stringify(capabilities)}
`;
    const file = scene.write('certs.d/registry.test/hosts.toml', toml);
    const hostsDir = file.replace('/registry.test/hosts.toml', '');
    return { image, hostsDir, args: [...args, '--mirrors-from', hostsDir] };
  };

const AMD64 = ['--platform', 'linux/amd64'];

/** The image, as an index in both. */
function putBoth({ mirror, upstream, image }: Place): void {
  mirror.put('shop/app', 'v1', createIndex([image]));
  upstream.put('shop/app', 'v1', createIndex([image]));
}

const only = (name: string, prepare: Situation['prepare'], says: string, ...warns: string[]): Situation => ({
  name,
  prepare,
  pulls: says === 'pullable' ? ['containerd'] : [],
  without: NOT_PODMAN,
  says,
  ...(warns.length > 0 && { warns }),
});

export const HOSTS_TOML: Group = {
  title: "Mirrors of containerd's hosts.toml",
  rows: [
    only(
      'a mirror that has all of it',
      containerd((place) => {
        place.mirror.put('shop/app', 'v1', place.image);
        return undefined;
      }),
      'pullable',
    ),
    only(
      'a mirror without the manifest of the platform',
      containerd((place) => {
        putBoth(place);
        place.mirror.remove('shop/app', place.image.manifest.digest);
        return undefined;
      }, AMD64),
      'pullable',
      'mirror-missing',
    ),
    only(
      'a mirror without a layer',
      containerd(
        (place) => {
          putBoth(place);
          place.mirror.remove('shop/app', place.image.layers[0]?.digest ?? '');
          return undefined;
        },
        [...AMD64, '--layers'],
      ),
      'pullable',
      'mirror-missing',
    ),
    only(
      'a mirror without a config',
      containerd((place) => {
        place.mirror.put('shop/app', 'v1', place.image);
        place.upstream.put('shop/app', 'v1', place.image);
        place.mirror.remove('shop/app', place.image.config.digest);
        return undefined;
      }, AMD64),
      'pullable',
      'mirror-missing',
    ),
    ...([403, 500] as const).map((status) =>
      only(
        `a mirror that answers ${status} for a layer`,
        containerd(
          (place) => {
            putBoth(place);
            const path = `/v2/shop/app/blobs/${place.image.layers[0]?.digest}`;
            place.mirror.inject(replyWith(errorReply(status, 'DENIED', 'no')), { path });
            return undefined;
          },
          [...AMD64, '--layers', '--retries', '0'],
        ),
        'pullable',
        'mirror-failed',
      ),
    ),
    only(
      'a mirror that fails, and a registry that lacks the image',
      containerd(
        ({ mirror }) => {
          mirror.inject(replyWith(errorReply(500, 'UNKNOWN', 'oops')));
          return undefined;
        },
        ['--retries', '0'],
      ),
      'registry-error/registry',
    ),
    {
      name: 'a mirror that requires the `header` of the file',
      prepare: async (scene) => {
        const { mirror, upstream, image } = await start(scene);
        mirror.put('shop/app', 'v1', image);
        mirror.inject(({ headers }) =>
          headers['x-key'] === 'v' ? undefined : replyWith(errorReply(403, 'DENIED', 'no')),
        );
        const file = scene.write(
          'certs.d/registry.test/hosts.toml',
          `server = "${upstream.origin}"\n[host."${mirror.origin}"]\n[host."${mirror.origin}".header]\nx-key = "v"\n`,
        );
        const hostsDir = file.replace('/registry.test/hosts.toml', '');
        return { image: 'registry.test/shop/app:v1', hostsDir, args: ['--mirrors-from', hostsDir] };
      },
      pulls: ['containerd'],
      without: NOT_PODMAN,
      says: 'registry-error/registry',
      why: 'The headers may be secrets, and are not sent: the message says so.',
    },
    {
      name: 'a file without a `[host]` table',
      prepare: async (scene) => {
        const { upstream, image } = await start(scene);
        upstream.put('shop/app', 'v1', image);
        const file = scene.write('certs.d/registry.test/hosts.toml', `server = "${upstream.origin}"\n`);
        const hostsDir = file.replace('/registry.test/hosts.toml', '');
        return { image: 'registry.test/shop/app:v1', hostsDir, args: ['--mirrors-from', hostsDir] };
      },
      pulls: [],
      without: NOT_PODMAN,
      says: 'pullable',
      warns: ['mirror-config'],
      why: 'containerd 1 ignores such a file, containerd 2 reads it: a warning.',
    },
    ...HEAD_REFUSALS.map((status) =>
      only(
        `a mirror that answers ${status} for HEAD, and a registry that lacks the image`,
        containerd(
          (place) => {
            place.mirror.put('shop/app', 'v1', place.image);
            place.mirror.inject(({ method }) =>
              method === 'HEAD' ? replyWith(errorReply(status, 'UNSUPPORTED', 'no')) : undefined,
            );
            return undefined;
          },
          ['--retries', '0'],
        ),
        'registry-error/registry',
      ),
    ),
    only(
      'a mirror that requires a token at `/v2/` only, and a registry that lacks the image',
      containerd(
        (place) => {
          place.mirror.put('shop/app', 'v1', place.image);
          place.mirror.inject(hiddenBehindPing);
          return undefined;
        },
        [],
        BOTH,
        { auth: 'bearer' },
      ),
      'unauthorized/credentials-required',
    ),
    only(
      'a mirror that requires a token at `/v2/` only, and a registry that has the image',
      containerd(
        (place) => {
          putBoth(place);
          place.mirror.inject(hiddenBehindPing);
          return undefined;
        },
        [],
        BOTH,
        { auth: 'bearer' },
      ),
      'pullable',
      'mirror-failed',
    ),
    only(
      'a mirror that refuses everything',
      containerd((place) => {
        putBoth(place);
        place.mirror.inject(replyWith(errorReply(403, 'DENIED', 'no')));
        return undefined;
      }, AMD64),
      'pullable',
      'mirror-failed',
    ),
    only(
      'a layer that neither server has',
      containerd(
        (place) => {
          putBoth(place);
          for (const one of [place.mirror, place.upstream]) one.remove('shop/app', place.image.layers[0]?.digest ?? '');
          return undefined;
        },
        [...AMD64, '--layers'],
      ),
      'incomplete/layer',
    ),
    only(
      'an image that neither has',
      containerd(() => undefined),
      'not-found',
    ),
    only(
      'a layer that the registry lacks, at a mirror that fails',
      containerd(
        (place) => {
          putBoth(place);
          const digest = place.image.layers[0]?.digest ?? '';
          place.upstream.remove('shop/app', digest);
          place.mirror.inject(replyWith(errorReply(500, 'UNKNOWN', 'oops')), { path: `/v2/shop/app/blobs/${digest}` });
          return undefined;
        },
        [...AMD64, '--layers', '--retries', '0'],
      ),
      'registry-error/registry',
      'mirror-failed',
    ),
    only(
      'a mirror for digests only, and a tag, of which it has the parts',
      containerd(
        (place) => {
          putBoth(place);
          place.upstream.remove('shop/app', place.image.layers[0]?.digest ?? '');
          return undefined;
        },
        [...AMD64, '--layers'],
        ['pull'],
      ),
      'pullable',
    ),
  ],
};
