import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesOfText, latin1OfInvalid, replaceInvalid, textOfBytes } from '../../src/core/byte-text.ts';

describe('textOfBytes', () => {
  it('reads UTF-8, and keeps a byte order mark', () => {
    assert.equal(textOfBytes(Buffer.from('\uFEFFä€😀')), '\uFEFFä€😀');
  });

  it('keeps every byte that is not UTF-8', () => {
    assert.equal(textOfBytes(Buffer.from([0x61, 0xe4, 0xc3, 0xa4, 0xff])), 'a\udce4ä\udcff');
  });

  it('loses nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.deepEqual(new Uint8Array(bytesOfText(textOfBytes(bytes))), bytes);
      }),
    );
  });

  it('can be shown', () => {
    assert.equal(replaceInvalid('p\udce4😀'), 'p\ufffd😀');
    assert.equal(latin1OfInvalid('p\udce4😀'), 'pä😀');
  });
});
