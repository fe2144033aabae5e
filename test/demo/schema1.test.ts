import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../src/core/digest.ts';
import { createImage } from '../../src/demo/image.ts';
import { createSchema1 } from '../../src/demo/schema1.ts';

const base = createImage({ layers: 2 }).layers.map(({ digest }) => digest);

describe('createSchema1', () => {
  it('lists the layers top first', () => {
    const { manifest } = createSchema1({ repository: 'old/app', tag: 'v1', layers: base });
    const { fsLayers, name, tag, schemaVersion } = JSON.parse(Buffer.from(manifest.bytes).toString());
    assert.deepEqual(
      { fsLayers, name, tag, schemaVersion },
      {
        fsLayers: [{ blobSum: base[1] }, { blobSum: base[0] }],
        name: 'old/app',
        tag: 'v1',
        schemaVersion: 1,
      },
    );
  });

  it('has the digest of the document without its signatures, removed as the protected part says', () => {
    const { bytes, digest } = createSchema1({ repository: 'old/app', tag: 'v1', layers: base }).manifest;
    const { signatures } = JSON.parse(Buffer.from(bytes).toString());
    const decode = (text: string) => Buffer.from(text, 'base64url');
    const { formatLength, formatTail } = JSON.parse(decode(signatures[0].protected).toString());
    const payload = Buffer.concat([bytes.subarray(0, formatLength), decode(formatTail)]);
    assert.equal(digestOf(payload), digest);
    assert.notEqual(digestOf(bytes), digest);
  });
});
