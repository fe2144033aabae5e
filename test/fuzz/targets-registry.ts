// What a registry answers with.

import assert from 'node:assert/strict';
import { type Digest, digestOf } from '../../src/core/digest.ts';
import { quoteFor } from '../../src/http/quote.ts';
import { createSecrets } from '../../src/http/secrets.ts';
import { readBlobBody, readBlobHead } from '../../src/registry/blob-evidence.ts';
import { evidenceOf } from '../../src/registry/evidence.ts';
import { readImageConfig } from '../../src/registry/image-config.ts';
import { publishedPlatforms } from '../../src/registry/index-entries.ts';
import { readManifest } from '../../src/registry/manifest.ts';
import { artifactName, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../src/registry/media-type.ts';
import { readRateLimit } from '../../src/registry/rate-limit.ts';
import { requestFor } from '../support/fake-send.ts';
import { assertLine, responseOf } from './property.ts';
import { type FuzzTarget, textTarget, valueTarget } from './target.ts';
import { createTextSource } from './text-source.ts';

const quote = quoteFor(requestFor('https://registry.example/'), createSecrets());
const DIGEST = digestOf(Buffer.from('x'));
const descriptor = (mediaType: string): string => `{"mediaType":"${mediaType}","digest":"${DIGEST}","size":1}`;
const LAYER = descriptor('application/vnd.oci.image.layer.v1.tar+gzip');
const CONFIG = descriptor('application/vnd.oci.image.config.v1+json');

const MANIFESTS = [
  `{"schemaVersion":2,"mediaType":"${OCI_MANIFEST}","config":${CONFIG},"layers":[${LAYER},${LAYER}],"annotations":{"a":"b"}}`,
  `{"schemaVersion":2,"mediaType":"${DOCKER_MANIFEST}","config":${CONFIG.replace('oci.image.config.v1', 'docker.container.image.v1')},"layers":[${LAYER}]}`,
  `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[${descriptor(OCI_MANIFEST).replace('}', ',"platform":{"os":"linux","architecture":"arm","variant":"v7"}}')}]}`,
  '{"schemaVersion":1,"name":"a","fsLayers":[],"history":[],"signatures":[]}',
  '{"errors":[{"code":"DENIED","message":"no"}]}',
  '<!doctype html><html><title>Sign in</title></html>',
];
const FIELDS = [
  '"schemaVersion":2,',
  '"layers":[',
  '"config":',
  '"manifests":[',
  LAYER,
  CONFIG,
  '"size":5.0',
  '"Layers":',
  ']',
  '}',
  '"platform":"x"',
  '"urls":[]',
];

const manifest = textTarget('manifest', { seeds: MANIFESTS, words: FIELDS, cost: 2 }, (text) => {
  const bytes = Buffer.from(text);
  for (const contentType of [undefined, OCI_MANIFEST, OCI_INDEX]) {
    const read = readManifest({ bytes, truncated: false, contentType, quote });
    if (!read.ok) {
      if (read.error.kind === 'corrupt') assertLine(read.error.problem);
      if (read.error.kind === 'not-an-image' || read.error.kind === 'no-manifest') assertLine(read.error.what);
    } else if (read.value.kind === 'index') publishedPlatforms(read.value);
    else for (const { size } of read.value.layers) assert.ok(Number.isSafeInteger(size) && size >= 0, `${size}`);
    assert.equal(read.ok ? read.value.digest : read.error.digest, digestOf(bytes));
  }
});

const config = textTarget(
  'image-config',
  {
    seeds: [
      '{"architecture":"amd64","os":"linux","config":{"Env":["A=b"],"ExposedPorts":{"80/tcp":{}}},"rootfs":{"type":"layers","diff_ids":["sha256:x"]},"created":"2026-01-01T00:00:00Z"}',
      '{"architecture":"arm","variant":"v7","os":"linux","os.version":"1","os.features":["x"],"history":[{"created_by":"x"}]}',
    ],
    words: ['"os":', '"architecture":', '"config":', '{', '}', '[', ']', '"x"', '1', 'null', '"created":"x"'],
  },
  (text) => {
    const bytes = Buffer.from(text);
    const like: Digest = digestOf(bytes);
    const named = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: like, size: bytes.length };
    const read = readImageConfig({ bytes, truncated: false, quote }, named);
    if (!read.ok) assertLine(read.error);
  },
);

const BODIES = [
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
]);
const fieldOf = createTextSource([
  '100;w=21600',
  '0',
  'text/html; charset=utf-8',
  'bytes 0-0/5',
  '5',
  'gzip',
  'registry/2.0',
]);
const NAMES = [
  'ratelimit-limit',
  'ratelimit-remaining',
  'content-type',
  'content-range',
  'content-length',
  'content-encoding',
  'docker-distribution-api-version',
];

const answer = valueTarget(
  'answer',
  {
    cost: 2,
    generate: (random) => ({
      status: random.pick([200, 206, 401, 403, 404, 416, 429, 500, 503]),
      headers: Object.fromEntries(NAMES.filter(() => random.isOnce(2)).map((name) => [name, fieldOf(random)])),
      body: bodyOf(random),
    }),
  },
  (input) => {
    const response = responseOf(input);
    const { errors, page, isFromRegistry, limit: met } = evidenceOf(response);
    for (const { code, message } of errors) assertLine(`${code} ${message}`);
    assertLine(page ?? '');
    assert.equal(typeof isFromRegistry, 'boolean');
    assert.notEqual(met, '');
    const limit = readRateLimit(response);
    for (const number of Object.values(limit ?? {})) assert.ok(number === null || number >= 0);
    for (const mediaType of ['application/vnd.oci.image.layer.v1.tar', input.body.slice(0, 50)]) {
      const wanted = { mediaType, digest: DIGEST, size: 5 };
      for (const blob of [readBlobHead(response, wanted), readBlobBody(response, wanted)])
        assert.notEqual(blob?.kind, '');
      artifactName(mediaType);
    }
  },
);

export const REGISTRY_TARGETS: readonly FuzzTarget[] = [manifest, config, answer];
