import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codeSpan, formatProse } from '../../src/report/markdown-text.ts';

describe('a code span', () => {
  for (const [text, expected] of [
    ['nginx:9', '`nginx:9`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['``a', '``` ``a ```'],
    ['a|b', '<code>a\\|b</code>'],
    ['`<@x>\\|', '<code>\\`&lt;<span>@</span>x&gt;\\\\\\|</code>'],
    ['a\n@b <i>', '`a @b <i>`'],
    ['', ''],
  ] as const) {
    it(`${JSON.stringify(text)} is ${expected}`, () => assert.equal(codeSpan(text), expected));
  }

  it('ends nowhere but at its end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', '\\', ' ', 'a') }), (text) => {
        const span = codeSpan(text);
        if (span === '') return;
        const fence = /^`+/.exec(span)?.[0] ?? '';
        const inside = span.slice(fence.length, -fence.length);
        const runs: readonly string[] = inside.match(/`+/g) ?? [];
        assert.ok(!runs.includes(fence), span);
        assert.doesNotMatch(inside, /^`|`$/);
        assert.equal(inside.trim(), text.replace(/ {2,}/g, ' ').trim());
      }),
    );
  });
});

describe('prose', () => {
  for (const [text, expected] of [
    ['Nothing special: a/b:1.', 'Nothing special: a/b:1.'],
    ['Log in with `docker login | x`.', 'Log in with <code>docker login \\| x</code>.'],
    ['a | b', 'a \\| b'],
    ['`a``b`', '\\`a\\`\\`b\\`'],
    ['one ` alone', 'one \\` alone'],
    ['*a* _b_ ~c~ $d$ \\e', '\\*a\\* \\_b\\_ \\~c\\~ \\$d\\$ \\\\e'],
    ['![x](y)', '!\\[x\\](y)'],
    ['<img src=x> &amp;', '&lt;img src=x&gt; &amp;amp;'],
    ['ask @bob, a@b.c', 'ask <span>@</span>bob, a<span>@</span>b.c'],
    ['see #12, !3, a # b!', 'see <span>#</span>12, <span>!</span>3, a # b!'],
    ['https://x.y or WWW.x.y', 'https<span>:</span>//x.y or WWW<span>.</span>x.y'],
  ] as const) {
    it(`${JSON.stringify(text)} is ${expected}`, () => assert.equal(formatProse(text), expected));
  }
});
