// Rows of the witness suite: the media type and the fields of manifests and indexes.

import { type Content, createContent, describeContent } from '../../src/demo/content.ts';
import { createImage, type ImageOptions } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { contentType } from '../support/faults.ts';
import type { ClientName } from './client.ts';
import { atRegistry, type Group, isManifest, type Situation } from './situation.ts';

const OCI = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';

const CRANE_ONLY = 'crane reads any manifest; docker, podman and containerd refuse it, and nodes pull with those.';
const PARSED = 'docker and podman parse the type, containerd compares it: a warning says that some refuse it.';
const AS_SERVED = 'podman and docker go by the served type, containerd accepts both: a warning.';
const BY_INDEX = 'containerd takes the type from the index, docker and podman from the response: a warning says so.';

let made = 0;
/** Another image for every row: no client may have it already. */
export const text = (): string => {
  made += 1;
  return `manifest ${made}`;
};

const served = (type: string | undefined, options: ImageOptions = {}): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({ text: text(), ...options });
    // Stored under the type, so that the registry does not negotiate another one.
    registry.put('team/app', 'v1', { ...image, manifest: { ...image.manifest, mediaType: type ?? OCI } });
    if (type === undefined) registry.inject(contentType(undefined), { where: isManifest });
    return undefined;
  });

const servedIndex = (type: string, options: { flavor?: 'docker' } = {}): Situation['prepare'] =>
  atRegistry((registry) => {
    const index = createIndex([createImage({ text: text(), ...options })], options);
    registry.put('team/app', 'v1', { ...index, manifest: { ...index.manifest, mediaType: type } });
    return ['--platform', 'linux/amd64'];
  });

const servedChild = (type: string | undefined): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({ text: text() });
    registry.put('team/app', 'v1', createIndex([image]));
    registry.inject(contentType(type), { where: ({ path }) => path.endsWith(image.manifest.digest) });
    return ['--platform', 'linux/amd64'];
  });

const refused = (type: string | undefined): Situation => ({
  name: type === undefined ? 'a manifest without a Content-Type' : `a manifest served as \`${type}\``,
  prepare: served(type),
  pulls: ['crane'],
  says: 'corrupt/media-type',
  why: CRANE_ONLY,
});

const warned = (name: string, prepare: Situation['prepare'], pulls: readonly ClientName[], why: string): Situation => ({
  name,
  prepare,
  pulls,
  says: 'pullable',
  warns: ['manifest-media-type'],
  why,
});

export const MEDIA_TYPES: Group = {
  title: 'The media type of a manifest',
  rows: [
    { name: 'a manifest served with its own type', prepare: served(OCI), pulls: 'all', says: 'pullable' },
    ...['; charset=utf-8', ';charset=utf-8', ';'].map(
      (parameters): Situation => ({
        name: `the same, with \`${parameters}\` after it`,
        prepare: served(`${OCI}${parameters}`),
        pulls: 'all',
        says: 'pullable',
      }),
    ),
    ...['application/octet-stream', 'application/json', 'text/plain', 'text/html', 'binary/octet-stream', 'x'].map(
      refused,
    ),
    refused('text/plain; charset=utf-8'),
    refused(`${OCI} x`),
    refused('application/vnd.oci.image.config.v1+json'),
    refused(undefined),
    {
      name: 'an index served as `application/json`',
      prepare: servedIndex('application/json'),
      pulls: [],
      says: 'corrupt/media-type',
    },
    {
      name: 'a manifest served as an index',
      prepare: served(INDEX),
      pulls: [],
      says: 'corrupt/media-type',
    },
    { name: 'an index served as a manifest', prepare: servedIndex(OCI), pulls: [], says: 'corrupt/media-type' },
    warned('the type in upper case', served(OCI.toUpperCase()), ['skopeo', 'podman', 'crane', 'oras'], PARSED),
    warned('a parameter without a value', served(`${OCI}; charset`), ['crane', 'containerd'], PARSED),
    {
      ...warned('an OCI manifest served as a Docker manifest', served(DOCKER), ['crane', 'containerd'], AS_SERVED),
      warns: ['manifest-media-type', 'layer-media-type'],
    },
    warned(
      'a Docker manifest served as an OCI manifest',
      served(OCI, { flavor: 'docker' }),
      ['skopeo', 'crane', 'containerd'],
      AS_SERVED,
    ),
    {
      name: 'an OCI index served as a Docker manifest list',
      prepare: servedIndex(LIST),
      pulls: 'all',
      says: 'pullable',
      warns: ['manifest-media-type'],
    },
    {
      name: 'a Docker manifest list served as an OCI index',
      prepare: servedIndex(INDEX, { flavor: 'docker' }),
      pulls: 'all',
      says: 'pullable',
      warns: ['manifest-media-type'],
    },
    {
      name: 'a manifest that says it is of an unknown type',
      prepare: served(OCI, { manifest: { mediaType: 'application/json' } }),
      pulls: 'all',
      says: 'pullable',
      warns: ['manifest-media-type'],
    },
    ...[DOCKER, INDEX, 'application/json', undefined].map((type) =>
      warned(
        `a platform's manifest ${type === undefined ? 'without a Content-Type' : `served as \`${type}\``}`,
        servedChild(type),
        ['crane', 'containerd'],
        BY_INDEX,
      ),
    ),
  ],
};

export type Fields = Record<string, unknown> & { config: Record<string, unknown>; layers: Record<string, unknown>[] };

/** The manifest of an image, changed by hand. */
const changed = (change: (fields: Fields) => void, ...args: string[]): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({ text: text() });
    registry.put('team/app', 'v1', { ...image, manifest: edit(image.manifest, change) });
    return args;
  });

const changedIndex = (change: (fields: { manifests?: unknown; [field: string]: unknown }) => void) =>
  atRegistry((registry) => {
    const index = createIndex([createImage({ text: text() })]);
    registry.put('team/app', 'v1', { ...index, manifest: edit(index.manifest, change) });
    return ['--platform', 'linux/amd64'];
  });

export function edit<F>(manifest: Content, change: (fields: F) => void): Content {
  const fields = JSON.parse(Buffer.from(manifest.bytes).toString()) as F;
  change(fields);
  return createContent(manifest.mediaType, fields as object);
}

/** Of an image from scratch, whose config describes no layer either. */
const scratch = (layers: unknown): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({
      layers: [],
      config: { author: text() },
      manifest: { layers },
    });
    registry.put('team/app', 'v1', image);
    return ['--layers'];
  });

/** The size of the second is greater by this. */
const twice = (more: number): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({ text: text() });
    const [layer] = image.layers;
    const [diffId] = (JSON.parse(Buffer.from(image.config.bytes).toString()) as { rootfs: { diff_ids: string[] } })
      .rootfs.diff_ids;
    const config = { rootfs: { type: 'layers', diff_ids: [diffId, diffId] }, history: [], author: text() };
    const layers = [0, more].map((extra) => ({
      ...describeContent(layer as Content),
      size: (layer?.size ?? 0) + extra,
    }));
    const both = createImage({ text: text(), config });
    const manifest = edit<Fields>(both.manifest, (fields) => {
      fields.layers = layers;
    });
    registry.put('team/app', 'v1', { ...both, blobs: [both.config, layer as Content], manifest });
    return ['--layers'];
  });

/** A field of the manifest is added at its end once more. */
const repeated = (name: string): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({ text: text() });
    const { bytes, mediaType } = image.manifest;
    const document = `${Buffer.from(bytes).toString().slice(0, -1)},"${name}":2}`;
    registry.put('team/app', 'v1', { ...image, manifest: createContent(mediaType, document) });
    return undefined;
  });

const KUBELET = 'A copy works, but containerd refuses it, so a node cannot run it.';

export const FIELDS: Group = {
  title: 'The fields of a manifest',
  rows: [
    { name: 'a manifest without `layers`', prepare: scratch(undefined), pulls: 'all', says: 'pullable' },
    { name: '`layers` that are null', prepare: scratch(null), pulls: 'all', says: 'pullable' },
    { name: '`layers` that are empty', prepare: scratch([]), pulls: 'all', says: 'pullable' },
    {
      name: 'an index without `manifests`',
      prepare: changedIndex((fields) => {
        fields.manifests = undefined;
      }),
      pulls: [],
      says: 'not-an-image',
    },
    ...[undefined, null, 0, 1, 3].map(
      (version): Situation => ({
        name: `\`schemaVersion\` ${version === undefined ? 'absent' : version}`,
        prepare: changed((fields) => {
          fields.schemaVersion = version;
        }),
        pulls: 'all',
        says: 'pullable',
      }),
    ),
    {
      name: 'an annotation that is `true`',
      prepare: changed((fields) => {
        fields.annotations = { signed: true };
      }),
      pulls: [],
      says: 'corrupt',
    },
    {
      name: 'a layer without a media type',
      prepare: changed(({ layers }) => {
        for (const layer of layers) layer.mediaType = undefined;
      }),
      pulls: ['skopeo', 'podman', 'crane', 'oras'],
      says: 'corrupt',
      why: KUBELET,
    },
    {
      name: 'a layer without a size',
      prepare: changed(({ layers }) => {
        for (const layer of layers) layer.size = undefined;
      }),
      pulls: ['skopeo', 'podman'],
      says: 'corrupt',
      why: KUBELET,
    },
    {
      name: 'a layer with a wrong size',
      prepare: changed(({ layers }) => {
        for (const layer of layers) layer.size = Number(layer.size) + 1;
      }, '--layers'),
      pulls: ['skopeo', 'podman'],
      says: 'corrupt/layer',
      why: KUBELET,
    },
    {
      name: 'the same layer twice',
      prepare: twice(0),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'the same layer twice, with two sizes',
      prepare: twice(1),
      pulls: ['skopeo', 'podman', 'crane'],
      without: ['containerd'],
      says: 'corrupt',
      why: 'One of the sizes is wrong. oras refuses it, and containerd too, depending on which it fetches first.',
    },
    {
      name: 'a layer of 0 bytes',
      prepare: atRegistry((registry) => {
        registry.put(
          'team/app',
          'v1',
          createImage({ text: text(), layers: [new Uint8Array()], config: { author: text() } }),
        );
        return ['--layers'];
      }),
      pulls: ['skopeo', 'podman', 'crane', 'oras'],
      says: 'pullable',
      warns: ['layer-descriptor'],
      why: 'containerd refuses an empty layer: a warning.',
    },
    {
      name: 'a config of the size 0',
      prepare: changed(({ config }) => {
        config.size = 0;
      }),
      pulls: [],
      says: 'corrupt',
    },
    {
      name: 'the same field twice, spelled alike',
      prepare: repeated('schemaVersion'),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'the same field twice, in two spellings',
      prepare: repeated('SchemaVersion'),
      pulls: 'all',
      says: 'corrupt',
      why: 'The clients are written in Go, which takes the last; other readers take another one, so the manifest is ambiguous.',
    },
    {
      name: 'a config of the type `text/plain`, that of an image inside',
      prepare: changed(({ config }) => {
        config.mediaType = 'text/plain';
      }),
      pulls: ['skopeo', 'crane', 'containerd'],
      says: 'not-an-image',
      why: 'docker and podman refuse it; containerd ignores the type, and the hint says so.',
    },
    {
      name: 'a config of the type `text/plain` in a Docker manifest',
      prepare: atRegistry((registry) => {
        const image = createImage({ text: text(), flavor: 'docker' });
        const change = ({ config }: Fields): void => {
          config.mediaType = 'text/plain';
        };
        registry.put('team/app', 'v1', { ...image, manifest: edit(image.manifest, change) });
        return undefined;
      }),
      pulls: ['skopeo', 'podman', 'crane', 'containerd'],
      says: 'pullable',
      warns: ['config-media-type'],
      why: 'oras and docker require a known type: a warning.',
    },
    {
      name: 'a config without a digest',
      prepare: changed(({ config }) => {
        config.digest = undefined;
      }),
      pulls: ['skopeo'],
      says: 'corrupt',
      why: 'skopeo copies it; no runtime can run it.',
    },
    {
      name: 'a config that describes fewer layers than the manifest has',
      prepare: changed(
        ({ layers }) => {
          layers.push(...layers);
        },
        '--platform',
        'linux/amd64',
      ),
      pulls: ['skopeo', 'podman', 'crane', 'oras'],
      says: 'pullable',
      warns: ['layer-count'],
      why: 'docker and containerd refuse it, podman runs it: a warning, where the config is read.',
    },
  ],
};
