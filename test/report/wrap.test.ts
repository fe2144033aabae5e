import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { splitWords, wrapWords } from '../../src/report/wrap.ts';

describe('wrapWords', () => {
  it('fills each line and indents the rest', () =>
    assert.deepEqual(wrapWords(splitWords('one two three four'), { width: 11, first: '- ', rest: '  ' }), [
      '- one two',
      '  three',
      '  four',
    ]));

  it('uses the last column', () =>
    assert.deepEqual(wrapWords(['abc', 'de'], { width: 6, first: '', rest: '' }), ['abc de']));

  it('keeps a word that is wider than the line whole', () =>
    assert.deepEqual(wrapWords(['a', 'https://example.com', 'b'], { width: 8, first: '', rest: '' }), [
      'a',
      'https://example.com',
      'b',
    ]));

  it('breaks the name of an image where a reader would, with its tag whole if it fits', () => {
    const broken = (name: string, width: number) =>
      wrapWords(['a', name], { width, first: '', rest: '  ', breaksNames: true });
    const name = 'registry.example/platform/payment-gateway-adapter:2025-11-28';
    assert.deepEqual(broken(name, 30), ['a registry.example/platform/', '  payment-gateway-adapter', '  :2025-11-28']);
    assert.deepEqual(broken(name, 12), [
      'a',
      '  registry.example/',
      '  platform/',
      '  payment-',
      '  gateway-',
      '  adapter',
      '  :2025-11-',
      '  28',
    ]);
    assert.deepEqual(broken('app@sha256:0123', 12), ['a app', '  @sha256:0123']);
    // What is copied stays whole.
    for (const whole of ['https://a.example/some/long/path', '/some/long-path/a.yaml', '`docker login a-b.example`']) {
      assert.deepEqual(broken(whole, 12), ['a', `  ${whole}`]);
    }
  });

  it('returns no lines without words', () => assert.deepEqual(wrapWords([], { width: 8, first: '- ', rest: '' }), []));

  it('counts no columns for colors', () =>
    assert.deepEqual(wrapWords(['\x1b[31mabc\x1b[39m', 'de'], { width: 6, first: '', rest: '' }), [
      '\x1b[31mabc\x1b[39m de',
    ]));

  it('loses no word, and exceeds the width only for a single word', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 1, max: 40 }), (words, width) => {
        const lines = wrapWords(words, { width, first: '  ', rest: '  ' });
        assert.deepEqual(
          lines.flatMap((line) => line.trim().split(' ')),
          words,
        );
        for (const line of lines) assert.ok(line.length <= width || !line.trim().includes(' '), line);
      }),
    );
  });
});

describe('splitWords', () => {
  it('treats a command in backticks as one word', () =>
    assert.deepEqual(splitWords('run `docker login ghcr.io`, then `again'), [
      'run',
      '`docker login ghcr.io`,',
      'then',
      '`again',
    ]));

  it('returns no words for an empty text', () => assert.deepEqual(splitWords(''), []));
});
