import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Digest, digestOf, digestProblem, isDigest, shortDigest } from '../../src/core/digest.ts';

// The digests of nothing, as FIPS 180-4 implementations everywhere give them.
const EMPTY = {
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  sha384: '38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
  sha512:
    'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce' +
    '47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
};

describe('digestProblem', () => {
  for (const [algorithm, hex] of Object.entries(EMPTY)) {
    it(`accepts ${algorithm}`, () => assert.equal(digestProblem(`${algorithm}:${hex}`), undefined));
  }

  const bad: [text: string, problem: string][] = [
    ['', 'has no algorithm prefix ("sha256:")'],
    [EMPTY.sha256, 'has no algorithm prefix ("sha256:")'],
    [`:${EMPTY.sha256}`, 'has no algorithm prefix ("sha256:")'],
    ['md5:d41d8cd98f00b204e9800998ecf8427e', 'must use sha256, sha384 or sha512'],
    [`SHA256:${EMPTY.sha256}`, 'must use sha256, sha384 or sha512'],
    ['constructor:x', 'must use sha256, sha384 or sha512'],
    ['sha256:', 'must have 64 hexadecimal digits after sha256:, not 0'],
    [`sha256:${EMPTY.sha256}0`, 'must have 64 hexadecimal digits after sha256:, not 65'],
    [`sha512:${EMPTY.sha256}`, 'must have 128 hexadecimal digits after sha512:, not 64'],
    [`sha256:${EMPTY.sha256.toUpperCase()}`, 'must contain only lowercase hexadecimal digits (0-9, a-f)'],
    [`sha256:${'g'.repeat(64)}`, 'must contain only lowercase hexadecimal digits (0-9, a-f)'],
    [`sha256:../${'0'.repeat(61)}`, 'must contain only lowercase hexadecimal digits (0-9, a-f)'],
    [`sha256:${'0'.repeat(63)}\n`, 'must contain only lowercase hexadecimal digits (0-9, a-f)'],
  ];
  for (const [text, problem] of bad) {
    it(`refuses ${JSON.stringify(text).slice(0, 30)}: ${problem}`, () => assert.equal(digestProblem(text), problem));
  }
});

describe('isDigest', () => {
  it('is true of a digest and of nothing else', () => {
    assert.equal(isDigest(`sha256:${EMPTY.sha256}`), true);
    for (const value of ['sha256:abc', undefined, null, 7, {}, [`sha256:${EMPTY.sha256}`]]) {
      assert.equal(isDigest(value), false);
    }
  });

  it('lets nothing into a URL that would change its path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }), (noise) => {
        const text = `sha256:${noise}${'0'.repeat(64)}`.slice(0, 71);
        assert.equal(isDigest(text), /^sha256:[0-9a-f]{64}$/.test(text));
      }),
    );
  });
});

describe('digestOf', () => {
  it('is sha256 unless told', () => assert.equal(digestOf(new Uint8Array()), `sha256:${EMPTY.sha256}`));

  it('uses the algorithm of the digest it will be compared with', () => {
    for (const [algorithm, hex] of Object.entries(EMPTY)) {
      const expected = `${algorithm}:${hex}` as Digest;
      assert.equal(digestOf(new Uint8Array(), expected), expected);
    }
  });

  it('makes digests', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => isDigest(digestOf(bytes))));
  });
});

describe('shortDigest', () => {
  it('keeps the algorithm and twelve digits', () =>
    assert.equal(shortDigest(`sha512:${EMPTY.sha512}`), 'sha512:cf83e1357eef'));
});
