// Rows of the witness suite: HEAD, the header with the digest, and digests of other algorithms.

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Content } from '../../src/demo/content.ts';
import { createImage } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import type { EmbeddedRegistry } from '../../src/demo/registry.ts';
import { contentType, type Fault, replyWith, reset } from '../support/faults.ts';
import type { ClientName } from './client.ts';
import { edit, type Fields, text } from './manifests.ts';
import { atRegistry, type Group, isManifest, type Situation } from './situation.ts';

/** HEAD of the manifest is answered so. */
const byHead = (fault: Fault, proof = 'head'): Situation['prepare'] =>
  atRegistry((registry) => {
    const image = createImage({ text: text() });
    registry.put('team/app', 'v1', image);
    registry.inject(fault, { method: 'HEAD', where: isManifest });
    return ['--proof', proof];
  });

const UNASKED = 'containerd resolves a tag by HEAD: a warning, where the check sends one (`--proof head`, `--layers`).';

const headRow = (name: string, fault: Fault, warning: string, proof?: string): Situation => ({
  name,
  prepare: byHead(fault, proof),
  pulls: ['skopeo', 'podman', 'crane', 'oras'],
  says: 'pullable',
  warns: [warning],
  why: UNASKED,
});

const digestHeader = (value: string): Situation['prepare'] =>
  atRegistry((registry) => {
    registry.put('team/app', 'v1', createImage({ text: text() }));
    registry.inject({ headers: { 'docker-content-digest': value } }, { where: isManifest });
    return undefined;
  });

const byHeader = (name: string, value: string, pulls: readonly ClientName[]): Situation => ({
  name,
  prepare: digestHeader(value),
  pulls,
  says: 'pullable',
  warns: ['digest-header-mismatch'],
  why: 'docker, podman and crane compute the digest of a tag; containerd goes by the header: a warning.',
});

const HEADERS = ['skopeo', 'podman', 'crane'] as const;

export const HEADS: Group = {
  title: 'HEAD and the digest of a manifest',
  rows: [
    ...[400, 401, 403, 404, 500, 501].map((status) =>
      headRow(`HEAD of a manifest answered with ${status}`, { reply: { status, headers: {} } }, 'manifest-head'),
    ),
    headRow(
      'HEAD of a manifest answered with 403, and every layer checked',
      { reply: { status: 403, headers: {} } },
      'manifest-head',
      'layers',
    ),
    headRow('HEAD of a manifest without a response', reset(), 'manifest-head'),
    headRow(
      'HEAD of a manifest with another length',
      { headers: { 'content-length': '7' } },
      'manifest-head',
      'layers',
    ),
    headRow('HEAD of a manifest with another type', contentType('application/json'), 'manifest-head', 'layers'),
    headRow(
      'HEAD of a manifest with another digest',
      { headers: { 'docker-content-digest': `sha256:${'1'.repeat(64)}` } },
      'digest-header-mismatch',
      'layers',
    ),
    {
      name: 'HEAD of a manifest not supported (405)',
      prepare: byHead({ reply: { status: 405, headers: {} } }),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'HEAD of a manifest without a digest',
      prepare: byHead({ headers: { 'docker-content-digest': undefined } }),
      pulls: 'all',
      says: 'pullable',
    },
    byHeader('a digest header that is not a digest', 'nonsense', HEADERS),
    byHeader('a digest header with another digest', `sha256:${'0'.repeat(64)}`, HEADERS),
    byHeader('a digest header in upper case', `SHA256:${'A'.repeat(64)}`, HEADERS),
    {
      name: 'an empty digest header',
      prepare: digestHeader(''),
      pulls: 'all',
      says: 'pullable',
    },
    {
      name: 'a manifest that is always compressed, with its length',
      prepare: atRegistry((registry) => {
        registry.put('team/app', 'v1', createImage({ text: text() }));
        registry.inject(
          { headers: { 'content-encoding': 'gzip' }, changeBody: (body) => gzipSync(body) },
          { where: isManifest },
        );
        return undefined;
      }),
      pulls: HEADERS,
      says: 'pullable',
      warns: ['manifest-head'],
      why: 'containerd takes the length in the response to a HEAD for the size, oras that of the response: a warning.',
    },
    {
      name: 'an empty manifest',
      prepare: atRegistry((registry) => {
        registry.put('team/app', 'v1', createImage({ text: text() }));
        registry.inject({ changeBody: () => new Uint8Array() }, { where: isManifest });
        return undefined;
      }),
      pulls: [],
      says: 'not-a-registry/not-oci',
    },
  ],
};

const SHA512 = (bytes: Uint8Array): string => `sha512:${createHash('sha512').update(bytes).digest('hex')}`;

/** The content is also served by its sha512 digest. */
const alsoBySha512 = (registry: EmbeddedRegistry, { bytes, mediaType }: Content): string => {
  const digest = SHA512(bytes);
  const headers = { 'content-type': mediaType, 'docker-content-digest': digest };
  registry.inject(replyWith({ status: 200, headers, body: bytes }), { path: new RegExp(`/${digest}$`) });
  return digest;
};

const ORAS_ONLY = 'oras copies it; no runtime accepts another algorithm there.';

export const ALGORITHMS: Group = {
  title: 'Digests of another algorithm than sha256',
  rows: [
    {
      name: 'an image by its sha512 digest',
      prepare: async ({ startRegistry }) => {
        const registry = await startRegistry();
        const image = createImage({ text: text() });
        registry.put('team/app', 'v1', image);
        return { image: `${registry.name}/team/app@${alsoBySha512(registry, image.manifest)}` };
      },
      pulls: ['oras'],
      says: 'corrupt',
      why: ORAS_ONLY,
    },
    {
      name: 'an index that lists the image by sha512',
      prepare: atRegistry((registry) => {
        const image = createImage({ text: text() });
        const digest = alsoBySha512(registry, image.manifest);
        const index = createIndex([image]);
        const change = ({ manifests }: { manifests: Record<string, unknown>[] }): void => {
          for (const entry of manifests) entry.digest = digest;
        };
        registry.put('team/app', 'v1', { ...index, manifest: edit(index.manifest, change) });
        return ['--platform', 'linux/amd64'];
      }),
      pulls: ['oras'],
      says: 'corrupt',
      why: ORAS_ONLY,
    },
    ...(['config', 'layers'] as const).map(
      (part): Situation => ({
        name: part === 'config' ? 'a config by its sha512 digest' : 'a layer by its sha512 digest',
        prepare: atRegistry((registry) => {
          const image = createImage({ text: text() });
          const content = part === 'config' ? image.config : (image.layers[0] as Content);
          const digest = alsoBySha512(registry, content);
          const change = ({ config, layers }: Fields): void => {
            for (const descriptor of part === 'config' ? [config] : layers) descriptor.digest = digest;
          };
          registry.put('team/app', 'v1', { ...image, manifest: edit(image.manifest, change) });
          return ['--layers'];
        }),
        pulls: part === 'config' ? ['oras'] : ['podman', 'oras'],
        says: part === 'config' ? 'corrupt' : 'pullable',
        ...(part === 'layers' && { warns: ['layer-descriptor'] }),
        why: part === 'config' ? ORAS_ONLY : 'podman stores it, containerd does not: a warning.',
      }),
    ),
  ],
};
