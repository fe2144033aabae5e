// What comes with a 200: digests, media types, documents that are none.

import { contentOf, descriptorOf, imageOf, indexOf, layerOf, linux } from '../../support/image-bytes.ts';
import { html, serves } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const IMAGE = imageOf();
const INDEX = indexOf([descriptorOf(IMAGE, linux('amd64'))]);
const OTHER = imageOf({ os: 'linux', architecture: 's390x' });
const MANIFEST = '/v2/team/app/manifests/1';
const GET = `GET ${MANIFEST}`;
const BY_DIGEST = `/v2/team/app/manifests/${IMAGE.digest}`;
const pinned = { image: `registry.example/team/app@${IMAGE.digest}` };

/** As served, but called `contentType`. */
const called = (contentType: string, body: object | string | Uint8Array = IMAGE.bytes) => ({
  headers: { 'content-type': contentType },
  body,
});

export const CONTENT: readonly RegistryBehavior[] = [
  {
    name: 'a sloppy header, by tag',
    script: { [GET]: serves(IMAGE, { 'docker-content-digest': OTHER.digest }) },
    warnings: ['digest-header-mismatch'],
    requests: 1,
  },
  {
    name: 'a sloppy header, by digest',
    ...pinned,
    script: { [`GET ${BY_DIGEST}`]: serves(IMAGE, { 'docker-content-digest': OTHER.digest }) },
    warnings: ['digest-header-mismatch'],
    requests: 1,
  },
  {
    name: 'other bytes than the digest that was asked for, under its own name',
    ...pinned,
    script: { [`GET ${BY_DIGEST}`]: serves(OTHER, { 'docker-content-digest': IMAGE.digest }) },
    reason: 'corrupt',
    requests: 1,
    says: new RegExp(`^Requested ${IMAGE.digest}, but the content has ${OTHER.digest}: do not use it\\.$`),
  },
  {
    name: 'a content type that says nothing',
    script: { [GET]: called('application/json; charset=utf-8') },
    requests: 1,
  },
  {
    name: 'no content type, and no media type inside',
    script: {
      [GET]: { body: contentOf({ schemaVersion: 2, manifests: [descriptorOf(IMAGE, linux('amd64'))] }, '').bytes },
    },
    requests: 1,
  },
  {
    name: 'an error by 200',
    script: { [GET]: { body: { errors: [{ code: 'UNKNOWN', message: 'oops' }] } } },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
    says: /^registry\.example returned 200, but with an error message instead of a manifest\.$/,
  },
  {
    name: 'an error by 200, called a manifest',
    script: { [GET]: called(IMAGE.mediaType, { errors: [] }) },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
  },
  { name: 'nothing by 200', script: { [GET]: {} }, reason: 'not-a-registry', cause: 'not-oci', requests: 1 },
  {
    name: 'the JSON of another service',
    script: { [GET]: { body: { status: 'up', config: {} } } },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
  },
  {
    name: 'a page in place of the digest that was asked for',
    ...pinned,
    script: { [`GET ${BY_DIGEST}`]: html(200) },
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 1,
  },
  { name: 'a manifest called text', script: { [GET]: called('text/plain') }, requests: 1 },
  {
    name: 'schema 1 called text',
    script: { [GET]: called('text/plain', '{"schemaVersion":1,"fsLayers":[]}') },
    reason: 'legacy-schema1',
    requests: 1,
  },
  {
    name: 'schema 1 although nobody asked for it',
    script: { [GET]: called('application/vnd.docker.distribution.manifest.v1+prettyjws', '{"schemaVersion":1}') },
    reason: 'legacy-schema1',
    requests: 1,
    advises: /Docker 28\.2\+ and containerd 2\.1\+/,
  },
  {
    name: 'a manifest without an end',
    script: { [GET]: called(IMAGE.mediaType, `{"x":"${'x'.repeat(4 * 1024 * 1024)}"}`) },
    reason: 'corrupt',
    requests: 1,
    says: /^The manifest is larger than 4 MiB, which runtimes refuse to read\.$/,
  },
  {
    name: 'a manifest cut short',
    script: { [GET]: called(IMAGE.mediaType, IMAGE.bytes.subarray(0, 50)) },
    reason: 'corrupt',
    requests: 1,
    says: /^The manifest is not valid JSON\.$/,
  },
  {
    name: 'a manifest of nothing',
    script: { [GET]: called(IMAGE.mediaType, '') },
    reason: 'corrupt',
    requests: 1,
    says: /^The manifest is empty\.$/,
  },
  {
    name: 'a media type that contradicts its header',
    script: { [GET]: called(INDEX.mediaType) },
    reason: 'corrupt',
    requests: 1,
    says: /says it is application\/vnd\.oci\.image\.manifest\.v1\+json, but the registry calls it application\/vnd\.oci\.image\.index/,
  },
  {
    name: 'an index and an image at once',
    script: { [GET]: serves(imageOf(undefined, undefined, { manifests: [] })) },
    reason: 'corrupt',
    requests: 1,
    says: /mixes an index and an image/,
  },
  {
    name: 'a digest that would lead elsewhere',
    script: { [GET]: serves(imageOf(undefined, [{ ...layerOf('x'), digest: 'sha256:../../../x' as never }])) },
    reason: 'corrupt',
    requests: 1,
    says: /has no valid layers\[0\]\.digest\.$/,
  },
];
