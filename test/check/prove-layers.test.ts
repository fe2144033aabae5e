import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Script } from '../support/fake-send.ts';
import { descriptorOf, type Image, imageOf, layerOf } from '../support/images.ts';
import {
  AMD64,
  APP,
  ARM64,
  BASE,
  BOTH,
  blob,
  challenges,
  checkScripted,
  MISSING,
  ONE,
  password,
  platforms,
  refuses,
  serveBlob,
  serveImage,
  tagged,
  whenKnown,
} from '../support/scripted-check.ts';

const LAYERS = { proof: 'layers' } as const;
const without = (...blobs: Parameters<typeof blob>[0][]): Script =>
  Object.fromEntries(
    blobs.flatMap((it) => [
      [blob(it, 'HEAD '), MISSING],
      [blob(it, 'GET '), MISSING],
    ]),
  );

describe('the layers of an image', () => {
  it('counts each distinct blob once', async () => {
    const { result } = await checkScripted({ ...LAYERS, script: BOTH });
    const distinct = [AMD64.config, ARM64.config, ...AMD64.layers, ARM64.layers[1] ?? BASE];
    assert.deepEqual(result.blobs, { count: 5, bytes: distinct.reduce((sum, { size }) => sum + size, 0) });
    assert.equal(result.proof, 'layers');
  });

  it('names each missing blob: digest, layer, platform, media type; and counts the rest', async () => {
    const script = { ...BOTH, ...without(BASE, ARM64.config) };
    const { result } = await checkScripted({ ...LAYERS, script });
    assert.deepEqual([result.reason, result.cause], ['incomplete', 'layer']);
    assert.equal(result.blobs?.count, 3);
    const { config } = ARM64;
    assert.equal(
      result.message,
      `2 of 5 blobs are missing: layer 1 of linux/amd64 (${BASE.digest}, ${BASE.mediaType}); the config of linux/arm64 (${config.digest}, ${config.mediaType}).`,
    );
  });

  it('names five of many', async () => {
    const layers = Array.from({ length: 7 }, (_, at) => layerOf(`layer ${at}`));
    const image = imageOf(undefined, layers);
    const { result } = await checkScripted({
      ...LAYERS,
      script: { ...serveImage(image), ...tagged(image), ...without(...layers) },
    });
    assert.match(result.message, /^7 of 8 blobs are missing: layer 1 .* and 2 more\.$/);
  });

  it('cleans the media type that a manifest gives a layer', async () => {
    const layer = layerOf('x', 'x/y\u001b[31m');
    const image = imageOf(undefined, [layerOf('y'), layer]);
    const { result } = await checkScripted({
      ...LAYERS,
      script: { ...serveImage(image), ...tagged(image), ...without(layer) },
    });
    assert.match(result.message, / is missing .* \(x\/y \[31m\)/);
  });

  it('requests only the layers of the required platforms', async () => {
    const { result, log } = await checkScripted({ ...LAYERS, platforms: platforms('linux/arm64'), script: BOTH });
    assert.equal(result.blobs?.count, 3);
    assert.ok(log.every((line) => !line.includes(APP.digest)));
  });

  it('sends credentials to the registry, and never to the server of a foreign layer', async () => {
    const layers = [{ ...descriptorOf(BASE), urls: ['ftp://x/y', 'https://elsewhere.example/layer'] }];
    const image: Image = imageOf(undefined, [BASE], { layers });
    const known = Object.fromEntries(
      Object.entries({ ...serveImage(image), ...tagged(image) }).map(([key, reply]) => [
        key,
        whenKnown(challenges('Basic realm="r"'), reply as never),
      ]),
    );
    const script = { ...known, 'https://elsewhere.example/layer': challenges('Basic realm="give me your password"') };
    const { result, requests } = await checkScripted({ ...LAYERS, script, logins: [password()] });
    assert.equal(result.verdict, 'pullable');
    const away = requests.filter(({ url }) => url.host === 'elsewhere.example');
    assert.deepEqual(
      away.map(({ method, headers }) => ({ method, headers })),
      [
        { method: 'HEAD', headers: {} },
        { method: 'GET', headers: { range: 'bytes=0-0' } },
      ],
    );
  });

  it('reports a policy that blocks one', async () => {
    const reply = refuses(403, 'DENIED', 'blocked by curation');
    const { result } = await checkScripted({
      ...LAYERS,
      script: { ...ONE, [blob(APP, 'HEAD ')]: reply, [blob(APP, 'GET ')]: reply },
    });
    assert.equal(`${result.reason}/${result.cause}`, 'denied/policy-block');
  });
});

describe('a HEAD without a length', () => {
  it('proves nothing: the first byte of the blob is requested', async () => {
    const { result, log } = await checkScripted({ ...LAYERS, script: { ...ONE, [blob(APP, 'HEAD ')]: {} } });
    assert.equal(result.verdict, 'pullable');
    assert.deepEqual(
      log.filter((line) => line.endsWith(APP.digest)).map((line) => line.split(' ')[0]),
      ['HEAD', 'GET'],
    );
  });
});

describe('blobs of unknown size', () => {
  const bytes = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(70_000)]);
  const layers = ['a', 'b', 'c'].map((letter) => layerOf(letter.repeat(bytes.length)));
  const check = (count: number) => {
    const image = imageOf(undefined, layers.slice(0, count));
    const unsized = Object.fromEntries(image.layers.map((layer) => [blob(layer), { body: bytes }]));
    return checkScripted({ ...LAYERS, script: { ...tagged(image), ...serveBlob(image.config), ...unsized } });
  };

  it('exist, with a warning about the size', async () => {
    const { result } = await check(1);
    assert.equal(result.verdict, 'pullable');
    assert.equal(result.blobs?.count, 2);
    const [layer] = layers;
    const name = `layer 1 (${layer?.digest}, ${layer?.mediaType})`;
    assert.deepEqual(result.warnings, [
      {
        code: 'blob-size-unknown',
        message: `The registry sends no length: ${name} exists, but its size could not be compared with the manifest.`,
      },
    ]);
  });

  it('are one warning together', async () => {
    const { result } = await check(3);
    assert.deepEqual(
      result.warnings.map(({ message }) => message),
      ['The registry sends no length: 3 blobs exist, but their size could not be compared with the manifest.'],
    );
  });
});
