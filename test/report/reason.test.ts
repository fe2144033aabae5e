import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Cause, judgementOf, type Reason } from '../../src/core/result.ts';
import { formatReason } from '../../src/report/reason.ts';

const words = (reason: Reason, cause: Cause | null = null) => formatReason(judgementOf(reason, cause));

describe('formatReason', () => {
  it('returns reason and cause in plain words', () => {
    assert.equal(words('unauthorized', 'missing-or-private'), 'unauthorized (missing or private)');
    assert.equal(words('not-found', 'tag'), 'not found (tag)');
    assert.equal(words('rate-limited', 'pull-quota'), 'rate limited (pull quota used up)');
    assert.equal(words('unreachable', 'dns'), 'unreachable (DNS lookup failed)');
  });

  it('returns the reason alone if there is no cause', () =>
    assert.equal(words('platform-missing'), 'platform missing'));

  it('returns why an image was skipped', () =>
    assert.equal(words('unresolved-variable'), 'skipped (unresolved variable)'));

  it('returns an empty text for a pullable image', () =>
    assert.equal(formatReason({ verdict: 'pullable', reason: null, cause: null }), ''));
});
