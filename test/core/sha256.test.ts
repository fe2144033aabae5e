import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { digestOf } from '../../src/core/digest.ts';
import { sha256 } from '../../src/core/sha256.ts';

const byNode = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('sha256', () => {
  it('is that of the standard', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    assert.equal(sha256(new Uint8Array()), empty);
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(sha256(Buffer.from('abc')), abc);
  });

  it('is that of Node.js for every length around the ends of blocks', () => {
    for (let length = 0; length <= 260; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 31 + length) % 256);
      assert.equal(sha256(bytes), byNode(bytes), `${length}`);
    }
  });

  it('is that of Node.js for any bytes, also within a larger buffer', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat(100), (bytes, start) => {
        const part = bytes.subarray(start);
        assert.equal(sha256(part), byNode(part));
        assert.equal(digestOf(part), `sha256:${byNode(part)}`);
      }),
    ));
});
