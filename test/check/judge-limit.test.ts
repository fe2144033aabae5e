import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeLimit } from '../../src/check/judge-limit.ts';
import { evidenceOf } from '../../src/registry/evidence.ts';
import { imageUnderCheck, NO_CREDENTIALS, password, responseOf } from '../support/scripted-check.ts';

const DATE = 'Thu, 01 Jan 2026 00:00:00 GMT';

const ASKED = ', as the server asks (Retry-After)';

describe('when to try again', () => {
  for (const [headers, body, expected] of [
    [{ 'retry-after': '1' }, '', `in 1 s${ASKED}`],
    [{ 'retry-after': '0' }, '', `in 1 s${ASKED}`],
    [{ 'retry-after': '119' }, '', `in 119 s${ASKED}`],
    [{ 'retry-after': '120' }, '', `in 2 min${ASKED}`],
    [{ 'retry-after': '7201' }, '', `in 3 h${ASKED}`],
    [{ 'retry-after': '99999999' }, '', 'later'],
    [{ 'retry-after': 'soon' }, '', 'later'],
    [{}, '', 'later'],
    [{}, 'retry-after: 90s, allowed: 1/minute', 'in 90 s, as the server asks'],
    [{ date: DATE, 'retry-after': 'Thu, 01 Jan 2026 00:10:00 GMT' }, '', `in 10 min (00:10 UTC)${ASKED}`],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:10:00 GMT' }, '', 'later'],
  ] as const) {
    it(`${JSON.stringify({ ...headers, body })}: ${expected}`, () => {
      const evidence = evidenceOf(responseOf({ status: 429, headers, body }));
      const { hint } = judgeLimit(imageUnderCheck(), evidence, 'too-many-requests', NO_CREDENTIALS);
      assert.equal(hint?.text, `Try again ${expected}.`);
    });
  }
});

describe('an exhausted quota', () => {
  const evidence = evidenceOf(responseOf({ status: 429, headers: { 'ratelimit-limit': '200;w=21600' } }));
  it('suggests a login to anonymous users', () => {
    const { message, hint } = judgeLimit(imageUnderCheck('nginx'), evidence, 'pull-quota', NO_CREDENTIALS);
    assert.equal(
      message,
      'Docker Hub: 0 of 200 pulls are left in this 6-hour window (anonymous, 429); whether the image exists is unknown.',
    );
    assert.match(
      hint?.text ?? '',
      /^Log in for a higher limit \(200 pulls with a free account\): `docker login`\. Or wait: pulls become available again within 6 h\.$/,
    );
  });

  it('suggests only to wait with credentials', () => {
    const login = { used: password(), refused: [], withToken: true };
    assert.equal(
      judgeLimit(imageUnderCheck('nginx'), evidence, 'pull-quota', login).hint?.text,
      'Wait: pulls become available again within 6 h.',
    );
  });
});
