import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DigestHistory, expectSameDigest, recordDigest } from '../../../src/monitor/history/digest-history.ts';
import { checkAt } from '../../support/check-records.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const [A, B] = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string];
const REFERENCE = 'ghcr.io/org/app:1.2';

const recorded = (...digests: (string | null)[]): DigestHistory | null =>
  digests.reduce((history: DigestHistory | null, digest) => recordDigest(history, REFERENCE, digest), null);

describe('recordDigest', () => {
  it('remembers the first and the last digest, and counts the moves', () => {
    assert.deepEqual(recorded(A), { reference: REFERENCE, first: A, last: A, moves: 0 });
    assert.deepEqual(recorded(A, A, B, B, A), { reference: REFERENCE, first: A, last: A, moves: 2 });
  });

  it('is not changed by checks without a digest', () => {
    assert.equal(recorded(null), null);
    assert.deepEqual(recorded(A, null, A), recorded(A));
  });

  it('begins anew with another reference: another tag has not moved', () => {
    const other = recordDigest(recorded(A), 'ghcr.io/org/app:1.3', B);
    assert.deepEqual(other, { reference: 'ghcr.io/org/app:1.3', first: B, last: B, moves: 0 });
  });
});

describe('expectSameDigest', () => {
  const available = (digest: string | null) => checkAt(NOON, 'available', { digest });

  it('is unavailable with another digest than the one recorded first', () => {
    assert.deepEqual(expectSameDigest(available(B), recorded(A), REFERENCE), {
      ...available(B),
      ...{ state: 'unavailable', reason: 'digest-moved', cause: null },
      message: 'The digest is sha256:bbbbbbbbbbbb; sha256:aaaaaaaaaaaa was recorded first.',
    });
    assert.equal(expectSameDigest(available(B), recorded(A, B, B), REFERENCE).state, 'unavailable');
  });

  it('is available with the digest recorded first, also after a move', () => {
    assert.deepEqual(expectSameDigest(available(A), recorded(A), REFERENCE), available(A));
    assert.deepEqual(expectSameDigest(available(A), recorded(A, B), REFERENCE), available(A));
  });

  it('changes nothing at the first check, with another reference, without a digest, and in other states', () => {
    const missing = checkAt(NOON, 'unavailable', { digest: B });
    assert.deepEqual(expectSameDigest(available(B), null, REFERENCE), available(B));
    assert.deepEqual(expectSameDigest(available(B), recorded(A), 'ghcr.io/org/app:1.3'), available(B));
    assert.deepEqual(expectSameDigest(available(null), recorded(A), REFERENCE), available(null));
    assert.deepEqual(expectSameDigest(missing, recorded(A), REFERENCE), missing);
  });
});
