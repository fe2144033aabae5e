import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Report } from '../../src/core/report.ts';
import type { Result } from '../../src/core/result.ts';
import { codeSpan, createMarkdownReporter, formatProse } from '../../src/report/markdown.ts';
import type { RunOptions } from '../../src/report/reporter.ts';
import { anyResult } from '../support/arbitrary-result.ts';
import { failedResult, pullableResult, runReporter } from '../support/results.ts';

const markdownOf = (results: readonly Result[], options: RunOptions = {}, changes: Partial<Report> = {}) =>
  runReporter(createMarkdownReporter(options), results, changes);

const missing = failedResult('not-found', 'tag', {
  input: 'nginx:9',
  message: 'There is no tag 9.',
  hint: 'Look with `crane ls nginx`.',
  foundAt: [{ source: './compose.yaml', line: 12 }],
});
const unreachable = failedResult('unreachable', 'dns', { input: 'no.where/a:1', message: 'The name has no address.' });

describe('the Markdown report', () => {
  it('shows failures and collapses the rest', () =>
    assert.equal(
      markdownOf(
        [pullableResult(), missing, unreachable, failedResult('ignored', null, { input: 'acme/dev' })],
        {},
        { exitCode: 4 },
      ),
      `### ❌ 4 images: 1 pullable, 1 not pullable, 1 undetermined, 1 skipped

| Image | Result | Found at | Notes |
| --- | --- | --- | --- |
| \`nginx:9\` | ❌ not found (tag) | \`compose.yaml:12\` | There is no tag 9.<br>→ Look with \`crane ls nginx\`. |
| \`no.where/a:1\` | ❓ unreachable (DNS lookup failed) | command line | The name has no address. |

<details>
<summary>2 other images</summary>

| Image | Result | Found at | Notes |
| --- | --- | --- | --- |
| \`nginx:latest\` | ✅ pullable | command line | \`sha256:0123456789ab\` · head |
| \`acme/dev\` | ⏭️ skipped (ignored) | command line | It cannot be pulled. |

</details>

1 image skipped: ignored.

Checked in 1.2 s.
`,
    ));

  it('collapses everything if nothing failed', () => {
    const text = markdownOf([pullableResult()]);
    assert.match(text, /^### ✅ 1 image: 1 pullable\n\n<details>\n<summary>1 image<\/summary>\n/);
  });

  it('is short without results', () =>
    assert.equal(markdownOf([], {}, { exitCode: 2 }), '### ❌ 0 images\n\nChecked in 1.2 s.\n'));

  it('says if the run ended early', () => {
    const text = markdownOf([pullableResult()], {}, { exitCode: 130 });
    assert.match(text, /^### ❌ 1 image: 1 pullable\n[\s\S]*\nEnded early, with exit code 130, after 1\.2 s\.\n$/);
  });

  it('is not marked as failed if the result is undetermined', () =>
    assert.match(markdownOf([unreachable], {}, { exitCode: 5 }), /^### ❓ 1 image: 1 undetermined\n/));

  it('shows a tolerated failure as a warning', () => {
    const text = markdownOf([missing], { warnOn: ['not-found'] });
    assert.match(text, /^### ✅ 1 image: 1 warning\n\n\| Image .*\n.*\n\| `nginx:9` \| ⚠️ not found \(tag\) \|/);
  });

  it('is inverted with --expect absent', () => {
    const text = markdownOf([pullableResult(), missing], { fails: ({ reason }) => reason === null });
    assert.match(
      text,
      /\n\| `nginx:latest` \| ❌ present \| command line \| The image exists, but was expected to be absent\./,
    );
    // Nothing was proven of an image that does not exist.
    assert.match(text, /<details>[\s\S]*\n\| `nginx:9` \| ✅ absent \| `compose\.yaml:12` \| {2}\|\n/);
  });

  it('says in its heading why skipped images fail the run, with --strict and without', () => {
    const skipped = failedResult('unresolved-variable', null, { input: '$APP' });
    const headingOf = (results: readonly Result[], exitCode: number, options: RunOptions = {}) =>
      markdownOf(results, options, { exitCode }).split('\n')[0];
    const strict: RunOptions = { fails: ({ verdict }) => verdict === 'skipped' };
    const all = [skipped, skipped];
    assert.equal(headingOf(all, 2), '### ❌ 2 images: 2 skipped · nothing was checked');
    assert.equal(headingOf(all, 2, strict), '### ❌ 2 images: 2 skipped · 2 skipped images fail with --strict');
    const mixed = [skipped, pullableResult()];
    assert.equal(headingOf(mixed, 0), '### ✅ 2 images: 1 pullable, 1 skipped');
    assert.equal(
      headingOf(mixed, 2, strict),
      '### ❌ 2 images: 1 pullable, 1 skipped · 1 skipped image fails with --strict',
    );
    // Of a shard without images to check, others may have some.
    assert.equal(headingOf([skipped], 0), '### ✅ 1 image: 1 skipped');
  });

  it('counts with --expect absent what --warn-on lets pass as warnings, and an absent image as absent', () => {
    const options: RunOptions = { expect: 'absent', warnOn: ['not-found', 'unreachable'], fails: () => false };
    const presence = { absent: 1, present: 0 };
    const text = markdownOf([missing, unreachable], options, { exitCode: 0, presence });
    assert.match(text, /^### ✅ 2 images: 1 absent, 1 warning\n/);
  });

  it('lists three locations and counts the others', () => {
    const foundAt = [1, 2, 3, 4, 5].map((line) => ({ source: 'a.txt', line }));
    assert.match(markdownOf([pullableResult({ foundAt })]), /\| `a\.txt:1`<br>`a\.txt:2`<br>`a\.txt:3`<br>2 more \|/);
  });

  it("shows warnings and the registry's words", () => {
    const warnings = [{ code: 'registry-warning', message: 'soon | gone' }] as const;
    assert.match(markdownOf([pullableResult({ warnings })]), / · head<br>⚠️ soon \\\| gone \|\n/);
    const registryErrors = [{ code: 'DENIED', message: 'ask @admin' }];
    const text = markdownOf([failedResult('denied', null, { registryErrors })]);
    assert.ok(text.includes('<br>registry says: "ask <span>@</span>admin" (DENIED) |'));
  });

  it('omits passing images first, and says so, if it is too long for a comment', () => {
    const good = Array.from({ length: 2000 }, (_, index) => pullableResult({ input: `good:${index}` }));
    const text = markdownOf([...good, missing]);
    assert.ok(Buffer.byteLength(text) <= 65_536 && Buffer.byteLength(text) > 60_000);
    assert.match(text, /\| `nginx:9` \|/);
    const shown = text.match(/\| `good:/g)?.length ?? 0;
    assert.ok(text.includes(`\n${2000 - shown} more images omitted (size limit).\n`));
    assert.match(text, /\n<\/details>\n/);
  });

  it('is a heading and tables of four columns, whatever the results contain', () => {
    // From left to right: an escaped character, a code span, a tag or an entity of ours.
    const harmless = /\\[!-/:-@[-`{-~]|(`+)(?!`).*?(?<!`)\1(?!`)|<br>|<\/?code>|<span>[@#!:.]<\/span>|&(?:amp|lt|gt);/g;
    fc.assert(
      fc.property(fc.array(anyResult, { maxLength: 4 }), (results) => {
        const lines = markdownOf(results).split('\n');
        const rows = lines.filter((line) => line.startsWith('| ') && !/^\| (?:Image|---) \|/.test(line));
        assert.equal(rows.length, results.length);
        for (const row of rows) {
          const rest = row.replace(harmless, '');
          assert.equal(rest.match(/\|/g)?.length, 5, row);
          assert.doesNotMatch(rest, /[<>@&`*_[\]~\\]|:\/\//, row);
        }
        const frame =
          /^(?:### .*|Checked in .*|\d+ images? skipped: .*|<details>|<summary>\d+ (?:other )?images?<\/summary>|<\/details>|)$/;
        for (const line of lines.filter((line) => !line.startsWith('| '))) assert.match(line, frame);
      }),
    );
  });
});

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

  it('is not closed before its end', () => {
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
