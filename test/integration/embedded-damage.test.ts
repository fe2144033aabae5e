// The damage of damaged-images.test.ts once more, on the embedded registry: the same verdicts, and the culprit by name.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shortDigest } from '../../src/core/digest.ts';
import type { Bundle, Content } from '../../src/demo/content.ts';
import { createImage, type Image } from '../../src/demo/image.ts';
import { createIndex } from '../../src/demo/image-index.ts';
import { startRegistry } from '../../src/demo/registry.ts';
import { checkJson } from '../support/command.ts';

type Outcome = readonly [reason: string | null, cause: string | null, exitCode: number];

interface Damage {
  readonly name: string;
  /** What of the image is stored, and what stands in its place; undefined: nothing. */
  readonly culprit: (image: Image) => Content;
  readonly change: (content: Content) => Content | undefined;
  readonly expected: Outcome;
}

const withBytes = (change: (bytes: Uint8Array) => Uint8Array) => (content: Content) => {
  const bytes = change(content.bytes);
  return { ...content, bytes, size: bytes.length };
};
const lost = () => undefined;
const cut = withBytes((bytes) => bytes.subarray(0, bytes.length >> 1));
const emptied = withBytes(() => new Uint8Array());
const layer = (image: Image): Content => image.layers[1] as Content;
const config = (image: Image): Content => image.config;

const DAMAGES: readonly Damage[] = [
  { name: 'a layer that was lost', culprit: layer, change: lost, expected: ['incomplete', 'layer', 6] },
  { name: 'a layer cut short', culprit: layer, change: cut, expected: ['corrupt', 'layer', 6] },
  { name: 'an emptied layer', culprit: layer, change: emptied, expected: ['corrupt', 'layer', 6] },
  { name: 'a config that was lost', culprit: config, change: lost, expected: ['incomplete', 'config', 6] },
  { name: 'a config cut short', culprit: config, change: cut, expected: ['corrupt', 'config', 6] },
];

function damaged(image: Image, culprit: Content, change: Damage['change']): Bundle {
  const blobs = image.blobs.flatMap((blob) => (blob.digest === culprit.digest ? (change(blob) ?? []) : blob));
  return { ...image, blobs };
}

describe('--layers names what is damaged of', () => {
  for (const { name, culprit, change, expected } of DAMAGES) {
    for (const kind of ['an image', 'an index'] as const) {
      it(`${kind}: ${name}`, async () => {
        await using registry = await startRegistry();
        const image = createImage({ layers: 3, text: 'damaged' });
        const broken = damaged(image, culprit(image), change);
        const other = createImage({ platform: 'linux/arm64', layers: 3, text: 'whole' });
        const index = createIndex([image, other]);
        const stored = kind === 'an image' ? broken : { ...index, children: [broken, other] };
        registry.put('team/app', 'v1', stored);
        const { result, exitCode } = await checkJson([`${registry.name}/team/app:v1`, '--layers']);
        assert.deepEqual([result.reason, result.cause, exitCode], expected);
        assert.ok(result.message.includes(culprit(image).digest), result.message);
      });
    }
  }
});

describe('a damaged manifest', () => {
  const image = createImage({ layers: 2 });
  const index = createIndex([image, createImage({ platform: 'linux/arm64' })]);

  it('of a platform that was lost is named', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', index);
    registry.remove('team/app', image.manifest.digest);
    const { result, exitCode } = await checkJson([`${registry.name}/team/app:v1`, '--platform', 'linux/amd64']);
    assert.deepEqual([result.reason, result.cause, exitCode], ['incomplete', 'child-manifest', 6]);
    assert.ok(result.message.includes(image.manifest.digest), result.message);
  });

  it('whose bytes changed is corrupt if requested by its digest, as a child and alone', async () => {
    await using registry = await startRegistry();
    const text = Buffer.from(image.manifest.bytes).toString();
    const changed = { ...image.manifest, bytes: Buffer.from(`${text} `) };
    registry.put('team/app', 'v1', { ...index, children: [{ ...image, manifest: changed }] });
    const asChild = await checkJson([`${registry.name}/team/app:v1`, '--platform', 'linux/amd64']);
    assert.deepEqual([asChild.result.reason, asChild.result.cause], ['corrupt', 'child-manifest']);
    const alone = await checkJson([`${registry.name}/team/app@${image.manifest.digest}`]);
    assert.deepEqual([alone.result.reason, alone.exitCode], ['corrupt', 6]);
    assert.ok(alone.result.message.includes(shortDigest(image.manifest.digest)), alone.result.message);
  });

  it('that no tag leads to any more is not found', async () => {
    await using registry = await startRegistry();
    registry.put('team/app', 'v1', image);
    registry.remove('team/app', 'v1');
    const { result, exitCode } = await checkJson([`${registry.name}/team/app:v1`, '--layers']);
    assert.deepEqual([result.reason, result.cause, exitCode], ['not-found', null, 4]);
  });
});
