import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatCounts } from '../../src/report/counts.ts';

const none = { total: 0, pullable: 0, unpullable: 0, undetermined: 0, skipped: 0 };

describe('the counts in words', () => {
  it('omit verdicts that did not occur', () =>
    assert.equal(
      formatCounts({ summary: { ...none, total: 3, pullable: 2, unpullable: 1 } }),
      '3 images: 2 pullable, 1 not pullable',
    ));
  it('are only the total if there are no images', () => assert.equal(formatCounts({ summary: none }), '0 images'));
  it('with --expect absent say what is absent and what is present', () => {
    const summary = { total: 8, pullable: 1, unpullable: 4, undetermined: 2, skipped: 1 };
    assert.equal(
      formatCounts({ summary, presence: { absent: 2, present: 2 } }),
      '8 images: 2 absent, 2 present, 3 undetermined, 1 skipped',
    );
  });
});
