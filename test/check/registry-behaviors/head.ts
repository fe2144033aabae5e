// HEAD and GET: when the headers suffice, and when they do not.

import { digestOf } from '../../../src/core/digest.ts';
import { descriptorOf, dockerImageOf, imageOf, indexOf, linux } from '../../support/images.ts';
import { refuses, serveImage, serves, tagged } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const IMAGE = imageOf();
const INDEX = indexOf([descriptorOf(IMAGE, linux('amd64'))]);
const OTHER = imageOf({ os: 'linux', architecture: 's390x' });
const MANIFEST = '/v2/team/app/manifests/1';
const HEAD = `HEAD ${MANIFEST}`;
const GET = `GET ${MANIFEST}`;
const BY_DIGEST = `/v2/team/app/manifests/${IMAGE.digest}`;
const pinned = { image: `registry.example/team/app@${IMAGE.digest}` };
const SERVED = serves(IMAGE);
const SHA512 = digestOf(IMAGE.bytes, `sha512:${'0'.repeat(128)}`);

export const HEADS: readonly RegistryBehavior[] = [
  { name: 'one request is enough', script: { [GET]: SERVED }, requests: 1 },
  { name: 'Docker Hub, an index by its headers', image: 'team/app:1', script: { [HEAD]: serves(INDEX) }, requests: 1 },
  {
    name: 'Docker Hub, a Docker image by its headers',
    image: 'team/app:1',
    script: { [HEAD]: serves(dockerImageOf()) },
    requests: 1,
  },
  {
    name: 'Docker Hub, a possible artifact is read',
    image: 'team/app:1',
    script: { [HEAD]: SERVED, [GET]: SERVED },
    requests: 2,
  },
  { name: '--proof head trusts the headers', proof: 'head', script: { [HEAD]: SERVED }, requests: 1 },
  { name: 'HEAD is not supported', proof: 'head', script: { [HEAD]: { status: 405 }, [GET]: SERVED }, requests: 2 },
  {
    name: 'HEAD is not implemented',
    proof: 'head',
    script: { [HEAD]: { status: 501 }, [GET]: SERVED },
    warnings: ['manifest-head'],
    requests: 2,
  },
  {
    name: 'HEAD is denied without a body, GET says why',
    proof: 'head',
    script: {
      [HEAD]: { status: 403 },
      [GET]: refuses(403, 'DENIED', "client with IP '1.2.3.4' is not allowed access."),
    },
    reason: 'denied',
    cause: 'network-block',
    requests: 2,
    message: /1\.2\.3\.4/,
  },
  {
    name: 'HEAD returns 404, GET the manifest',
    proof: 'head',
    script: { [HEAD]: { status: 404 }, [GET]: SERVED },
    warnings: ['manifest-head'],
    requests: 2,
  },
  {
    name: 'HEAD is refused by a 401 without a challenge',
    proof: 'head',
    script: { [HEAD]: { status: 401 }, [GET]: SERVED, 'GET /v2/': { body: '{}' } },
    warnings: ['manifest-head'],
    requests: 3,
  },
  {
    name: 'HEAD closes the connection',
    proof: 'head',
    script: { [HEAD]: { fails: { kind: 'tcp', phase: 'headers', code: 'UND_ERR_SOCKET' } }, [GET]: SERVED },
    warnings: ['manifest-head'],
    requests: 2,
  },
  {
    name: 'the manifest is always compressed, without a digest',
    script: {
      [GET]: {
        body: IMAGE.bytes,
        headers: { 'content-type': IMAGE.mediaType, 'content-encoding': 'gzip', 'content-length': '40' },
      },
    },
    requests: 1,
  },
  {
    name: 'HEAD has another length than the manifest',
    proof: 'layers',
    script: {
      ...serveImage(IMAGE),
      ...tagged(IMAGE),
      [`HEAD ${BY_DIGEST}`]: serves(IMAGE, { 'content-length': '4000' }),
    },
    warnings: ['manifest-head'],
    requests: 5,
  },
  {
    name: 'HEAD is refused, for every layer',
    proof: 'layers',
    script: {
      ...serveImage(IMAGE),
      ...tagged(IMAGE),
      [`HEAD ${BY_DIGEST}`]: { status: 403 },
      [`GET ${BY_DIGEST}`]: SERVED,
    },
    warnings: ['manifest-head'],
    requests: 6,
  },
  {
    name: 'the manifest is always compressed, and has a length',
    script: {
      [GET]: serves(IMAGE, { 'content-encoding': 'gzip', 'content-length': '40' }),
    },
    warnings: ['manifest-head'],
    requests: 1,
  },
  {
    name: 'the manifest is always compressed, without a length',
    script: {
      [GET]: {
        body: IMAGE.bytes,
        headers: { 'content-type': IMAGE.mediaType, 'content-encoding': 'gzip', 'docker-content-digest': IMAGE.digest },
      },
    },
    requests: 1,
  },
  {
    name: 'a digest header that is not a digest',
    script: { [GET]: serves(IMAGE, { 'docker-content-digest': 'none' }) },
    warnings: ['digest-header-mismatch'],
    requests: 1,
  },
  {
    name: 'a digest header of another algorithm',
    script: { [GET]: serves(IMAGE, { 'docker-content-digest': SHA512 }) },
    warnings: ['digest-header-mismatch'],
    requests: 1,
  },
  {
    name: 'a digest header of another algorithm, in the response to a HEAD',
    proof: 'head',
    script: { [HEAD]: serves(IMAGE, { 'docker-content-digest': SHA512 }), [GET]: SERVED },
    warnings: ['digest-header-mismatch'],
    requests: 2,
  },
  {
    name: 'a digest header that is empty',
    script: { [GET]: serves(IMAGE, { 'docker-content-digest': '' }) },
    requests: 1,
  },
  {
    name: 'a manifest by its sha512 digest',
    image: `registry.example/team/app@${SHA512}`,
    script: { [`GET /v2/team/app/manifests/${SHA512}`]: SERVED },
    reason: 'corrupt',
    requests: 1,
    message: /exists, but podman, crane and containerd cannot pull by a sha512 digest\.$/,
    hint: new RegExp(IMAGE.digest),
  },
  {
    name: 'a manifest by its sha512 digest, --proof head',
    image: `registry.example/team/app@${SHA512}`,
    proof: 'head',
    script: {
      [`HEAD /v2/team/app/manifests/${SHA512}`]: serves(IMAGE, { 'docker-content-digest': SHA512 }),
      [`GET /v2/team/app/manifests/${SHA512}`]: SERVED,
    },
    reason: 'corrupt',
    requests: 2,
  },
  {
    name: 'a missing manifest by its sha512 digest',
    image: `registry.example/team/app@${SHA512}`,
    script: { [`GET /v2/team/app/manifests/${SHA512}`]: refuses(404, 'MANIFEST_UNKNOWN', 'manifest unknown') },
    reason: 'not-found',
    cause: 'digest',
    requests: 1,
  },
  {
    name: 'HEAD without a digest',
    proof: 'head',
    script: { [HEAD]: { headers: { 'content-type': IMAGE.mediaType } }, [GET]: SERVED },
    requests: 2,
  },
  {
    name: 'HEAD with an invalid digest',
    proof: 'head',
    script: { [HEAD]: serves(IMAGE, { 'docker-content-digest': 'sha256:../../x' }), [GET]: SERVED },
    warnings: ['digest-header-mismatch'],
    requests: 2,
  },
  {
    name: 'HEAD without a media type',
    proof: 'head',
    script: { [HEAD]: serves(IMAGE, { 'content-type': 'application/json' }), [GET]: SERVED },
    warnings: ['manifest-head'],
    requests: 2,
  },
  {
    name: 'HEAD is redirected to a URL that is signed for GET',
    proof: 'head',
    script: {
      [HEAD]: { status: 307, headers: { location: 'https://store.example/x' } },
      'HEAD https://store.example/x': { status: 403 },
      [GET]: { status: 307, headers: { location: 'https://store.example/x' } },
      'GET https://store.example/x': SERVED,
    },
    warnings: ['manifest-head'],
    requests: 4,
  },
  {
    name: 'HEAD has length 0, GET has the manifest',
    proof: 'head',
    script: { [HEAD]: serves(IMAGE, { 'content-length': '0' }), [GET]: SERVED },
    warnings: ['manifest-head'],
    requests: 2,
  },
  {
    name: 'HEAD and GET are empty',
    proof: 'head',
    script: {
      [HEAD]: serves(IMAGE, { 'content-length': '0' }),
      [GET]: { headers: { 'content-type': IMAGE.mediaType } },
    },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 2,
    message: /^registry\.example returned 200 with an empty body instead of a manifest\.$/,
  },
  {
    name: 'HEAD has a shorter length than any manifest',
    proof: 'head',
    script: { [HEAD]: serves(IMAGE, { 'content-length': '71' }), [GET]: SERVED },
    warnings: ['manifest-head'],
    requests: 2,
  },
  {
    name: 'HEAD has a greater length than runtimes accept',
    proof: 'head',
    script: { [HEAD]: serves(IMAGE, { 'content-length': '4194305' }) },
    reason: 'corrupt',
    requests: 1,
    message: /^The manifest is larger than 4 MiB, which runtimes reject\.$/,
  },
  {
    name: 'Docker Hub, HEAD has a greater length than runtimes accept',
    image: 'team/app:1',
    script: { [HEAD]: serves(INDEX, { 'content-length': '9000000' }) },
    reason: 'corrupt',
    requests: 1,
  },
  {
    name: 'HEAD has the greatest length that runtimes accept',
    proof: 'head',
    script: { [HEAD]: serves(IMAGE, { 'content-length': '4194304' }) },
    requests: 1,
  },
  {
    name: 'HEAD has the length of an encoded body',
    proof: 'head',
    script: { [HEAD]: serves(IMAGE, { 'content-length': '40', 'content-encoding': 'gzip' }) },
    warnings: ['manifest-head'],
    requests: 1,
  },
  {
    name: 'HEAD has no length',
    proof: 'head',
    script: {
      [HEAD]: { headers: { 'content-type': IMAGE.mediaType, 'docker-content-digest': IMAGE.digest } },
    },
    requests: 1,
  },
  {
    name: 'HEAD of a digest with another digest in the header',
    ...pinned,
    proof: 'head',
    script: { [`HEAD ${BY_DIGEST}`]: serves(OTHER), [`GET ${BY_DIGEST}`]: SERVED },
    warnings: ['digest-header-mismatch'],
    requests: 2,
  },
  {
    name: 'HEAD returns 429',
    proof: 'head',
    script: { [HEAD]: { status: 429 } },
    reason: 'rate-limited',
    cause: 'too-many-requests',
    requests: 1,
  },
  {
    name: 'HEAD returns 503',
    proof: 'head',
    script: { [HEAD]: { status: 503 } },
    reason: 'registry-error',
    cause: 'registry',
    requests: 1,
  },
  {
    name: 'HEAD fails',
    proof: 'head',
    script: { [HEAD]: { fails: { kind: 'dns', code: 'ENOTFOUND' } } },
    reason: 'unreachable',
    cause: 'dns',
    requests: 1,
  },
  {
    name: 'a Warning header',
    script: { [GET]: serves(IMAGE, { warning: '299 - "this registry will close in May"' }) },
    warnings: ['registry-warning'],
    requests: 1,
  },
  { name: 'an invalid Warning header', script: { [GET]: serves(IMAGE, { warning: '299 - x' }) }, requests: 1 },
];
