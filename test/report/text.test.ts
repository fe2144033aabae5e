import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Report } from '../../src/core/report.ts';
import { summarise, tallyOf } from '../../src/core/report.ts';
import type { Result } from '../../src/core/result.ts';
import type { ReporterOptions } from '../../src/report/reporter.ts';
import { createTextReporter } from '../../src/report/text.ts';
import { failedResult, pullableResult, runReporter } from '../support/results.ts';

const reportOn = (results: readonly Result[]): Report => ({
  tool: { name: 'kairos-pull', version: '0.1.0' },
  exitCode: 0,
  interrupted: false,
  notChecked: 0,
  summary: summarise(tallyOf(results)),
  durationMs: 1230,
});

function run(results: readonly Result[], options: Partial<ReporterOptions> = {}): string {
  const reporter = createTextReporter({ color: 0, unicode: true, inputWidths: [12], ...options });
  return results.map((result) => reporter.onResult?.(result)).join('') + reporter.onEnd(reportOn(results));
}

const missing = failedResult('not-found', 'tag', {
  input: 'nginx:9',
  message: 'There is no tag 9.',
  hint: 'Look again.',
});
const unreachable = failedResult('unreachable', 'dns', { input: 'no.where/a:1', message: 'The name has no address.' });
const ignored = failedResult('ignored', null, {
  input: 'acme/dev',
  message: 'built later (until 2026-12-31)',
  durationMs: 0,
});

describe('the text report', () => {
  it('is one line for a pullable image', () =>
    assert.equal(
      run([pullableResult()], { count: 1, width: 80 }),
      '✔ nginx:latest  sha256:0123456789ab · index · head · 104 ms\n',
    ));

  it('ends with a summary of several images', () =>
    assert.equal(
      run([pullableResult(), missing, unreachable, ignored]),
      `✔ nginx:latest  sha256:0123456789ab · index · head · 104 ms
✖ nginx:9       not found (tag) · 104 ms
    There is no tag 9.
    → Look again.
? no.where/a:1  unreachable (DNS lookup failed) · 104 ms
    The name has no address.
– acme/dev      skipped (ignored)
    built later (until 2026-12-31)

4 images: 1 pullable, 1 not pullable, 1 undetermined, 1 skipped · 1.2 s
– 1 image skipped: ignored
`,
    ));

  it('has no summary for one image or none', () => {
    assert.doesNotMatch(run([missing]), /1 image/);
    assert.equal(run([]), '');
  });

  it('omits verdicts that did not occur from the summary', () =>
    assert.match(run([pullableResult(), pullableResult()]), /\n\n2 images: 2 pullable · 1\.2 s\n$/));

  it('colors the summary by verdict', () =>
    assert.match(
      run([missing, ignored], { color: 1 }),
      /2 images: \x1b\[31m1 not pullable\x1b\[39m, \x1b\[2m1 skipped\x1b\[22m\x1b\[2m ·\x1b\[22m \x1b\[2m1\.2 s\x1b\[22m\n/,
    ));

  it('wraps the summary on a narrow terminal', () =>
    assert.match(
      run([pullableResult(), missing, unreachable, ignored], { width: 46 }),
      /\n4 images: 1 pullable, 1 not pullable,\n {2}1 undetermined, 1 skipped · 1\.2 s\n– 1 image skipped: ignored\n$/,
    ));

  it('treats a terminal of unknown width as a pipe', () => assert.equal(run([missing], { width: 0 }), run([missing])));
});

describe('the quiet text report', () => {
  it('shows only failures and the summary', () =>
    assert.equal(
      run([pullableResult(), missing, ignored], { quiet: true }),
      `✖ nginx:9       not found (tag) · 104 ms
    There is no tag 9.
    → Look again.

3 images: 1 pullable, 1 not pullable, 1 skipped · 1.2 s
`,
    ));

  it('shows undetermined images', () => assert.match(run([unreachable], { quiet: true }), /^\? no\.where/));

  it('is empty if nothing failed and nothing was skipped', () =>
    assert.equal(run([pullableResult(), pullableResult()], { quiet: true }), ''));
});

describe('a rate limit', () => {
  const limited = (registry: string, remaining: number, changes = {}) => {
    const canonical = `${registry}/app:1`;
    const reference = { registry, repository: 'app', tag: '1', digest: null, canonical };
    return pullableResult({ reference, rateLimit: { limit: 100, remaining, windowSeconds: 21_600, ...changes } });
  };
  const lastLines = (results: readonly Result[], options: Partial<ReporterOptions> = {}): string[] =>
    run(results, options).split('\n\n').at(-1)?.trim().split('\n').slice(1) ?? [];

  it('of Docker Hub is shown once at the end, with the lowest value', () => {
    const results = [limited('docker.io', 97), limited('docker.io', 95), limited('docker.io', 96)];
    assert.deepEqual(lastLines(results), ['Docker Hub: 95 of 100 pulls left in this window (6 h)']);
    assert.equal(run(results).split('left').length, 2);
  });

  it('of another registry is shown only if little is left, or with --verbose', () => {
    const results = [
      limited('gitlab.example', 50, { windowSeconds: null }),
      limited('quay.example', 4, { windowSeconds: 60 }),
    ];
    const low = 'quay.example: 4 of 100 requests left in this window (60 s)';
    assert.deepEqual(lastLines(results), [low]);
    assert.deepEqual(lastLines(results, { verbose: true }), ['gitlab.example: 50 of 100 requests left', low]);
  });

  it('is not shown if it is unknown, nor with --quiet if nothing failed', () => {
    assert.doesNotMatch(run([pullableResult(), pullableResult()]), /left/);
    assert.equal(run([limited('docker.io', 1), limited('docker.io', 1)], { quiet: true }), '');
  });

  it('is shown beside a single image', () => {
    assert.match(run([limited('docker.io', 3)], { count: 1 }), / · 3 of 100 pulls left · 104 ms\n$/);
  });
});

describe('the summary', () => {
  const good = pullableResult();
  const bad = failedResult('not-found', null, { input: 'bad' });
  const plain = (options = {}) => createTextReporter({ color: 0, unicode: true, ...options });

  it('counts the images that were not checked', () =>
    assert.match(
      runReporter(plain(), [good], { notChecked: 152, interrupted: true }),
      /\n153 images: 1 pullable, 152 not checked · .*\n$/,
    ));

  it('counts a tolerated failure as a warning, which has its own symbol', () => {
    const text = runReporter(plain({ warnOn: ['not-found'], fails: () => false }), [good, bad]);
    assert.match(text, /\n⚠ bad {2,}not found/);
    assert.match(text, /\n2 images: 1 pullable, 1 warning · .*\n$/);
    const both = runReporter(plain({ warnOn: ['unreachable'] }), [bad, failedResult('unreachable', 'dns')]);
    assert.match(both, /\n✖ bad|^✖ bad/);
    assert.match(both, /\n2 images: 1 not pullable, 1 warning · /);
  });
});
