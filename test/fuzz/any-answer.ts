// Any answer of a registry.

import { digestOf } from '../../src/core/digest.ts';
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../src/registry/media-type.ts';
import type { Answer } from './property.ts';
import type { Random } from './random.ts';
import { createTextSource } from './text-source.ts';

export const DIGEST = digestOf(Buffer.from('x'));
const descriptor = (mediaType: string): string => `{"mediaType":"${mediaType}","digest":"${DIGEST}","size":1}`;
export const LAYER = descriptor('application/vnd.oci.image.layer.v1.tar+gzip');
export const CONFIG = descriptor('application/vnd.oci.image.config.v1+json');

export const MANIFESTS = [
  `{"schemaVersion":2,"mediaType":"${OCI_MANIFEST}","config":${CONFIG},"layers":[${LAYER},${LAYER}],"annotations":{"a":"b"}}`,
  `{"schemaVersion":2,"mediaType":"${DOCKER_MANIFEST}","config":${CONFIG.replace('oci.image.config.v1', 'docker.container.image.v1')},"layers":[${LAYER}]}`,
  `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[${descriptor(OCI_MANIFEST).replace('}', ',"platform":{"os":"linux","architecture":"arm","variant":"v7"}}')}]}`,
  '{"schemaVersion":1,"name":"a","fsLayers":[],"history":[],"signatures":[]}',
  '{"errors":[{"code":"DENIED","message":"no"}]}',
  '<!doctype html><html><title>Sign in</title></html>',
];
const BODIES = [
  ...MANIFESTS,
  '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"x"}}]}',
  '{"details":"incorrect username or password"}',
  '{"error":"invalid_token","error_description":"expired"}',
  '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
  'toomanyrequests: You have reached your pull rate limit. https://www.docker.com/increase-rate-limit',
  '<html><head><title>Access Denied</title></head><h1>Blocked</h1></html>',
  'true',
];
const bodyOf = createTextSource(BODIES, [
  '{"errors":[',
  '"code":',
  '"message":',
  '<title>',
  '<Code>',
  '<!--',
  '[',
  '{',
  '"',
  '"layers":[',
  LAYER,
]);
const fieldOf = createTextSource([
  '100;w=21600',
  '0',
  'text/html; charset=utf-8',
  'bytes 0-0/5',
  '5',
  'gzip',
  'registry/2.0',
  'Bearer realm="https://auth.example/token",service="r",scope="repository:team/app:pull"',
  'Basic realm="r"',
  '299 - "deprecated"',
  '/v2/team/app/manifests/2',
  'https://elsewhere.example/x?sig=1',
  '7',
  'Wed, 21 Oct 2026 07:28:00 GMT',
  DIGEST,
  OCI_INDEX,
  OCI_MANIFEST,
]);
const NAMES = [
  'ratelimit-limit',
  'ratelimit-remaining',
  'content-type',
  'content-range',
  'content-length',
  'content-encoding',
  'docker-distribution-api-version',
  'docker-content-digest',
  'www-authenticate',
  'location',
  'retry-after',
  'warning',
];

const STATUSES = [200, 200, 200, 204, 206, 307, 400, 401, 401, 403, 404, 410, 416, 429, 451, 500, 503];

export const anyAnswer = (random: Random): Answer => ({
  status: random.pick(STATUSES),
  headers: Object.fromEntries(NAMES.filter(() => random.isOnce(3)).map((name) => [name, fieldOf(random)])),
  body: bodyOf(random),
});
