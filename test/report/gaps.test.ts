// A skipped image must not be lost: each format says how many there are and why, also with --quiet.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Result } from '../../src/core/result.ts';
import { FORMATS, type Format } from '../../src/report/format.ts';
import type { ReporterOptions } from '../../src/report/reporter.ts';
import { createReporter } from '../../src/report/reporters.ts';
import { failedResult, pullableResult, runReporter } from '../support/results.ts';

const at = (line: number) => ({ foundAt: [{ source: 'compose.yaml', line, path: `services.s${line}.image` }] });
const skipped = (reason: 'unresolved-variable' | 'local-build' | 'ignored', input: string, line: number): Result =>
  failedResult(reason, null, { input, message: `${input} is skipped.`, hint: null, durationMs: 0, ...at(line) });

const unresolved = skipped('unresolved-variable', 'web:$TAG', 1);
const built = ['a', 'b', 'c', 'd'].map((name, index) => skipped('local-build', name, index + 2));
const ignored = skipped('ignored', 'acme/dev', 9);
const all = [pullableResult(), unresolved, ...built, ignored];

const strict: Partial<ReporterOptions> = { fails: ({ reason }) => reason === 'unresolved-variable' };

const tell = (format: Format, results: readonly Result[], options: Partial<ReporterOptions> = {}) =>
  runReporter(createReporter(format, { color: 0, unicode: true, ...options }), results);

const REASONS = 'unresolved variable (1), built locally (4), ignored (1)';

describe('skipped images', () => {
  it('text: are counted by reason at the end', () =>
    assert.ok(
      tell('text', all).endsWith(`\n\n7 images: 1 pullable, 6 skipped · 1.2 s\n– 6 images skipped: ${REASONS}\n`),
    ));

  it('text: are named with --quiet, except those that are skipped on purpose', () => {
    assert.equal(tell('text', [pullableResult(), ...built, ignored], { quiet: true }), '');
    assert.equal(
      tell('text', all, { quiet: true }),
      `7 images: 1 pullable, 6 skipped · 1.2 s
– web:$TAG: skipped (unresolved variable). web:$TAG is skipped.
`,
    );
  });

  it('text: are listed with --quiet up to ten, and counted beyond', () => {
    const many = Array.from({ length: 13 }, (_, index) => skipped('unresolved-variable', `web:$T${index}`, index));
    const lines = tell('text', many, { quiet: true }).trimEnd().split('\n');
    assert.equal(lines.filter((line) => line.includes('skipped (unresolved variable)')).length, 10);
    assert.equal(lines.at(-1), '– 3 more images skipped');
  });

  it('text: say what there is where there is no variable', () => {
    const [chart, tagless] = (['not-rendered', 'incomplete-name'] as const).map((cause) =>
      failedResult('unresolved-variable', cause, { input: cause, message: 'Why.', hint: null, durationMs: 0 }),
    ) as [Result, Result];
    const text = tell('text', [chart, tagless, unresolved]);
    assert.match(text, /^– not-rendered +skipped \(not rendered\)$/m);
    assert.match(text, /^– incomplete-name +skipped \(incomplete name\)$/m);
    assert.match(text, /^– 3 images skipped: not rendered \(1\), incomplete name \(1\), unresolved variable \(1\)$/m);
  });

  it('text: have their own line if there is only one, unless it is hidden by --quiet', () => {
    assert.equal(tell('text', [ignored], { count: 1 }).match(/skipped \(ignored\)|1 image/g)?.length, 1);
    assert.match(
      tell('text', [unresolved], { count: 1, quiet: true }),
      /^1 image: 1 skipped · .*\n– web:\$TAG: skipped \(unresolved variable\)\. /,
    );
  });

  it('text: wrap on a narrow terminal, without Unicode as well', () => {
    const lines = tell('text', all, { quiet: true, width: 30, unicode: false }).trimEnd().split('\n');
    assert.ok(
      lines.every((line) => line.length <= 31),
      lines.join('\n'),
    );
    assert.ok(lines.includes('- web:$TAG: skipped'), lines.join('\n'));
  });

  it('github: are a notice, and a warning if a variable is unresolved', () =>
    assert.deepEqual(tell('github', all).trimEnd().split('\n'), [
      '::warning file=compose.yaml,line=1,title=skipped (unresolved variable)::web:$TAG is skipped.',
      `::notice title=kairos-pull::6 images skipped: ${REASONS}.`,
    ]));

  it('sarif: are a notification, and a note if a variable is unresolved', () => {
    const [{ results, invocations }] = JSON.parse(tell('sarif', all)).runs;
    assert.deepEqual(
      results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level]),
      [['unresolved-variable', 'note']],
    );
    assert.deepEqual(invocations[0].toolExecutionNotifications, [
      { level: 'note', message: { text: `6 images skipped: ${REASONS}.` } },
    ]);
  });

  it('markdown: have their reason in the notes and at the end', () => {
    const text = tell('markdown', all);
    assert.match(text, /\| ⏭️ skipped \(built locally\) \| `compose.yaml:2 services.s2.image` \| a is skipped\. \|/);
    assert.match(text, /\| ⏭️ skipped \(unresolved variable\) \| .* \| web:\\\$TAG is skipped\. \|/);
    assert.ok(text.includes(`\n6 images skipped: ${REASONS}.\n`));
  });

  it('gitlab: are of severity info, one for each reason about which nothing can be done', () => {
    const elements = JSON.parse(tell('gitlab', all));
    assert.deepEqual(
      elements.map((it: { description: string; check_name: string; severity: string; location: object }) => [
        it.description,
        it.check_name,
        it.severity,
        it.location,
      ]),
      [
        ['web:$TAG is skipped.', 'unresolved-variable', 'info', { path: 'compose.yaml', lines: { begin: 1 } }],
        [
          '4 images skipped (built locally): a, b, c and 1 more',
          'local-build',
          'info',
          { path: 'compose.yaml', lines: { begin: 2 } },
        ],
        [
          '1 image skipped (ignored): acme/dev: acme/dev is skipped.',
          'ignored',
          'info',
          { path: 'compose.yaml', lines: { begin: 9 } },
        ],
      ],
    );
  });

  it('json: are counted by reason', () =>
    assert.deepEqual(JSON.parse(tell('json', all)).skipReasons, {
      'unresolved-variable': 1,
      'local-build': 4,
      ignored: 1,
    }));

  it('are in every format, with their reason', () => {
    const words: Readonly<Record<string, RegExp>> = {
      text: /unresolved variable/,
      github: /unresolved variable/,
      markdown: /unresolved variable/,
    };
    for (const format of FORMATS) {
      const quiet = tell(format, [pullableResult(), unresolved], { quiet: true });
      assert.match(quiet, words[format] ?? /unresolved-variable/, format);
    }
  });
});

describe('an unresolved variable with --strict', () => {
  it('text: is a failure, also with --quiet', () => {
    for (const quiet of [false, true]) {
      const text = tell('text', [pullableResult(), unresolved], { ...strict, quiet });
      assert.match(
        text,
        /^✖ web:\$TAG +skipped \(unresolved variable, fails with --strict\)\n {4}web:\$TAG is skipped\.\n {4}at compose\.yaml:1/m,
      );
    }
    assert.ok(
      tell('text', all, strict).endsWith(
        `\n✖ 6 images skipped: ${REASONS.replace('(1)', '(1, fails with --strict)')}\n`,
      ),
    );
  });

  it('is an error in the formats for pipelines; other reasons are not', () => {
    assert.match(tell('junit', all, strict), /<testsuite [^>]*tests="6" failures="1" errors="0"[^>]* skipped="5"/);
    assert.match(tell('github', all, strict), /^::error file=compose\.yaml,line=1/);
    assert.match(tell('sarif', all, strict), /"ruleId":"unresolved-variable","ruleIndex":\d+,"level":"error"/);
    assert.match(tell('markdown', all, strict), /\| ❌ skipped \(unresolved variable, fails with --strict\) \|/);
    assert.match(tell('gitlab', all, strict), /"check_name":"unresolved-variable",.*"severity":"critical"/);
  });
});

describe('what was left out of directories', () => {
  const leftOut = { gitignore: 2, exclude: 1 };
  const told = (format: Format, options: Partial<ReporterOptions> = {}, count = leftOut) =>
    runReporter(createReporter(format, { color: 0, unicode: true, ...options }), [pullableResult()], {
      leftOut: count,
    });

  it('is counted in the summary', () => {
    const line = '3 files or directories left out: 2 by .gitignore, 1 by --exclude';
    assert.ok(told('text').endsWith(`\n\n1 image: 1 pullable · 1.2 s\n${line}\n`));
    assert.equal(told('text', { quiet: true }), '');
    assert.ok(told('markdown').includes(`\n${line}.\n`));
    assert.deepEqual(JSON.parse(told('json')).leftOut, leftOut);
    assert.ok(told('text', {}, { gitignore: 0, exclude: 1 }).endsWith('\n1 file or directory left out by --exclude\n'));
  });
});
