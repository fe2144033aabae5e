// Rate limits and outages.

import { imageOf } from '../../support/images.ts';
import { html, refuses, serves } from '../../support/scripted-check.ts';
import type { RegistryBehavior } from './behavior.ts';

const IMAGE = imageOf();
const MANIFEST = '/v2/team/app/manifests/1';
const SERVED = serves(IMAGE);
const HUB = { image: 'team/app:1' };

export const LIMITED: readonly RegistryBehavior[] = [
  {
    name: 'the quota is exhausted, but a HEAD is free',
    ...HUB,
    script: {
      [`HEAD ${MANIFEST}`]: serves(
        { ...IMAGE, mediaType: 'application/vnd.oci.image.index.v1+json' },
        { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' },
      ),
    },
    warnings: ['quota-exhausted'],
    requests: 1,
  },
  {
    name: 'the quota is exhausted, and only a GET could detect an artifact',
    ...HUB,
    script: {
      [`HEAD ${MANIFEST}`]: serves(IMAGE, { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600' }),
      [`GET ${MANIFEST}`]: refuses(429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit.'),
    },
    warnings: ['quota-exhausted'],
    requests: 2,
  },
  {
    name: 'the quota is exhausted',
    ...HUB,
    proof: 'manifest',
    retries: 2,
    script: {
      [MANIFEST]: refuses(
        429,
        'TOOMANYREQUESTS',
        'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
        {
          'ratelimit-limit': '100;w=21600',
        },
      ),
    },
    reason: 'rate-limited',
    cause: 'pull-quota',
    requests: 1,
    message:
      /^Docker Hub: 0 of 100 pulls are left in this 6-hour window \(anonymous, 429\); whether the image exists is unknown\.$/,
    hint: /^Log in for a higher limit \(200 pulls with a free account\): `docker login`\. Or wait: pulls become available again within 6 h\. Later checks with --proof head use no pulls\.$/,
  },
  {
    name: 'the quota is exhausted, in the headers of a HEAD',
    ...HUB,
    retries: 2,
    script: { [`HEAD ${MANIFEST}`]: { status: 429, headers: { 'ratelimit-remaining': '0;w=21600' } } },
    reason: 'rate-limited',
    cause: 'pull-quota',
    requests: 1,
  },
  {
    name: 'too many requests, but not for the retry',
    retries: 2,
    script: { [MANIFEST]: [html(429, '<html>429</html>'), SERVED] },
    requests: 2,
  },
  {
    name: 'too many requests for every retry',
    retries: 2,
    script: { [MANIFEST]: { status: 429, body: 'Too Many Requests' } },
    reason: 'rate-limited',
    cause: 'too-many-requests',
    requests: 3,
    message:
      /^registry\.example returned 429 Too Many Requests 3 times in 2\.3 s; whether the image exists is unknown\.$/,
  },
  {
    name: 'a limit of requests is not a pull quota',
    retries: 1,
    script: {
      [MANIFEST]: {
        status: 429,
        headers: { 'ratelimit-limit': '500', 'ratelimit-remaining': '0' },
        body: 'Retry later',
      },
    },
    reason: 'rate-limited',
    cause: 'too-many-requests',
    requests: 2,
  },
  {
    name: 'GHCR has the wait in its message',
    image: 'ghcr.io/team/app:1',
    retries: 1,
    script: { [MANIFEST]: [refuses(429, 'TOOMANYREQUESTS', 'retry-after: 880.092µs, allowed: 44000/minute'), SERVED] },
    requests: 2,
  },
  {
    name: 'a wait beyond the deadline is reported, not waited for',
    retries: 2,
    script: { [MANIFEST]: { status: 429, headers: { 'retry-after': '3600' } } },
    reason: 'rate-limited',
    cause: 'too-many-requests',
    requests: 1,
    hint: /^Try again in 1 h, as the server asks \(Retry-After\)\.$/,
  },
  {
    name: 'a wait until a date',
    script: {
      [MANIFEST]: {
        status: 429,
        headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2026 06:00:00 GMT' },
      },
    },
    reason: 'rate-limited',
    cause: 'too-many-requests',
    requests: 1,
    hint: /^Try again in 6 h \(06:00 UTC\), as the server asks \(Retry-After\)\.$/,
  },
  {
    name: 'a 403 that means too many',
    script: { [MANIFEST]: { status: 403, body: 'API rate limit exceeded' } },
    reason: 'rate-limited',
    cause: 'too-many-requests',
    requests: 1,
  },
  {
    name: 'Harbor reports that its upstream is rate limiting',
    script: { [MANIFEST]: refuses(429, 'TOO_MANY_REQUEST', 'too many requests to upstream registry') },
    reason: 'rate-limited',
    cause: 'too-many-requests',
    requests: 1,
  },
  {
    name: 'an outage with a web page, whose title says no more',
    retries: 2,
    script: {
      [MANIFEST]: html(503, '<h1>503 Service Unavailable</h1> No server is available to handle this request.'),
    },
    reason: 'registry-error',
    cause: 'registry',
    requests: 3,
    message: /^registry\.example returned 503 Service Unavailable 3 times in 450 ms\.$/,
  },
  {
    name: 'Cloudflare cannot reach the registry',
    script: { [MANIFEST]: html(522) },
    reason: 'registry-error',
    cause: 'registry',
    requests: 1,
  },
  {
    name: 'nginx, client closed the connection (499)',
    script: { [MANIFEST]: html(499) },
    reason: 'registry-error',
    cause: 'registry',
    requests: 1,
  },
  {
    name: 'Pulp cannot reach its upstream registry',
    script: { [MANIFEST]: refuses(504, 'GATEWAY_TIMEOUT', 'upstream took too long') },
    reason: 'registry-error',
    cause: 'upstream',
    requests: 1,
    message: /returned 504 Gateway Timeout: upstream took too long\.$/,
  },
  {
    name: 'CNCF distribution cannot read its storage',
    script: { [MANIFEST]: refuses(500, 'UNKNOWN', 'unknown error') },
    reason: 'registry-error',
    cause: 'registry',
    requests: 1,
    message: /^registry\.example returned 500 Internal Server Error: unknown error\.$/,
  },
  {
    name: 'zot reports a broken manifest',
    proof: 'head',
    script: {
      [`HEAD ${MANIFEST}`]: { status: 500 },
      [`GET ${MANIFEST}`]: refuses(500, 'MANIFEST_INVALID', 'manifest invalid'),
    },
    reason: 'corrupt',
    requests: 2,
  },
  {
    name: 'a broken manifest with 400',
    script: { [MANIFEST]: refuses(400, 'MANIFEST_INVALID', 'Schema 2 manifest not supported by client') },
    reason: 'corrupt',
    requests: 1,
  },
];
