// The content of a 200: digests, media types, invalid documents.

import { shortDigest } from '../../../src/core/digest.ts';
import { contentOf, descriptorOf, dockerImageOf, imageOf, indexOf, layerOf, linux } from '../../support/images.ts';
import { html, serves } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const IMAGE = imageOf();
const INDEX = indexOf([descriptorOf(IMAGE, linux('amd64'))]);
const OTHER = imageOf({ os: 'linux', architecture: 's390x' });
const ENCRYPTED = 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted';
const MANIFEST = '/v2/team/app/manifests/1';
const GET = `GET ${MANIFEST}`;
const BY_DIGEST = `/v2/team/app/manifests/${IMAGE.digest}`;
const pinned = { image: `registry.example/team/app@${IMAGE.digest}` };

/** With another content type. */
const called = (contentType: string, body: object | string | Uint8Array = IMAGE.bytes) => ({
  headers: { 'content-type': contentType },
  body,
});

export const CONTENT: readonly RegistryBehavior[] = [
  {
    name: 'a wrong digest header, by tag',
    script: { [GET]: serves(IMAGE, { 'docker-content-digest': OTHER.digest }) },
    warnings: ['digest-header-mismatch'],
    requests: 1,
  },
  {
    name: 'a wrong digest header, by digest',
    ...pinned,
    script: { [`GET ${BY_DIGEST}`]: serves(IMAGE, { 'docker-content-digest': OTHER.digest }) },
    warnings: ['digest-header-mismatch'],
    requests: 1,
  },
  {
    name: 'other content than the requested digest, with its own digest in the header',
    ...pinned,
    script: { [`GET ${BY_DIGEST}`]: serves(OTHER, { 'docker-content-digest': IMAGE.digest }) },
    reason: 'corrupt',
    cause: 'digest-mismatch',
    requests: 1,
    message: new RegExp(
      `^Requested ${shortDigest(IMAGE.digest)}, but registry\\.example returned content with the digest ${shortDigest(OTHER.digest)}\\.$`,
    ),
    hint: /^Do not use it: /,
  },
  {
    name: 'a generic content type',
    script: { [GET]: called('application/json; charset=utf-8') },
    reason: 'corrupt',
    cause: 'media-type',
    requests: 1,
    message:
      /^The manifest from registry\.example is served as application\/json; charset=utf-8; docker, podman, skopeo and containerd reject it, although the content is a valid image manifest\.$/,
    hint: /send Content-Type: application\/vnd\.oci\.image\.manifest\.v1\+json\.$/,
  },
  {
    name: 'no content type, and no mediaType field',
    script: {
      [GET]: { body: contentOf({ schemaVersion: 2, manifests: [descriptorOf(IMAGE, linux('amd64'))] }, '').bytes },
    },
    reason: 'corrupt',
    cause: 'media-type',
    requests: 1,
  },
  {
    name: 'an error with status 200',
    script: { [GET]: { body: { errors: [{ code: 'UNKNOWN', message: 'oops' }] } } },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
    message: /^registry\.example returned 200 with an error message instead of a manifest\.$/,
  },
  {
    name: 'an error with status 200, served as a manifest',
    script: { [GET]: called(IMAGE.mediaType, { errors: [] }) },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
  },
  { name: 'an empty 200', script: { [GET]: {} }, reason: 'not-a-registry', cause: 'not-oci', requests: 1 },
  {
    name: 'JSON of another web service',
    script: { [GET]: { body: { status: 'up', config: {} } } },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
  },
  {
    name: 'a web page instead of the requested digest',
    ...pinned,
    script: { [`GET ${BY_DIGEST}`]: html(200) },
    reason: 'not-a-registry',
    cause: 'intercepted',
    requests: 1,
  },
  {
    name: 'a manifest served as text',
    script: { [GET]: called('text/plain') },
    reason: 'corrupt',
    cause: 'media-type',
    requests: 1,
  },
  {
    name: 'schema 1 served as text',
    script: { [GET]: called('text/plain', '{"schemaVersion":1,"fsLayers":[]}') },
    reason: 'legacy-schema1',
    requests: 1,
  },
  {
    name: 'schema 1 although it was not accepted',
    script: { [GET]: called('application/vnd.docker.distribution.manifest.v1+prettyjws', '{"schemaVersion":1}') },
    reason: 'legacy-schema1',
    requests: 1,
    message:
      /\(application\/vnd\.docker\.distribution\.manifest\.v1\+prettyjws\), which Docker 26\+ and containerd 2\.0\+ refuse by default \(28\.2\+ and 2\.1\+ always\)\.$/,
    hint: /`skopeo copy --format v2s2 docker:\/\/registry\.example\/team\/app:1 docker:\/\/registry\.example\/team\/app:1-v2`\.$/,
  },
  {
    name: 'an endless manifest',
    script: { [GET]: called(IMAGE.mediaType, `{"x":"${'x'.repeat(4 * 1024 * 1024)}"}`) },
    reason: 'corrupt',
    requests: 1,
    message: /^The manifest is larger than 4 MiB, which runtimes reject\.$/,
  },
  {
    name: 'a truncated manifest',
    script: { [GET]: called(IMAGE.mediaType, IMAGE.bytes.subarray(0, 50)) },
    reason: 'corrupt',
    requests: 1,
    message: /^The manifest is not valid JSON\.$/,
  },
  {
    name: 'an empty manifest',
    script: { [GET]: called(IMAGE.mediaType, '') },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 1,
    message: /^registry\.example returned 200 with an empty body instead of a manifest\.$/,
  },
  {
    name: 'a media type that contradicts the header',
    script: { [GET]: called(INDEX.mediaType) },
    reason: 'corrupt',
    cause: 'media-type',
    requests: 1,
    message:
      /says it is application\/vnd\.oci\.image\.manifest\.v1\+json, but the registry serves it as application\/vnd\.oci\.image\.index/,
  },
  {
    name: 'an index and an image in one document',
    script: { [GET]: serves(imageOf(undefined, undefined, { manifests: [] })) },
    reason: 'corrupt',
    requests: 1,
    message: /mixes an index and an image/,
  },
  {
    name: 'a digest with a path in it',
    script: { [GET]: serves(imageOf(undefined, [{ ...layerOf('x'), digest: 'sha256:../../../x' as never }])) },
    reason: 'corrupt',
    requests: 1,
    message: /has no valid layers\[0\]\.digest\.$/,
  },
  {
    name: 'one encrypted layer',
    script: { [GET]: serves(imageOf(undefined, [layerOf('x'), layerOf('y', ENCRYPTED)])) },
    warnings: ['layer-media-type'],
    requests: 1,
  },
  {
    name: 'encrypted layers only',
    script: { [GET]: serves(imageOf(undefined, [layerOf('x', ENCRYPTED), layerOf('y', ENCRYPTED)])) },
    reason: 'not-an-image',
    requests: 1,
    message: /^Every layer of registry\.example\/team\/app:1 is encrypted: /,
    hint: /^Push it unencrypted, or give every node the key/,
  },
  {
    name: 'layers of an unknown type only',
    script: { [GET]: serves(imageOf(undefined, [layerOf('x', 'x/y')])) },
    reason: 'not-an-image',
    requests: 1,
    message: /^No layer of registry\.example\/team\/app:1 can be unpacked: x\/y is not a layer media type\.$/,
  },
  {
    name: 'a layer of OCI in a manifest of Docker',
    script: { [GET]: serves(dockerImageOf()) },
    warnings: ['layer-media-type'],
    requests: 1,
  },
];
