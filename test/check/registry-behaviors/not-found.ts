// What is missing, and what only seems so.

import { shortDigest } from '../../../src/core/digest.ts';
import { bearer, challenges, html, password, refuses, whenKnown } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';
import { SERVED, TOKEN } from './scripts.ts';

const MANIFEST = '/v2/team/app/manifests/1';
const HUB = { image: 'team/app:1' };
const notFound = (message = 'manifest unknown') => refuses(404, 'MANIFEST_UNKNOWN', message);
const DIGEST = `sha256:${'0'.repeat(64)}`;
const BY_DIGEST = `/v2/team/app/manifests/${DIGEST}`;

export const NOT_FOUND: readonly RegistryBehavior[] = [
  {
    name: 'Docker Hub, no such tag',
    ...HUB,
    script: { [`HEAD ${MANIFEST}`]: { status: 404 }, [`GET ${MANIFEST}`]: notFound() },
    reason: 'not-found',
    cause: 'tag',
    requests: 2,
    message: /^docker\.io\/team\/app has no tag 1\.$/,
    hint: /^The repository exists: check the tag's spelling/,
  },
  {
    name: 'a registry that does not distinguish tag and repository',
    script: { [MANIFEST]: notFound() },
    reason: 'not-found',
    requests: 1,
    message: /^registry\.example\/team\/app:1 does not exist: no such tag, or no such repository\.$/,
    hint: /^Check the spelling of the repository and the tag/,
  },
  {
    name: 'no such repository',
    script: { [MANIFEST]: refuses(404, 'NAME_UNKNOWN', 'repository name not known to registry') },
    reason: 'not-found',
    cause: 'repository',
    requests: 1,
    message: /^registry\.example has no repository team\/app\.$/,
  },
  {
    name: 'no such digest',
    image: `registry.example/team/app@${DIGEST}`,
    script: { [BY_DIGEST]: notFound() },
    reason: 'not-found',
    cause: 'digest',
    requests: 1,
    message: new RegExp(`has no manifest ${shortDigest(DIGEST)}\\.$`),
  },
  {
    name: 'Red Hat sends the status as the code',
    image: 'registry.access.redhat.com/team/app:1',
    script: { [MANIFEST]: refuses(404, '404', 'Not Found') },
    reason: 'not-found',
    requests: 1,
  },
  {
    name: "Harbor's own code",
    script: { [MANIFEST]: refuses(404, 'NOT_FOUND', 'artifact team/app:1 not found') },
    reason: 'not-found',
    requests: 1,
  },
  {
    name: 'Quay, an expired tag',
    image: 'quay.io/team/app:1',
    script: { [MANIFEST]: refuses(404, 'TAG_EXPIRED', 'Tag 1 was deleted or has expired.') },
    reason: 'not-found',
    cause: 'tag',
    requests: 1,
    message: /^Tag 1 of quay\.io\/team\/app has expired or was deleted\.$/,
  },
  {
    name: 'Red Hat responds in plain text',
    image: 'registry.redhat.io/team/app:1',
    script: { [MANIFEST]: { status: 404, body: 'Not found' }, '/v2/': { status: 401 } },
    reason: 'unauthorized',
    cause: 'missing-or-private',
    requests: 2,
  },
  {
    name: 'a registry recognized by its API version alone',
    script: { [MANIFEST]: { status: 404, headers: { 'docker-distribution-api-version': 'registry/2.0' } } },
    reason: 'not-found',
    requests: 1,
  },
  ...(
    [
      ['UNAVAILABLE', 'registry-error', 'registry', /^registry\.example returned 4\d\d/],
      ['BAD_GATEWAY', 'registry-error', 'upstream', /^registry\.example returned 4\d\d/],
      ['503', 'registry-error', 'registry', /^registry\.example returned 4\d\d/],
      ['TOOMANYREQUESTS', 'rate-limited', 'too-many-requests', /rate limiting this client: it returned 4\d\d [A-Z]/],
      ['429', 'rate-limited', 'too-many-requests', /rate limiting this client: it returned 4\d\d [A-Z]/],
      ['DENIED', 'denied', 'missing-or-no-access', /denies anonymous access/],
      ['UNAUTHORIZED', 'unauthorized', 'missing-or-private', /is private or does not exist/],
      ['NAME_INVALID', 'invalid-reference', null, /rejects this image name/],
      ['MANIFEST_INVALID', 'corrupt', null, /has a broken manifest/],
      ['UNKNOWN', 'not-found', 'weak-evidence', /with an unrelated error: .*: the image may exist\.$/],
      ['UNSUPPORTED', 'not-found', 'weak-evidence', /with an unrelated error: .*: the image may exist\.$/],
      ['QUOTA_EXCEEDED', 'not-found', 'weak-evidence', /with an unrelated error: .*: the image may exist\.$/],
    ] as const
  ).flatMap(([code, reason, cause, message]): RegistryBehavior[] =>
    [404, 410].map((status) => ({
      name: `${status} with the code of another error, ${code}`,
      script: {
        [MANIFEST]: refuses(status, code, 'try it again', { 'docker-distribution-api-version': 'registry/2.0' }),
      },
      // RFC 9110 section 15.5.11: a 410 says that it was removed.
      ...(status === 410 && cause === 'weak-evidence'
        ? { reason, message: /was removed/ }
        : { reason, ...(cause !== null && { cause }), message }),
      requests: 1,
    })),
  ),
  {
    name: '404 with the code of another error beside that of a missing manifest',
    script: {
      [MANIFEST]: {
        status: 404,
        body: { errors: [{ code: 'MANIFEST_UNKNOWN' }, { code: 'UNAVAILABLE', message: 'a replica is down' }] },
      },
    },
    reason: 'registry-error',
    cause: 'registry',
    requests: 1,
  },
  {
    name: '404 whose message mentions a limit, about an image that is missing',
    script: { [MANIFEST]: notFound('no manifest team/rate limit: too many requests') },
    reason: 'not-found',
    requests: 1,
  },
  {
    name: '410 is not found',
    script: { [MANIFEST]: refuses(410, 'MANIFEST_UNKNOWN', 'gone') },
    reason: 'not-found',
    requests: 1,
  },
  {
    name: 'Docker Hub, 404 in plain text: an outage',
    ...HUB,
    script: { [MANIFEST]: { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' } },
    reason: 'registry-error',
    cause: 'registry',
    requests: 2,
    message: /^Docker Hub returned 404 Not Found without an error body, as it does during outages\.$/,
  },
  {
    name: 'a 404 without a registry error, from a registry',
    script: { [MANIFEST]: { status: 404, body: '404 page not found' }, '/v2/': { body: {} } },
    reason: 'not-found',
    cause: 'weak-evidence',
    requests: 2,
    message:
      /^registry\.example returned 404 Not Found for registry\.example\/team\/app:1, but without a registry error: the image is missing, or this is not a registry\.$/,
  },
  {
    name: 'a 404 without a registry error, and /v2/ fails',
    script: { [MANIFEST]: { status: 404 }, '/v2/': { fails: { kind: 'tcp' } } },
    reason: 'unreachable',
    cause: 'tcp',
    requests: 2,
  },
  {
    name: 'a 404 without a registry error, and /v2/ returns 503',
    script: { [MANIFEST]: { status: 404 }, '/v2/': { status: 503 } },
    reason: 'registry-error',
    cause: 'registry',
    requests: 2,
  },
  {
    name: 'a web server without a registry',
    script: { [MANIFEST]: html(404), '/v2/': html(404) },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 2,
    message:
      /^registry\.example responds, but is not a registry: it has no \/v2\/ endpoint, and returned 404 Not Found with a web page \("Sign in"\)\.$/,
  },
  {
    name: 'a JSON service without a registry',
    script: {
      [MANIFEST]: { status: 404, body: { status: 404, error: 'Not Found', path: MANIFEST } },
      '/v2/': { status: 404, body: { status: 404, error: 'Not Found', path: '/v2/' } },
    },
    reason: 'not-a-registry',
    cause: 'not-oci',
    requests: 2,
  },
  {
    name: 'a 404 without a challenge, and /v2/ challenges: the image is hidden from anonymous clients',
    script: {
      [MANIFEST]: whenKnown({ status: 404 }, SERVED),
      '/v2/': challenges(bearer('https://auth.registry.example/token')),
      'https://auth.registry.example/token': TOKEN,
    },
    logins: [password()],
    requests: 4,
  },
  {
    name: 'a proxy drops the Accept header: the image exists',
    script: { [MANIFEST]: notFound('OCI index found, but Accept header does not support OCI indexes') },
    reason: 'registry-error',
    cause: 'registry',
    requests: 1,
    hint: /proxy/,
  },
  {
    name: 'a cache without the image',
    image: 'mirror.gcr.io/team/app:1',
    script: { [MANIFEST]: notFound() },
    reason: 'not-found',
    requests: 1,
    hint: /^This is a cache of Docker Hub; the image may exist there\.$/,
  },
  {
    name: 'Quay cannot reach its upstream registry',
    image: 'quay.io/team/app:1',
    script: { [MANIFEST]: refuses(400, 'INVALID_REQUEST', 'upstream timed out') },
    reason: 'registry-error',
    cause: 'upstream',
    requests: 1,
  },
  {
    name: 'ECR, a digest its cache does not have yet',
    image: `1.dkr.ecr.eu-west-1.amazonaws.com/team/app@${DIGEST}`,
    script: { [BY_DIGEST]: refuses(404, 'MANIFEST_UNKNOWN', 'Requested image not found') },
    reason: 'not-found',
    cause: 'digest',
    requests: 1,
    hint: /only after a pull by tag/,
  },
  {
    name: 'a tag with a plus sends no request',
    image: 'registry.example/team/app:1+2',
    script: {},
    reason: 'invalid-reference',
    requests: 0,
  },
  {
    name: 'the registry rejects the name',
    script: { [MANIFEST]: refuses(400, 'NAME_INVALID', 'invalid repository name') },
    reason: 'invalid-reference',
    requests: 1,
  },
  {
    name: 'an impossible port sends no request',
    image: 'registry.example:99999/team/app:1',
    script: {},
    reason: 'invalid-reference',
    requests: 0,
    message: /^The registry name "registry\.example:99999" has a port above 65535\.$/,
  },
];
