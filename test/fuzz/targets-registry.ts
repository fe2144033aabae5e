// What a registry answers with.

import assert from 'node:assert/strict';
import { type Digest, digestOf } from '../../src/core/digest.ts';
import { createKnownSecrets } from '../../src/http/known-secrets.ts';
import { quoteFor } from '../../src/http/quote.ts';
import { readBlobBody, readBlobHead } from '../../src/registry/blob-evidence.ts';
import { evidenceOf } from '../../src/registry/evidence.ts';
import { readImageConfig } from '../../src/registry/image-config.ts';
import { publishedPlatforms } from '../../src/registry/index-entries.ts';
import { readManifest } from '../../src/registry/manifest.ts';
import { artifactName, OCI_INDEX, OCI_MANIFEST } from '../../src/registry/media-type.ts';
import { readRateLimit } from '../../src/registry/rate-limit.ts';
import { requestFor } from '../support/fake-send.ts';
import { anyAnswer, CONFIG, DIGEST, LAYER, MANIFESTS } from './any-answer.ts';
import { assertLine, responseOf } from './property.ts';
import { type FuzzTarget, textTarget, valueTarget } from './target.ts';

const quote = quoteFor(requestFor('https://registry.example/'), createKnownSecrets());
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

const answer = valueTarget(
  'answer',
  {
    cost: 2,
    generate: anyAnswer,
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
