import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '../../src/core/digest.ts';
import { cleanText } from '../../src/core/text.ts';
import { MAX_MANIFEST_BYTES, readManifest } from '../../src/registry/manifest.ts';
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../src/registry/media-type.ts';
import { descriptorOf, dockerImageOf, imageOf, indexOf, layerOf, linux } from '../support/images.ts';

const IMAGE = imageOf();
const INDEX = indexOf([descriptorOf(IMAGE, linux('amd64'))]);

/** Served as what it says it is, unless told otherwise; null: without a Content-Type. */
const read = (document: unknown, type: string | null = ownType(document)) => {
  const contentType = type ?? undefined;
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  return readManifest({ bytes, truncated: false, contentType, quote: cleanText });
};
function ownType(document: unknown): string | null {
  const text = typeof document === 'string' ? document : (JSON.stringify(document) ?? '');
  if (!/"(?:schemaVersion|mediaType)"/i.test(text)) return null;
  if (/"manifests"/i.test(text)) return text.includes(DOCKER_LIST) ? DOCKER_LIST : OCI_INDEX;
  return text.includes(DOCKER_MANIFEST) ? DOCKER_MANIFEST : OCI_MANIFEST;
}
/** The problem in one line. */
function problemOf(document: unknown, contentType?: string | null): string {
  const outcome = read(document, contentType);
  if (outcome.ok) return `${outcome.value.kind} ${outcome.value.mediaType}`;
  const { error } = outcome;
  switch (error.kind) {
    case 'corrupt':
    case 'media-type':
      return `${error.kind}: ${error.problem}`;
    case 'schema1':
      return 'schema1';
    default:
      return `${error.kind}: ${error.what}`;
  }
}
const image = (changes: object = {}) => ({ ...JSON.parse(Buffer.from(IMAGE.bytes).toString()), ...changes });
const index = (changes: object = {}) => ({ ...JSON.parse(Buffer.from(INDEX.bytes).toString()), ...changes });
const [LAYER] = image().layers;
const SHA512 = `sha512:${'0'.repeat(128)}`;
const REFUSED = 'docker, podman, skopeo and containerd reject it, although the content is a valid image';
const MIXED = 'mixes an index and an image, so clients would disagree about what it is';

describe('readManifest', () => {
  it('reads an image: config, layers, and the digest of its bytes', () => {
    const outcome = readManifest({ bytes: IMAGE.bytes, truncated: false, contentType: OCI_MANIFEST, quote: cleanText });
    assert.ok(outcome.ok && outcome.value.kind === 'manifest');
    assert.equal(outcome.value.digest, IMAGE.digest);
    assert.equal(outcome.value.config.digest, IMAGE.config.digest);
    assert.deepEqual(
      outcome.value.layers.map(({ digest, size }) => ({ digest, size })),
      IMAGE.layers.map(({ digest, size }) => ({ digest, size })),
    );
  });

  it('reads an index with the platforms of its entries', () => {
    const outcome = read(index());
    assert.ok(outcome.ok && outcome.value.kind === 'index');
    assert.deepEqual(outcome.value.manifests[0]?.platform, { os: 'linux', architecture: 'amd64' });
  });

  it('computes the digest with the algorithm of the expected one', () => {
    const like = `sha512:${'0'.repeat(128)}` as const;
    const outcome = readManifest(
      { bytes: IMAGE.bytes, truncated: false, contentType: OCI_MANIFEST, quote: cleanText },
      like,
    );
    assert.equal(outcome.ok && outcome.value.digest, digestOf(IMAGE.bytes, like));
  });

  for (const [name, document, contentType, expected] of [
    ['all agree', image(), OCI_MANIFEST, `manifest ${OCI_MANIFEST}`],
    ['the header alone says', image({ mediaType: undefined }), DOCKER_MANIFEST, `manifest ${DOCKER_MANIFEST}`],
    ['neither says: an image', image({ mediaType: undefined }), undefined, `manifest ${OCI_MANIFEST}`],
    ['it is of no version', image({ schemaVersion: undefined }), OCI_MANIFEST, `manifest ${OCI_MANIFEST}`],
    ['it is of version null', image({ schemaVersion: null }), OCI_MANIFEST, `manifest ${OCI_MANIFEST}`],
    ['it is of version 3', image({ schemaVersion: 3 }), OCI_MANIFEST, `manifest ${OCI_MANIFEST}`],
    ['it is of version 1, with layers', image({ schemaVersion: 1 }), OCI_MANIFEST, `manifest ${OCI_MANIFEST}`],
    ['it has manifests that are null', image({ manifests: null }), OCI_MANIFEST, `manifest ${OCI_MANIFEST}`],
    ['a list of Docker, served as an index', index({ mediaType: DOCKER_LIST }), OCI_INDEX, `index ${OCI_INDEX}`],
    ['it says another type', image({ mediaType: 'x/y' }), OCI_MANIFEST, `manifest ${OCI_MANIFEST}`],
    [
      'a config without a type, in a manifest of Docker',
      image({ mediaType: DOCKER_MANIFEST, config: { ...LAYER, mediaType: undefined } }),
      undefined,
      `manifest ${DOCKER_MANIFEST}`,
    ],
    ['an empty media type is none', image({ mediaType: '' }), undefined, `manifest ${OCI_MANIFEST}`],
    ['no media type at all is none', image({ mediaType: null }), undefined, `manifest ${OCI_MANIFEST}`],
    ['a list of Docker', index({ mediaType: DOCKER_LIST }), DOCKER_LIST, `index ${DOCKER_LIST}`],
    ['Go writes no layers as null', image({ layers: null }), OCI_MANIFEST, `manifest ${OCI_MANIFEST}`],
    ['there are no layers', image({ layers: undefined }), OCI_MANIFEST, `manifest ${OCI_MANIFEST}`],
    [
      'fields that are not known are passed over, whatever their spelling',
      `{"x":1,"X":"2",${JSON.stringify(image()).slice(1)}`,
      OCI_MANIFEST,
      `manifest ${OCI_MANIFEST}`,
    ],
    [
      'an image of Docker with a config of an unknown type',
      image({ mediaType: DOCKER_MANIFEST, config: { ...LAYER, mediaType: 'text/plain' } }),
      undefined,
      `manifest ${DOCKER_MANIFEST}`,
    ],
    ['a layer twice', image({ layers: [LAYER, LAYER] }), undefined, `manifest ${OCI_MANIFEST}`],
    [
      'an early image of Docker',
      image({ mediaType: DOCKER_MANIFEST, config: { ...LAYER, mediaType: 'application/octet-stream' } }),
      undefined,
      `manifest ${DOCKER_MANIFEST}`,
    ],
  ] as const) {
    it(`accepts it when ${name}`, () => assert.equal(problemOf(document, contentType), expected));
  }

  for (const [name, document, contentType, expected] of [
    ['no JSON', '{"schemaVersion":', OCI_MANIFEST, 'is not valid JSON'],
    ['no JSON, but meant as some', '{"schemaVersion":', undefined, 'is not valid JSON'],
    ['a byte order mark', `\ufeff${JSON.stringify(image())}`, OCI_MANIFEST, 'is not valid JSON'],
    ['a list', '[]', OCI_MANIFEST, 'is a JSON array, not a JSON object'],
    ['null', 'null', OCI_MANIFEST, 'is null, not a JSON object'],
    ['of version "2"', image({ schemaVersion: '2' }), undefined, 'has no valid schemaVersion: "2" is not an integer'],
    [
      'of a media type that is a number',
      image({ mediaType: 7 }),
      OCI_MANIFEST,
      'has no valid mediaType: 7 is not a string',
    ],
    ['both an index and an image', index({ layers: [] }), undefined, MIXED],
    ['an image with manifests', image({ manifests: [] }), undefined, MIXED],
    ['an index by name, an image inside', image({ mediaType: OCI_INDEX }), OCI_INDEX, MIXED],
    ['an image with the layers of schema 1', image({ fsLayers: [] }), undefined, MIXED],
    ['without a config', image({ config: undefined }), undefined, 'has no valid config'],
    ['with a config that is null', image({ config: null }), undefined, 'has no valid config'],
    ['with layers that are none', image({ layers: {} }), undefined, 'has no valid layers: an object is not an array'],
    ['with a layer that is null', image({ layers: [LAYER, null] }), undefined, 'has no valid layers[1].mediaType'],
    [
      'with a digest that is a path',
      image({ layers: [{ ...LAYER, digest: '../x' }] }),
      undefined,
      'has no valid layers[0].digest',
    ],
    [
      'with a digest in capitals',
      image({ layers: [{ ...LAYER, digest: LAYER.digest.toUpperCase() }] }),
      undefined,
      'has no valid layers[0].digest',
    ],
    [
      'with two sizes for one layer',
      image({ layers: [LAYER, { ...LAYER, size: LAYER.size + 1 }] }),
      undefined,
      `gives two sizes for the same blob (${LAYER.digest}): ${LAYER.size} and ${LAYER.size + 1}`,
    ],
    [
      'with two sizes for a blob that is a layer and the config',
      image({ config: { ...image().config, digest: LAYER.digest, size: 1 }, layers: [LAYER] }),
      undefined,
      `gives two sizes for the same blob (${LAYER.digest}): 1 and ${LAYER.size}`,
    ],
    [
      'with a config by sha512',
      image({ config: { ...image().config, digest: SHA512 } }),
      undefined,
      'has a sha512 digest for config, and runtimes can pull it only by sha256',
    ],
    [
      'with images by sha512 only',
      index({ manifests: [{ ...index().manifests[0], digest: SHA512 }] }),
      undefined,
      'has a sha512 digest for manifests[0], and runtimes can pull it only by sha256',
    ],
    [
      'with a config of 0 bytes',
      image({ config: { ...image().config, size: 0 } }),
      undefined,
      'has no valid config.size: 0',
    ],
    [
      'with images of 0 bytes only',
      index({ manifests: [{ ...index().manifests[0], size: 0 }] }),
      undefined,
      'has no valid manifests[0].size: 0',
    ],
    ['with a negative size', image({ layers: [{ ...LAYER, size: -1 }] }), undefined, 'has no valid layers[0].size'],
    [
      'with a size beyond all numbers',
      JSON.stringify(image()).replace(/"size":\d+/, '"size":1e999'),
      undefined,
      'has no valid config.size: 1e999 is not an integer',
    ],
    [
      'with a size that is a text',
      image({ config: { ...LAYER, size: '1' } }),
      undefined,
      'has no valid config.size: "1" is not an integer',
    ],
    ['with entries that are none', index({ manifests: 'x' }), undefined, 'has no valid manifests: "x" is not an array'],
    [
      'with more entries than any index has',
      index({ manifests: new Array(10_001).fill(LAYER) }),
      undefined,
      'has no valid manifests: it has more than 10000 elements',
    ],
  ] as const) {
    it(`calls it corrupt when ${name}`, () => assert.equal(problemOf(document, contentType), `corrupt: ${expected}`));
  }

  for (const [name, document, contentType, expected] of [
    ['another kind', image(), OCI_INDEX, `says it is ${OCI_MANIFEST}, but the registry serves it as ${OCI_INDEX}`],
    ...(['application/json', 'application/octet-stream', 'text/plain; charset=utf-8', 'garbage'] as const).map(
      (type) => [type, image(), type, `is served as ${type}; ${REFUSED} manifest`] as const,
    ),
    ['an index as text', index({ mediaType: undefined }), 'text/plain', `is served as text/plain; ${REFUSED} index`],
    ['no type', image(), null, `is served without a Content-Type; ${REFUSED} manifest`],
    ['an empty type', image(), '', `is served without a Content-Type; ${REFUSED} manifest`],
  ] as const) {
    it(`is refused when it is served as ${name}`, () =>
      assert.equal(problemOf(document, contentType), `media-type: ${expected}`));
  }

  for (const [name, document, contentType, listedAs, expected] of [
    ['nothing odd', image(), OCI_MANIFEST, undefined, undefined],
    ['parameters', image(), `${OCI_MANIFEST}; charset=utf-8;`, undefined, undefined],
    ['capitals', image(), OCI_MANIFEST.toUpperCase(), undefined, 'which not every runtime accepts'],
    ['a parameter without a value', image(), `${OCI_MANIFEST}; x`, undefined, 'which not every runtime accepts'],
    ['another type of its kind', image(), DOCKER_MANIFEST, undefined, `says it is ${OCI_MANIFEST}, but is served as`],
    ['a listed type, served as JSON', image(), 'application/json', OCI_MANIFEST, 'is served as application/json, and'],
    ['a listed type, served as no type', image(), undefined, OCI_MANIFEST, 'is served without a Content-Type, and'],
  ] as const) {
    it(`may be refused by some runtimes with ${name}`, () => {
      const bytes = Buffer.from(JSON.stringify(document));
      const outcome = readManifest({ bytes, truncated: false, contentType, listedAs, quote: cleanText });
      assert.ok(outcome.ok);
      if (expected === undefined) assert.equal(outcome.value.doubt, undefined);
      else assert.ok(outcome.value.doubt?.includes(expected), outcome.value.doubt);
    });
  }

  const TEXT = JSON.stringify(image());
  const LAYER_TEXT = JSON.stringify(LAYER);
  /** With these members in front: of the manifest, of its first layer. */
  const top = (members: string) => TEXT.replace('{', `{${members},`);
  const inLayer = (members: string) => TEXT.replace(LAYER_TEXT, LAYER_TEXT.replace('{', `{${members},`));
  const inEntry = (members: string) => JSON.stringify(index()).replace('"manifests":[{', `"manifests":[{${members},`);

  for (const [name, text, expected] of [
    [
      'an annotation that is a number',
      top('"annotations":{"a":5}'),
      'has no valid annotations["a"]: 5 is not a string',
    ],
    [
      'an annotation of a layer that is true',
      inLayer('"annotations":{"a.b/c":true}'),
      'has no valid layers[0].annotations["a.b/c"]: true is not a string',
    ],
    [
      'an annotation of an entry that is a list',
      inEntry('"annotations":{"a":[]}'),
      'has no valid manifests[0].annotations["a"]: an array is not a string',
    ],
    ['annotations that are a list', top('"annotations":[]'), 'has no valid annotations: an array is not an object'],
    ['a subject that is a number', top('"subject":7'), 'has no valid subject: 7 is not an object'],
    [
      'a subject with a size that is none',
      top('"subject":{"size":1.5}'),
      'has no valid subject.size: 1.5 is not an integer',
    ],
    ['data that is no base64', inLayer('"data":"!!!"'), 'has no valid layers[0].data: "!!!" is not base64'],
    ['urls that are one', inLayer('"urls":"x"'), 'has no valid layers[0].urls: "x" is not an array'],
    [
      'a platform that is a text',
      inEntry('"platform":"linux"').replace(/,"platform":\{.*?\}/, ''),
      'has no valid manifests[0].platform: "linux" is not an object',
    ],
    [
      'features of an operating system that are a text',
      inLayer('"platform":{"os.features":"x"}'),
      'has no valid layers[0].platform.os.features: "x" is not an array',
    ],
    [
      'features of a platform that are a text, in a list of Docker',
      inEntry('"platform":{"features":"x"}')
        .replace(/,"platform":\{.*?\}/, '')
        .replace(OCI_INDEX, DOCKER_LIST),
      'has no valid manifests[0].platform.features: "x" is not an array',
    ],
    ['an artifact type that is a number', top('"artifactType":5'), 'has no valid artifactType: 5 is not a string'],
    ['a version that is no integer', TEXT.replace(':2,', ':2.0,'), 'has no valid schemaVersion: 2.0 is not an integer'],
    ['a version with an exponent', TEXT.replace(':2,', ':2e0,'), 'has no valid schemaVersion: 2e0 is not an integer'],
    [
      'a size that is no integer',
      TEXT.replace(/"size":(\d+)/, '"size":$1.0'),
      `has no valid config.size: ${IMAGE.config.size}.0 is not an integer`,
    ],
    [
      'a size beyond 64 bits',
      TEXT.replace(/"size":(\d+)/, '"size":9223372036854775808'),
      'has no valid config.size: 9223372036854775808 is not an integer',
    ],
    ['a size beyond all disks', TEXT.replace(/"size":(\d+)/, '"size":9007199254740993'), 'has no valid config.size'],
    ['its layers twice', `${TEXT.slice(0, -1)},"Layers":[]}`, 'is ambiguous: it has both "layers" and "Layers"'],
    ['the digest of a layer twice', inLayer('"Digest":""'), 'is ambiguous: layers[0] has both "Digest" and "digest"'],
    [
      'the platform of an entry twice',
      inEntry('"Platform":null'),
      'is ambiguous: manifests[0] has both "Platform" and "platform"',
    ],
    [
      'the system of a platform twice',
      JSON.stringify(index()).replace('"os":', '"OS":"windows","os":'),
      'is ambiguous: manifests[0].platform has both "OS" and "os"',
    ],
    ['manifests, in capitals', top('"MANIFESTS":[]'), MIXED],
    ['the layers of schema 1, in capitals', top('"FSLAYERS":[]'), MIXED],
    ['a second value behind it', `${TEXT} {}`, 'is not valid JSON'],
  ] as const) {
    it(`calls it corrupt when it has ${name}`, () => assert.equal(problemOf(text), `corrupt: ${expected}`));
  }

  for (const [from, to] of [
    ['layers', 'Layers'],
    ['layers', 'layer\u017f'],
    ['config', 'CONFIG'],
    ['schemaVersion', 'SCHEMAVERSION'],
    ['digest', 'Digest'],
    ['size', '\u017fize'],
    ['mediaType', 'mediatype'],
  ] as const) {
    it(`reads ${to} as ${from}`, () => {
      assert.equal(problemOf(TEXT.replaceAll(`"${from}"`, `"${to}"`)), `manifest ${OCI_MANIFEST}`);
    });
  }

  it('reads the fields of a platform in any case', () => {
    const outcome = read(JSON.stringify(index()).replace('"os"', '"OS"').replace('"manifests"', '"Manifests"'));
    assert.ok(outcome.ok && outcome.value.kind === 'index');
    assert.deepEqual(outcome.value.manifests[0]?.platform, { os: 'linux', architecture: 'amd64' });
  });

  for (const members of [
    '"annotations":null',
    '"annotations":{"a":null}',
    '"annotations":{"a":"1","a":"2","A":"3"}',
    '"subject":{}',
    '"subject":null',
    '"data":"aGVsbG8="',
    '"data":null',
    '"urls":[null]',
    '"platform":{"os.features":[null]}',
    '"artifactType":null',
  ]) {
    const place = /"(?:data|urls|platform)"/.test(members) ? inLayer : top;
    it(`accepts ${members}`, () => assert.equal(problemOf(place(members)), `manifest ${OCI_MANIFEST}`));
  }

  for (const [name, document, contentType, expected] of [
    ['a page', '<!DOCTYPE html><title>Log "in"</title>', 'text/html', `no-manifest: a web page ("Log 'in'")`],
    ['nothing', '', undefined, 'no-manifest: an empty body'],
    ['nothing, called a manifest', '', OCI_MANIFEST, 'no-manifest: an empty body'],
    ['a text', 'ok', undefined, 'no-manifest: content that is not JSON'],
    ['an error', { errors: [] }, OCI_MANIFEST, 'no-manifest: an error message'],
    ['other JSON', { layers: 3 }, undefined, 'no-manifest: other JSON'],
    ['schema 1 inside', { schemaVersion: 1 }, OCI_MANIFEST, 'schema1'],
    ['schema 1 by name', 'anything', 'application/vnd.docker.distribution.manifest.v1+json', 'schema1'],
    ['an empty index', index({ manifests: [] }), undefined, 'not-an-image: an empty index'],
    ['an index of null', index({ manifests: null }), undefined, 'not-an-image: an empty index'],
    ['an index of nothing', { schemaVersion: 2 }, OCI_INDEX, 'not-an-image: an empty index'],
    [
      'a document of its own type',
      { schemaVersion: 2, mediaType: 'x/\u001b[31my' },
      undefined,
      'not-an-image: a document of type x/ [31my',
    ],
    [
      'a config of no type',
      image({ config: { ...LAYER, mediaType: '' } }),
      undefined,
      'not-an-image: an artifact of type unknown',
    ],
  ] as const) {
    it(`names it when it is ${name}`, () => assert.equal(problemOf(document, contentType), expected));
  }

  it('accepts a Docker image', () => {
    const docker = dockerImageOf();
    assert.equal(problemOf(Buffer.from(docker.bytes).toString(), docker.mediaType), `manifest ${DOCKER_MANIFEST}`);
  });

  it('reads bad UTF-8 as Go does, which replaces it', () => {
    const bytes = Buffer.from(JSON.stringify(image({ annotations: { x: '@' } })));
    bytes[bytes.indexOf('@')] = 0xff;
    assert.equal(readManifest({ bytes, truncated: false, contentType: OCI_MANIFEST, quote: cleanText }).ok, true);
  });

  it('reads no more than a runtime would', () => {
    const outcome = readManifest({ bytes: IMAGE.bytes, truncated: true, contentType: OCI_MANIFEST, quote: cleanText });
    assert.ok(!outcome.ok && outcome.error.kind === 'corrupt');
    assert.equal(outcome.error.digest, null);
    assert.equal(MAX_MANIFEST_BYTES, 4_194_304);
  });

  it('survives 300,000 nested lists', () => {
    const deep = '['.repeat(300_000) + ']'.repeat(300_000);
    assert.equal(problemOf(deep, OCI_MANIFEST), 'corrupt: is not valid JSON');
    assert.equal(
      problemOf(`{"annotations":${deep},${JSON.stringify(image()).slice(1)}`, undefined),
      'corrupt: is not valid JSON',
    );
    const deepest = `${'['.repeat(9_999)}${']'.repeat(9_999)}`;
    const withUnknown = (value: string) => `{"x":${value},${JSON.stringify(image()).slice(1)}`;
    assert.equal(problemOf(withUnknown(deepest), OCI_MANIFEST), `manifest ${OCI_MANIFEST}`);
    assert.equal(problemOf(withUnknown(`[${deepest}]`), OCI_MANIFEST), 'corrupt: is not valid JSON');
  });

  const contentTypes = fc.constantFrom(
    undefined,
    OCI_MANIFEST,
    OCI_INDEX,
    DOCKER_LIST,
    'text/html',
    'application/json',
  );

  it('never throws on bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), contentTypes, (bytes, truncated, contentType) => {
        readManifest({ bytes, truncated, contentType, quote: cleanText });
      }),
    );
  });

  it('never throws on JSON, and accepts no invalid digest', () => {
    const anything = fc.jsonValue();
    const descriptor = fc.oneof(
      anything,
      fc.record(
        {
          mediaType: anything,
          digest: fc.oneof(anything, fc.constant(IMAGE.digest)),
          size: anything,
          urls: anything,
          platform: anything,
        },
        { requiredKeys: [] },
      ),
    );
    const document = fc.oneof(
      anything,
      fc.record(
        {
          schemaVersion: fc.constantFrom(1, 2, '2', null),
          mediaType: fc.oneof(anything, fc.constantFrom(OCI_MANIFEST, OCI_INDEX)),
          config: descriptor,
          layers: fc.oneof(anything, fc.array(descriptor)),
          manifests: fc.oneof(anything, fc.array(descriptor)),
          errors: anything,
          artifactType: anything,
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(document, contentTypes, (value, contentType) => {
        const outcome = read(value, contentType);
        if (!outcome.ok) return;
        const named =
          outcome.value.kind === 'index' ? outcome.value.manifests : [outcome.value.config, ...outcome.value.layers];
        for (const { digest } of named) assert.match(digest, /^sha(?:256|384|512):[0-9a-f]+$/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a manifest with the config of an image and layers of', () => {
  for (const [mediaType, expected] of [
    ['application/vnd.oci.image.layer.v1.tar+gzip', `manifest ${OCI_MANIFEST}`],
    ['application/vnd.in-toto+json', 'not-an-image: an attestation'],
    ['application/vnd.dev.cosign.simplesigning.v1+json', 'not-an-image: a cosign signature'],
  ] as const) {
    it(`${mediaType}: ${expected}`, () => {
      const content = imageOf(undefined, [layerOf('x', mediaType)]);
      assert.equal(problemOf(Buffer.from(content.bytes).toString()), expected);
    });
  }
});
