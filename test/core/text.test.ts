import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanText } from '../../src/core/text.ts';

describe('cleanText', () => {
  it('keeps ordinary text', () => assert.equal(cleanText('Grüße, 世界 — 100 %'), 'Grüße, 世界 — 100 %'));

  it('makes one line of several', () => assert.equal(cleanText('a\r\n\tb\u2028c'), 'a b c'));

  it('takes the escape from a terminal sequence', () =>
    assert.equal(cleanText('\u001b]0;owned\u0007red\u009b31m'), ']0;owned red 31m'));

  it('removes bidirectional controls and zero-width characters', () =>
    assert.equal(cleanText('a\u202eb\u200bc\u2066d'), 'a b c d'));

  it('cuts by characters and says so', () => assert.equal(cleanText('😀😀😀😀', 3), '😀😀…'));

  it('takes commands to the log of a pipeline apart, and nothing else', () => {
    assert.equal(cleanText('::set-output name=a::b'), ': :set-output name=a::b');
    assert.equal(cleanText(' \u0007::notice::b'), ': :notice::b');
    assert.equal(cleanText('see ##[error]x and ##vso[task.complete]'), 'see ## [error]x and ## vso[task.complete]');
    for (const text of ['::1', '[::1]:5000/app', 'a::b::c', '## heading', '#[x]']) assert.equal(cleanText(text), text);
  });

  it('never lets a control character through, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const cleaned = cleanText(text, max);
        assert.doesNotMatch(cleaned, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        assert.ok([...cleaned].length <= max);
      }),
    );
  });
});
