// A registry that sends garbage: wrong types, nulls, huge numbers, control characters. No check crashes, and nothing is
// shown uncleaned.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { RequiredPlatforms } from '../../src/check/prove-platforms.ts';
import type { Result } from '../../src/core/result.ts';
import { DOCKER_LIST, OCI_INDEX, OCI_MANIFEST } from '../../src/registry/media-type.ts';
import type { Reply } from '../support/fake-send.ts';
import { contentOf, descriptorOf, imageOf, OCI_CONFIG, OCI_LAYER } from '../support/images.ts';
import { checkScripted, platforms } from '../support/scripted-check.ts';

const EVIL = 'x\u001b[31m\u0007\r\n\u202ey';
const SCALARS = [null, true, -1, 1e300, '', EVIL, '../../etc', [], {}, 'linux', 'amd64', 'windows'];
const scalar = fc.constantFrom(...SCALARS);
const IMAGE = imageOf();

const platform = fc.oneof(
  scalar,
  fc.record(
    {
      os: fc.constantFrom('linux', EVIL, 7),
      architecture: fc.constantFrom('amd64', EVIL, null),
      variant: scalar,
      'os.version': scalar,
      'os.features': fc.oneof(scalar, fc.array(scalar)),
    },
    { requiredKeys: ['os', 'architecture'] },
  ),
);
/** Mostly a descriptor of existing content. */
const descriptor = fc
  .record({
    mediaType: fc.constantFrom(OCI_MANIFEST, OCI_INDEX, OCI_CONFIG, OCI_LAYER, EVIL),
    content: fc.constantFrom(IMAGE, IMAGE.config, ...IMAGE.layers),
    urls: fc.constantFrom(undefined, null, [], [EVIL, 'file:///etc/passwd', 'https://elsewhere.example/x']),
    platform,
    annotations: scalar,
    odd: fc.option(fc.record({ digest: scalar, size: scalar, mediaType: scalar }, { requiredKeys: [] })),
  })
  .map(({ content, mediaType, odd, ...more }) => ({ ...descriptorOf(content), mediaType, ...more, ...odd }));
const list = fc.oneof(
  { weight: 4, arbitrary: fc.array(descriptor, { maxLength: 4 }) },
  { weight: 1, arbitrary: scalar },
);
const document = fc.record(
  {
    schemaVersion: fc.constantFrom(2, 2, 2, 1, '2', null),
    mediaType: fc.constantFrom(undefined, OCI_MANIFEST, OCI_INDEX, DOCKER_LIST, EVIL, 7),
    manifests: list,
    config: fc.oneof(descriptor, scalar),
    layers: list,
    artifactType: scalar,
    annotations: scalar,
    errors: scalar,
  },
  { requiredKeys: ['schemaVersion'] },
);
/** Valid, and unusual where a valid manifest may be, so that the check continues with the parts. */
const sound = fc.record({
  mediaType: fc.constantFrom(OCI_LAYER, EVIL, ''),
  content: fc.constantFrom(IMAGE.config, ...IMAGE.layers),
  size: fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER),
  urls: fc.constantFrom(null, [EVIL, 'file:///etc/passwd', 'https://elsewhere.example/x']),
});
const soundLayer = sound.map(({ content, ...more }) => ({ ...descriptorOf(content), ...more }));
const soundImage = fc
  .array(soundLayer, { maxLength: 3 })
  .map((layers) => ({ layers, config: descriptorOf(IMAGE.config) }));
const soundIndex = fc
  .array(fc.record({ platform, annotations: scalar, mediaType: fc.constantFrom(OCI_MANIFEST, OCI_INDEX) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((entries) => ({ manifests: entries.map((entry) => ({ ...descriptorOf(IMAGE), ...entry })) }));
const soundReply: fc.Arbitrary<Reply> = fc
  .oneof(soundImage, soundIndex)
  .map((content) => ({ status: 200, body: { schemaVersion: 2, ...content } }));

const reply: fc.Arbitrary<Reply> = fc.record({
  status: fc.constantFrom(200, 200, 200, 206, 301, 401, 403, 404, 429, 500),
  headers: fc.record(
    {
      'content-type': fc.constantFrom(OCI_MANIFEST, OCI_INDEX, 'application/json', 'text/html', EVIL),
      'docker-content-digest': fc.constantFrom(IMAGE.digest, EVIL),
      'content-length': fc.constantFrom('0', '9e9', '-1', String(IMAGE.size)),
      'content-range': fc.constantFrom('bytes 0-0/1', EVIL),
      'www-authenticate': fc.constantFrom('Bearer realm="/token"', 'Basic realm="x"', EVIL),
      location: fc.constantFrom('https://elsewhere.example/x', 'http://', EVIL),
      warning: fc.constantFrom(`299 - "${EVIL}"`, '299 -'),
      'ratelimit-remaining': fc.constantFrom('0;w=1', EVIL),
    },
    { requiredKeys: [] },
  ),
  body: fc.oneof(
    { weight: 5, arbitrary: document },
    fc.constantFrom(
      ...[IMAGE, IMAGE.config].map(({ bytes }) => bytes),
      `<html><title>${EVIL}`,
      EVIL,
      '{"token":"abc"}',
    ),
  ),
});

/** Every text that may be shown, but the input and the requested URLs. */
function textsOf({ input: _, requests: __, reference: ___, ...rest }: Result): string[] {
  const texts: string[] = [];
  JSON.stringify(rest, (_key, value) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts;
}

describe('a registry that sends garbage', () => {
  it('gets a result for every image', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.oneof(soundReply, reply), fc.array(reply, { maxLength: 5 })),
        fc.constantFrom('layers' as const, 'manifest' as const, 'head' as const),
        fc.constantFrom<RequiredPlatforms | undefined>(undefined, ['every'], platforms('linux/amd64')),
        async ([first, others], proof, required) => {
          const { result, log } = await checkScripted({
            script: { '*': [first, ...others] },
            proof,
            platforms: required,
          });
          for (const text of textsOf(result)) assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
          assert.match(result.message, /\S\.$/);
          assert.ok(log.length < 60, `${log.length} requests`);
          for (const line of log) assert.doesNotMatch(line, /file:|\.\.|passwd/);
        },
      ),
      { numRuns: 1500 },
    );
  });

  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const manifest = Buffer.from(IMAGE.bytes).toString();
  for (const [name, body] of [
    ['lists in lists', deep(300_000)],
    ['lists in lists for a platform', manifest.replace('"layers"', `"platform":${deep(300_000)},"layers"`)],
    ['lists in lists for an error', `{"errors":${deep(300_000)}}`],
    ['a number without an end', manifest.replace(/"size":\d+/, `"size":${'9'.repeat(100_000)}`)],
    ['a key ten thousand times', `{${'"schemaVersion":2,'.repeat(10_000)}"layers":[]}`],
    ['a prototype', '{"__proto__":{"schemaVersion":2},"constructor":null}'],
  ] as const) {
    it(`survives ${name}`, async () => {
      const reply = { headers: { 'content-type': OCI_MANIFEST }, body: contentOf(body, OCI_MANIFEST).bytes };
      const { result } = await checkScripted({ script: { '*': reply }, proof: 'layers' });
      assert.notEqual(result.verdict, 'skipped');
    });
  }
});

describe('no sentence has a gap', () => {
  /** Nothing of them can be shown, or only what ends a sentence. */
  const EMPTY = ['', ' ', '\u200b', '\u0007', '.', ',', ':', ' ,. ', ',,,'];
  const BODIES: Readonly<Record<string, (empty: string) => string | object>> = {
    'an error': (empty) => ({ errors: [{ code: empty, message: empty }] }),
    'an error of one word': (empty) => ({ errors: [{ code: 'DENIED', message: `no${empty}` }] }),
    'an error after an empty one': (empty) => ({
      errors: [{ message: empty }, { message: `blocked by firewall${empty}` }],
    }),
    text: (empty) => empty,
    'a page': (empty) => `<html><title>${empty}</title><h1>${empty}</h1></html>`,
    'an artifact': (empty) => ({ schemaVersion: 2, mediaType: empty, artifactType: empty, config: {}, layers: [] }),
    'an artifact with a config': (empty) => ({
      schemaVersion: 2,
      artifactType: empty,
      config: { ...descriptorOf(IMAGE.config), mediaType: empty },
      layers: [descriptorOf(IMAGE.config)],
    }),
  };
  for (const status of [200, 307, 400, 401, 403, 404, 410, 429, 451, 500, 503]) {
    for (const [what, bodyOf] of Object.entries(BODIES)) {
      it(`about ${status} with ${what} in which nothing is said`, async () => {
        for (const empty of EMPTY) {
          const header = empty.replace(/[^ -~]/g, '\x85');
          const headers = {
            'www-authenticate': `Bearer realm="${header}"`,
            'docker-content-digest': header,
            warning: `299 - "${header}"`,
            location: `http://${header}/`,
          };
          for (const sent of [{}, headers]) {
            const { result } = await checkScripted({ script: { '*': { status, headers: sent, body: bodyOf(empty) } } });
            assert.doesNotMatch(`${result.message} ${result.hint}`, GAP, JSON.stringify(result.message));
          }
        }
      });
    }
  }
});

/** An empty quote or bracket, two blanks, a blank before what ends a word, or two ends of a sentence. */
const GAP = /""|``|\(\s*\)|\s\s|\s[,.:;)]|[,:;.][,.:;]/;
