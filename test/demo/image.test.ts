import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createImage } from '../../src/demo/image.ts';

const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const jsonOf = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString());

describe('createImage', () => {
  it('makes the same bytes every time, on every machine', () => {
    const digest = 'sha256:7ae9d454862645dc5eec91f8a44e366a9e471f667375da97139ba5e8d81eeffd';
    assert.equal(createImage({ layers: 3 }).manifest.digest, digest);
  });

  it('names config and layers by the digest and size of their bytes', () => {
    const { manifest, config, layers } = createImage({ layers: 2 });
    const document = jsonOf(manifest.bytes);
    assert.equal(manifest.digest, sha256(manifest.bytes));
    for (const [descriptor, { bytes, mediaType }] of [
      [document.config, config] as const,
      ...layers.map((layer, index) => [document.layers[index], layer] as const),
    ]) {
      assert.deepEqual(descriptor, { mediaType, digest: sha256(bytes), size: bytes.length });
    }
    assert.equal(document.layers.length, 2);
  });

  it('has layers a runtime can unpack: gzipped tars whose digest the config lists', () => {
    const { config, layers } = createImage({ text: 'read me' });
    const tar = gunzipSync(layers[0]?.bytes ?? '');
    assert.equal(tar.length % 512, 0);
    assert.equal(tar.subarray(0, 11).toString(), 'layer-1.txt');
    assert.equal(tar.subarray(512, 519).toString(), 'read me');
    assert.deepEqual(jsonOf(config.bytes).rootfs, { type: 'layers', diff_ids: [sha256(tar)] });
  });

  it('has its platform in the config', () => {
    const { config } = createImage({ platform: 'linux/arm/v7' });
    const { os, architecture, variant } = jsonOf(config.bytes);
    assert.deepEqual({ os, architecture, variant }, { os: 'linux', architecture: 'arm', variant: 'v7' });
  });

  it("has docker's media types on request", () => {
    const { manifest, config, layers } = createImage({ flavor: 'docker' });
    assert.deepEqual(
      [manifest, config, ...layers].map(({ mediaType }) => mediaType),
      [
        'application/vnd.docker.distribution.manifest.v2+json',
        'application/vnd.docker.container.image.v1+json',
        'application/vnd.docker.image.rootfs.diff.tar.gzip',
      ],
    );
  });

  it('accepts overrides: fields of the manifest changed or removed', () => {
    const { manifest } = createImage({ manifest: { schemaVersion: 3, layers: undefined } });
    const document = jsonOf(manifest.bytes);
    assert.equal(document.schemaVersion, 3);
    assert.equal('layers' in document, false);
    assert.equal(manifest.digest, sha256(manifest.bytes));
  });
});
