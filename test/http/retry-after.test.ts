import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findRetryAfter, parseRetryAfter } from '../../src/http/retry-after.ts';

const NOW = Date.UTC(1994, 10, 6, 8, 49, 7);

describe('parseRetryAfter', () => {
  const understood: readonly [text: string, waitMs: number][] = [
    ['0', 0],
    ['120', 120_000],
    [' 2 ', 2_000],
    ['1.5', 1_500],
    ['86400', 86_400_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
    ['880.092µs', 0.880092],
    ['880.092μs', 0.880092],
    ['880.092Âµs', 0.880092],
    ['880.092\\u00b5s', 0.880092],
    ['5us', 0.005],
    ['100ns', 0.0001],
    ['250ms', 250],
    ['3s', 3_000],
    ['1m30s', 90_000],
    ['1h0m0.5s', 3_600_500],
  ];
  for (const [text, waitMs] of understood) {
    it(`"${text}" is ${waitMs} ms`, () => {
      assert.ok(Math.abs((parseRetryAfter(text, NOW) ?? Number.NaN) - waitMs) < 1e-9);
    });
  }

  const refused = ['', 'soon', '-5', '+5', '1e3', '0x10', '5 s', '1,5', '1d', 'NaN', 'Infinity', '5minutes'];
  const dates = ['2026-01-01', 'Sun', 'Sun, tomorrow GMT', 'Sun, 06 Nov 1994 08:49:37 +0200', 'Mon (1) 2 Jan 1994'];
  for (const text of [...refused, ...dates, '9'.repeat(13)]) {
    it(`"${text}" is ignored`, () => assert.equal(parseRetryAfter(text, NOW), undefined));
  }

  it('never throws, and returns only finite times from now on', () => {
    const hostile = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.smhu]{0,40}$/), fc.stringMatching(/^Sun, .{0,40}$/));
    fc.assert(
      fc.property(hostile, (text) => {
        const waitMs = parseRetryAfter(text, NOW);
        assert.ok(waitMs === undefined || (Number.isFinite(waitMs) && waitMs >= 0));
      }),
    );
  });
});

describe('findRetryAfter', () => {
  it('finds the Go duration in the words of GHCR', () => {
    const words = '{"errors":[{"code":"TOOMANYREQUESTS","message":"retry-after: 880.092µs, allowed: 44000/minute"}]}';
    assert.equal(findRetryAfter(words, NOW), 0.880092);
    assert.equal(findRetryAfter(words.replace('µ', '\\u00b5'), NOW), 0.880092);
  });

  it('finds seconds, and nothing where no time is named', () => {
    assert.equal(findRetryAfter('Too many requests. Retry after 30 seconds.', NOW), 30_000);
    assert.equal(findRetryAfter('Retry-After:5', NOW), 5_000);
    assert.equal(findRetryAfter('retry after lunch', NOW), undefined);
    assert.equal(findRetryAfter('<html>', NOW), undefined);
  });
});
