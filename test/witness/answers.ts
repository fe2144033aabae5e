// Rows of the witness suite: statuses and words of registries, indexes that real tools made, and what is not supported yet.

import { randomBytes } from 'node:crypto';
import type { ContentDescriptor } from '../../src/demo/content.ts';
import { createContent } from '../../src/demo/content.ts';
import { createImage, type Flavor, type Image } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { errorReply, type Reply } from '../../src/demo/reply.ts';
import { replyWith } from '../support/faults.ts';
import { atRegistry, type Group, isManifest, type Situation } from './situation.ts';

const fresh = (flavor: Flavor = 'oci'): Image => createImage({ flavor, text: randomBytes(8).toString('hex') });

/** Every manifest is answered so. */
const answered = (reply: Reply, ...args: string[]): Situation['prepare'] =>
  atRegistry((registry) => {
    registry.put('team/app', 'v1', fresh());
    registry.inject(replyWith(reply), { where: isManifest });
    return args;
  });

const refused = (name: string, reply: Reply, says: string): Situation => ({
  name,
  prepare: answered(reply, '--retries', '0'),
  pulls: [],
  says,
});

export const ANSWERS: Group = {
  title: 'The status of a manifest',
  rows: [
    {
      name: 'a missing tag or repository, as reported by CNCF distribution',
      prepare: atRegistry(() => undefined),
      pulls: [],
      says: 'not-found',
    },
    refused('a repository that is missing', errorReply(404, 'NAME_UNKNOWN', 'unknown'), 'not-found/repository'),
    refused('a manifest that was deleted (410)', errorReply(410, 'UNKNOWN', 'deleted'), 'not-found'),
    refused('an image blocked by law (451)', errorReply(451, 'DENIED', 'by order'), 'denied/policy-block'),
    refused('a cache whose upstream fails (424)', errorReply(424, 'UNKNOWN', 'upstream'), 'registry-error/registry'),
    refused('a registry that is down (503)', errorReply(503, 'UNAVAILABLE', 'down'), 'registry-error/registry'),
    {
      name: 'a login required at `/v2/` only, for a public manifest',
      prepare: atRegistry((registry) => {
        registry.put('team/app', 'v1', fresh());
        const headers = { 'www-authenticate': 'Basic realm="x"' };
        registry.inject(replyWith(errorReply(401, 'UNAUTHORIZED', 'login', null, headers)), { path: '/v2/' });
        return undefined;
      }),
      pulls: 'all',
      says: 'pullable',
    },
  ],
};

const AMD64 = ['--platform', 'linux/amd64'];

const indexed = (change: (entries: Record<string, unknown>[]) => void, ...args: string[]): Situation['prepare'] =>
  atRegistry((registry) => {
    const index = createIndex([
      fresh(),
      createImage({ platform: 'linux/arm64', text: randomBytes(8).toString('hex') }),
    ]);
    const fields = JSON.parse(Buffer.from(index.manifest.bytes).toString());
    change(fields.manifests);
    registry.put('team/app', 'v1', { ...index, manifest: createContent(index.manifest.mediaType, fields) });
    return args;
  });

/** The first of two entries for the platform is changed. */
const withFirst = (change: (entry: Record<string, unknown>) => void): Situation['prepare'] =>
  atRegistry((registry) => {
    const index = createIndex([fresh(), fresh()]);
    const fields = JSON.parse(Buffer.from(index.manifest.bytes).toString());
    change(fields.manifests[0]);
    registry.put('team/app', 'v1', { ...index, manifest: createContent(index.manifest.mediaType, fields) });
    return AMD64;
  });

const first = (name: string, mediaType: string, says: string): readonly Situation[] => [
  {
    name: `a first entry for the platform ${name}`,
    prepare: withFirst((entry) => {
      Object.assign(entry, { mediaType, digest: `sha256:${'1'.repeat(64)}` });
    }),
    pulls: [],
    says,
    warns: ['index-entry'],
  },
];

const KUBELET = 'A copy works, but containerd refuses it, so a node cannot run it.';

export const INDEXES: Group = {
  title: 'The entries of an index',
  rows: [
    { name: 'valid entries', prepare: indexed(() => undefined, ...AMD64), pulls: 'all', says: 'pullable' },
    {
      name: 'entries with a wrong size',
      prepare: indexed(
        (entries) => {
          for (const entry of entries) entry.size = Number(entry.size) + 1;
        },
        ...AMD64,
      ),
      pulls: ['skopeo', 'podman', 'crane'],
      says: 'corrupt/child-manifest',
      why: KUBELET,
    },
    {
      name: 'entries without a size',
      prepare: indexed(
        (entries) => {
          for (const entry of entries) entry.size = undefined;
        },
        ...AMD64,
      ),
      pulls: ['skopeo', 'podman', 'crane'],
      says: 'corrupt',
      why: KUBELET,
    },
    ...(['size', 'mediaType'] as const).map(
      (field): Situation => ({
        name: `an entry for another platform without \`${field}\``,
        prepare: indexed(
          (entries) => {
            for (const entry of entries.slice(1)) entry[field] = undefined;
          },
          ...AMD64,
        ),
        pulls: 'all',
        says: 'pullable',
        warns: ['index-entry'],
      }),
    ),
    {
      name: 'an index with such an entry, for every platform',
      prepare: indexed(
        (entries) => {
          for (const entry of entries.slice(1)) entry.size = undefined;
        },
        '--platform',
        'all',
      ),
      pulls: 'all',
      says: 'corrupt',
      warns: ['index-entry'],
      why: 'The clients pull for linux/amd64 here; the image for linux/arm64 cannot be pulled.',
    },
    ...first('of an unknown type', 'application/vnd.example.data', 'not-an-image'),
    ...first('of schema 1', 'application/vnd.docker.distribution.manifest.v1+prettyjws', 'legacy-schema1'),
    {
      name: 'a first entry for the platform without a digest',
      prepare: withFirst((entry) => {
        entry.digest = '';
      }),
      pulls: [],
      says: 'corrupt',
      warns: ['index-entry'],
    },
    {
      name: 'a first entry for the platform with the type `application/octet-stream`',
      prepare: withFirst((entry) => {
        entry.mediaType = 'application/octet-stream';
      }),
      pulls: ['skopeo', 'podman'],
      says: 'not-an-image',
      warns: ['index-entry'],
      why: KUBELET,
    },
    {
      name: 'an entry of an unknown type for another platform',
      prepare: indexed(
        (entries) => {
          for (const entry of entries.slice(1)) entry.mediaType = 'application/vnd.example.data';
        },
        ...AMD64,
      ),
      pulls: 'all',
      says: 'pullable',
    },
    ...[
      [404, 'incomplete/child-manifest'],
      [410, 'incomplete/child-manifest'],
      [403, 'denied/missing-or-no-access'],
      [400, 'registry-error/registry'],
    ].map(
      ([status, says]): Situation => ({
        name: `the manifest of the platform answered with ${status}`,
        prepare: atRegistry((registry) => {
          const image = fresh();
          registry.put('team/app', 'v1', createIndex([image]));
          const reply = errorReply(Number(status), 'UNKNOWN', 'no');
          registry.inject(replyWith(reply), { where: ({ path }) => path.endsWith(image.manifest.digest) });
          return AMD64;
        }),
        pulls: [],
        says: String(says),
      }),
    ),
    {
      name: 'entries without a platform',
      prepare: indexed(
        (entries) => {
          for (const entry of entries) entry.platform = undefined;
        },
        ...AMD64,
      ),
      pulls: ['skopeo', 'podman', 'crane', 'containerd'],
      says: 'pullable',
      why: 'oras does not read the platform from the config.',
    },
    {
      name: 'an OCI index with a Docker image',
      prepare: atRegistry((registry) => {
        registry.put('team/app', 'v1', createIndex([fresh('docker')]));
        return AMD64;
      }),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'a config of the type `application/octet-stream` in a Docker manifest',
      prepare: atRegistry((registry) => {
        const image = fresh('docker');
        const describe = ({ mediaType, digest, size }: ContentDescriptor): ContentDescriptor => ({
          mediaType,
          digest,
          size,
        });
        const config = { ...describe(image.config), mediaType: 'application/octet-stream' };
        const { mediaType } = image.manifest;
        const fields = { schemaVersion: 2, mediaType, config, layers: image.layers.map(describe) };
        registry.put('team/app', 'v1', { ...image, manifest: createContent(mediaType, fields) });
        return undefined;
      }),
      pulls: ['skopeo', 'podman', 'crane', 'containerd'],
      says: 'pullable',
      why: 'oras requires a known config type.',
    },
  ],
};

const ELSEWHERE = ['crane', 'oras', 'containerd'] as const;

export const PLAIN_HTTP: Group = {
  title: 'Plain HTTP',
  rows: [
    {
      name: '`insecure = true` in registries.conf, and a registry over plain HTTP',
      prepare: async ({ startRegistry, write }) => {
        const registry = await startRegistry({ host: '127.0.0.1' });
        registry.put('team/app', 'v1', fresh());
        // Under another name than a loopback address, for which http is tried anyway.
        const name = registry.name.replace('127.0.0.1', '0.0.0.0');
        const toml = `[[registry]]\nlocation = "${name}"\ninsecure = true\n`;
        const registriesConf = write('registries.conf', toml);
        return { image: `${name}/team/app:v1`, registriesConf, args: ['--mirrors-from', registriesConf] };
      },
      pulls: ['skopeo', 'podman'],
      without: ELSEWHERE,
      says: 'pullable',
    },
  ],
};
